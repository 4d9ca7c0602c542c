"""Languages: what is a fact of each, once, and which one a stretch of text is in.

Every other list of languages is drawn from `LANGUAGES`. A language that is not in it is an ordinary case: a text in it
has no code or that of another, is split, embedded and found as any other, stemmed as English or Russian by its script
(`embeddings.terms`), absent from the glossary, and its readers are spoken to in English.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

Script = Literal[
    "cyrillic",
    "latin",
    "armenian",
    "georgian",
    "han",
    "arabic",
    "hebrew",
    "greek",
    "hangul",
    "kana",
    "devanagari",
    "thai",
]


@dataclass(frozen=True, slots=True)
class Language:
    """A language: `code` is that of ISO 639-1, `codes` those of ISO 639-2, `scripts` those that it is written in.

    The first of a script is the script's usual language. `russian_read` says that most of its readers read Russian, as
    in the states of the CIS and in Ukraine. `letters` are those that it has and the usual language of its script lacks.
    `stemmer` is Snowball's, where the lexical index has one (Cyrillic is stemmed as Russian).
    """

    code: str
    english: str
    russian: str
    codes: tuple[str, ...]
    scripts: tuple[Script, ...]
    russian_read: bool = False
    letters: str = ""
    stemmer: str = ""


LANGUAGES = {
    language.code: language
    for language in (
        Language("ru", "Russian", "русский", ("rus",), ("cyrillic",), russian_read=True),
        Language("en", "English", "английский", ("eng",), ("latin",), stemmer="english"),
        Language("be", "Belarusian", "белорусский", ("bel",), ("cyrillic",), russian_read=True, letters="іў"),
        Language("uk", "Ukrainian", "украинский", ("ukr",), ("cyrillic",), russian_read=True, letters="іїєґ"),
        Language("kk", "Kazakh", "казахский", ("kaz",), ("cyrillic",), russian_read=True, letters="әіңғүұқөһ"),
        Language("ky", "Kyrgyz", "киргизский", ("kir",), ("cyrillic",), russian_read=True, letters="ңөү"),
        Language("tg", "Tajik", "таджикский", ("tgk",), ("cyrillic",), russian_read=True, letters="ғӣқӯҳҷ"),
        Language("uz", "Uzbek", "узбекский", ("uzb",), ("latin", "cyrillic"), russian_read=True, letters="ʻʼўқғҳ"),
        Language("hy", "Armenian", "армянский", ("arm", "hye"), ("armenian",), russian_read=True, stemmer="armenian"),
        Language("az", "Azerbaijani", "азербайджанский", ("aze",), ("latin",), russian_read=True, letters="əğıçöşü"),
        Language("tk", "Turkmen", "туркменский", ("tuk",), ("latin",), russian_read=True, letters="äçňöşüýž"),
        Language("tt", "Tatar", "татарский", ("tat",), ("cyrillic",), russian_read=True, letters="әөүҗңһ"),
        Language("ba", "Bashkir", "башкирский", ("bak",), ("cyrillic",), russian_read=True, letters="ғҙҡңөҫүһә"),
        Language("ka", "Georgian", "грузинский", ("geo", "kat"), ("georgian",)),
        Language("mn", "Mongolian", "монгольский", ("mon",), ("cyrillic",), letters="өү"),
        Language("bg", "Bulgarian", "болгарский", ("bul",), ("cyrillic",)),
        Language("mk", "Macedonian", "македонский", ("mac", "mkd"), ("cyrillic",), letters="ѓѕјљњќџ"),
        Language("sr", "Serbian", "сербский", ("srp", "scc"), ("cyrillic", "latin"), letters="ђјљњћџčćđšž"),
        Language("ro", "Romanian", "румынский", ("rum", "ron"), ("latin",), letters="ăâîșțşţ", stemmer="romanian"),
        Language("de", "German", "немецкий", ("ger", "deu"), ("latin",), letters="äöüß", stemmer="german"),
        Language(
            "fr", "French", "французский", ("fre", "fra"), ("latin",), letters="àâæçéèêëîïôœùûüÿ", stemmer="french"
        ),
        Language("tr", "Turkish", "турецкий", ("tur",), ("latin",), letters="çğıöşüâîû", stemmer="turkish"),
        Language("es", "Spanish", "испанский", ("spa",), ("latin",), letters="áéíñóúü", stemmer="spanish"),
        Language("it", "Italian", "итальянский", ("ita",), ("latin",), letters="àèéìòù", stemmer="italian"),
        Language("pt", "Portuguese", "португальский", ("por",), ("latin",), letters="àáâãçéêíóôõú"),
        Language("nl", "Dutch", "нидерландский", ("dut", "nld"), ("latin",), letters="éëïóöü"),
        Language("pl", "Polish", "польский", ("pol",), ("latin",), letters="ąćęłńóśźż"),
        Language("cs", "Czech", "чешский", ("cze", "ces"), ("latin",), letters="áčďéěíňóřšťúůýž"),
        Language("sk", "Slovak", "словацкий", ("slo", "slk"), ("latin",), letters="áäčďéíĺľňóôŕšťúýž"),
        Language("sl", "Slovene", "словенский", ("slv",), ("latin",), letters="čšž"),
        Language("hu", "Hungarian", "венгерский", ("hun",), ("latin",), letters="áéíóöőúüű"),
        Language("sq", "Albanian", "албанский", ("alb", "sqi"), ("latin",), letters="çë"),
        Language("lt", "Lithuanian", "литовский", ("lit",), ("latin",), letters="ąčęėįšųūž"),
        Language("lv", "Latvian", "латышский", ("lav",), ("latin",), letters="āčēģīķļņšūž"),
        Language("et", "Estonian", "эстонский", ("est",), ("latin",), letters="äõöüšž"),
        Language("fi", "Finnish", "финский", ("fin",), ("latin",), letters="äö"),
        Language("sv", "Swedish", "шведский", ("swe",), ("latin",), letters="åäö"),
        Language("da", "Danish", "датский", ("dan",), ("latin",), letters="æøå"),
        Language("no", "Norwegian", "норвежский", ("nor",), ("latin",), letters="æøå"),
        Language("zh", "Chinese", "китайский", ("chi", "zho"), ("han",)),
        Language("ja", "Japanese", "японский", ("jpn",), ("kana", "han")),
        Language("ko", "Korean", "корейский", ("kor",), ("hangul",)),
        Language("ar", "Arabic", "арабский", ("ara",), ("arabic",)),
        Language("fa", "Persian", "персидский", ("per", "fas"), ("arabic",), letters="پچژگ"),
        Language("ug", "Uyghur", "уйгурский", ("uig",), ("arabic",), letters="ئەېۆۇۈۋپچژگڭ"),
        Language("he", "Hebrew", "иврит", ("heb",), ("hebrew",)),
        Language("el", "Greek", "греческий", ("gre", "ell"), ("greek",)),
        Language("hi", "Hindi", "хинди", ("hin",), ("devanagari",)),
        Language("th", "Thai", "тайский", ("tha",), ("thai",)),
    )
}
_RANGES: dict[Script, str] = {
    "cyrillic": "\u0400-\u0481\u048a-\u052f",
    "latin": "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0259\u1e00-\u1eff\u02bb\u02bc",
    "armenian": "\u0531-\u0556\u0561-\u0588",
    "georgian": "\u10a0-\u10fa\u10fc-\u10ff\u1c90-\u1cbf",
    "han": "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af",
    "arabic": "\u0620-\u064a\u066e-\u06d3\u06d5\u0750-\u077f",
    "hebrew": "\u05d0-\u05ea",
    "greek": "\u0370-\u03ff\u1f00-\u1fff",
    "hangul": "\u1100-\u11ff\uac00-\ud7af",
    "kana": "\u3041-\u30ff",
    "devanagari": "\u0900-\u0963\u0971-\u097f",
    "thai": "\u0e01-\u0e3a\u0e40-\u0e4e",
}
_LETTERS = {script: re.compile(f"[{letters}]") for script, letters in _RANGES.items()}
#: All that is no letter or apostrophe of a script: what words of a script are left of a text without it.
_REST = {script: re.compile(f"[^{letters}'’‘`-]+") for script, letters in _RANGES.items()}
_WRITTEN_IN = {
    script: {code: language for code, language in LANGUAGES.items() if script in language.scripts} for script in _RANGES
}
#: The letters of a script by which its languages are told from its usual one.
_TELLING = {
    script: {letter for own in languages.values() for letter in _LETTERS[script].findall(own.letters)}
    for script, languages in _WRITTEN_IN.items()
}
#: From so many letters on the model is heard; a language must be likelier than the usual one by so much.
_LONG_ENOUGH, _MARGIN = 30, 20.0
#: One that has the telling letters of the text is taken at any length, and by less.
_TELLING_MARGIN = 10.0
#: Japanese is written in kana and Chinese characters; a text with so large a share of kana is in it.
_KANA = 0.1
#: No more of a stretch is looked at: it is in one language, and its beginning tells which.
_MOST_CHARS = 4_000
#: An address is in no language, but may be in Russian words in Latin letters.
_ADDRESS = re.compile(r"(?:https?://|www\.)[!-~]*")
_CODE = re.compile(r"([a-z]{2})(?:[-_][a-z0-9]+)*", re.I)
_NAMES = {"und": "und"} | {
    name: language.code
    for language in LANGUAGES.values()
    for name in (*language.codes, language.english.lower(), language.russian)
}


def language_of(text: str) -> str | None:
    """ISO 639-1 code of the language of `text`, or None when it has no letters of a known script.

    Script decides first: it is certain at any length. `py3langid` (after Lui and Baldwin 2012) tells apart the
    languages of one script, by the words in it, where the stretch is long enough for it, or has letters that the usual
    language of the script lacks; else that language stands.
    """
    text = _ADDRESS.sub(" ", text[:_MOST_CHARS])
    script = script_of(text)
    if script is None:
        return None
    codes = tuple(_WRITTEN_IN[script])
    words = _REST[script].sub(" ", text)
    telling = _telling(words.lower(), script)
    long = len(_LETTERS[script].findall(words)) >= _LONG_ENOUGH
    if len(codes) == 1 or not (long or telling):
        return codes[0]
    scores = _scores(words)
    likely = _likeliest(codes, scores, _MARGIN) if long else codes[0]
    if likely != codes[0] or not telling:
        return likely
    having = [code for code, language in _WRITTEN_IN[script].items() if telling <= set(language.letters)]
    return _likeliest((codes[0], *having), scores, _TELLING_MARGIN)


def script_of(text: str) -> Script | None:
    """The script of most letters of `text`, of equally many the first of `Script`; None without a letter of any."""
    counts = {script: len(letters.findall(text)) for script, letters in _LETTERS.items()}
    if counts["kana"] > _KANA * counts["han"]:
        counts["kana"] += counts["han"]
    script = max(counts, key=lambda script: counts[script])
    return script if counts[script] else None


def language_code(name: str) -> str | None:
    """ISO 639-1 code of a language that is named by a tag ("ru-RU"), a code of ISO 639-2 or a word, or None."""
    name = name.strip().lower()
    found = _CODE.fullmatch(name)
    return found.group(1) if found else _NAMES.get(name)


def is_cyrillic(code: str) -> bool:
    """Whether texts of this language are usually written in Cyrillic script."""
    return code in LANGUAGES and LANGUAGES[code].scripts[0] == "cyrillic"


def _telling(words: str, script: Script) -> set[str]:
    """The telling letters of a text; in Latin script none where one word alone has such, as a foreign name has."""
    letters = _TELLING[script]
    having = [found for word in words.split() if (found := letters.intersection(word))]
    return set().union(*having) if len(having) > (script == "latin") else set()


def _likeliest(codes: Sequence[str], scores: Mapping[str, float], margin: float) -> str:
    """The likeliest of some languages if it is likelier than the first by more than a margin, else the first."""
    best = max(codes, key=lambda code: scores[code])
    return best if scores[best] - scores[codes[0]] > margin else codes[0]


def _scores(words: str) -> dict[str, float]:
    """The log-probability of every language of the table that is of a script with others."""
    return dict(_identifier().rank(words))


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages([code for codes in _WRITTEN_IN.values() if len(codes) > 1 for code in codes])
    return identifier
