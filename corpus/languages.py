"""Languages: what is a fact of each, once, and which one a stretch of text is in.

Every other list of languages is drawn from `LANGUAGES`. A language that is not in it is an ordinary case: a text in it
has no code or that of another language, is split, embedded and found as any other, stemmed by its script
(`embeddings.terms`), absent from the glossary, and its readers are spoken to in English.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

Script = Literal["cyrillic", "latin", "armenian", "georgian", "han", "arabic", "hebrew", "greek", "hangul", "kana"]


@dataclass(frozen=True, slots=True)
class Language:
    """A language: `code` is that of ISO 639-1, `codes` those of ISO 639-2, `scripts` those that it is written in.

    `russian_read` says that most of its readers read Russian, as in the states of the CIS and in Ukraine. `letters` are
    those that tell it at once from the usual language of its script, so that a short stretch can be told. `stemmer` is
    Snowball's for its words in Latin script, where the lexical index has one (Cyrillic is stemmed as Russian).
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
        Language("be", "Belarusian", "белорусский", ("bel",), ("cyrillic",), russian_read=True, letters="ўі"),
        Language("uk", "Ukrainian", "украинский", ("ukr",), ("cyrillic",), russian_read=True, letters="їєґі"),
        Language("kk", "Kazakh", "казахский", ("kaz",), ("cyrillic",), russian_read=True, letters="әғқңөұүһі"),
        Language("ky", "Kyrgyz", "киргизский", ("kir",), ("cyrillic",), russian_read=True, letters="ңөү"),
        Language("tg", "Tajik", "таджикский", ("tgk",), ("cyrillic",), russian_read=True, letters="ғӣқӯҳҷ"),
        Language("uz", "Uzbek", "узбекский", ("uzb",), ("latin", "cyrillic"), russian_read=True, letters="ўқғҳʻ"),
        Language("hy", "Armenian", "армянский", ("arm", "hye"), ("armenian",), russian_read=True),
        Language("az", "Azerbaijani", "азербайджанский", ("aze",), ("latin",), russian_read=True, letters="əğışç"),
        Language("tk", "Turkmen", "туркменский", ("tuk",), ("latin",), russian_read=True, letters="ňýž"),
        Language("tt", "Tatar", "татарский", ("tat",), ("cyrillic",), russian_read=True, letters="әҗңөүһ"),
        Language("ka", "Georgian", "грузинский", ("geo", "kat"), ("georgian",)),
        Language("mn", "Mongolian", "монгольский", ("mon",), ("cyrillic",), letters="өү"),
        Language("bg", "Bulgarian", "болгарский", ("bul",), ("cyrillic",)),
        Language("mk", "Macedonian", "македонский", ("mac", "mkd"), ("cyrillic",), letters="ѓќѕј"),
        Language("sr", "Serbian", "сербский", ("srp", "scc"), ("cyrillic", "latin"), letters="ђјљњћџđćčšž"),
        Language("ro", "Romanian", "румынский", ("rum", "ron"), ("latin",), letters="ășțţşâî"),
        Language("de", "German", "немецкий", ("ger", "deu"), ("latin",), letters="ßäöü", stemmer="german"),
        Language("fr", "French", "французский", ("fre", "fra"), ("latin",), letters="éèêàçùœ", stemmer="french"),
        Language("tr", "Turkish", "турецкий", ("tur",), ("latin",), letters="ğışçöü", stemmer="turkish"),
        Language("es", "Spanish", "испанский", ("spa",), ("latin",), letters="ñ¿¡áíóú", stemmer="spanish"),
        Language("it", "Italian", "итальянский", ("ita",), ("latin",), letters="àèìòù", stemmer="italian"),
        Language("pt", "Portuguese", "португальский", ("por",), ("latin",), letters="ãõçáéí"),
        Language("nl", "Dutch", "нидерландский", ("dut", "nld"), ("latin",)),
        Language("pl", "Polish", "польский", ("pol",), ("latin",), letters="ąćęłńśźż"),
        Language("cs", "Czech", "чешский", ("cze", "ces"), ("latin",), letters="ěřůčšž"),
        Language("sk", "Slovak", "словацкий", ("slo", "slk"), ("latin",), letters="ľĺŕôčšž"),
        Language("hu", "Hungarian", "венгерский", ("hun",), ("latin",), letters="őűáéí"),
        Language("lt", "Lithuanian", "литовский", ("lit",), ("latin",), letters="ėįųūčšž"),
        Language("lv", "Latvian", "латышский", ("lav",), ("latin",), letters="āēīļņģķ"),
        Language("et", "Estonian", "эстонский", ("est",), ("latin",), letters="õäöü"),
        Language("fi", "Finnish", "финский", ("fin",), ("latin",), letters="äö"),
        Language("sv", "Swedish", "шведский", ("swe",), ("latin",), letters="åäö"),
        Language("zh", "Chinese", "китайский", ("chi", "zho"), ("han",)),
        Language("ja", "Japanese", "японский", ("jpn",), ("kana",)),
        Language("ko", "Korean", "корейский", ("kor",), ("hangul",)),
        Language("fa", "Persian", "персидский", ("per", "fas"), ("arabic",), letters="پچژگ"),
        Language("ar", "Arabic", "арабский", ("ara",), ("arabic",)),
        Language("he", "Hebrew", "иврит", ("heb",), ("hebrew",)),
        Language("el", "Greek", "греческий", ("gre", "ell"), ("greek",)),
    )
}
#: The usual language of a script, which a stretch too short to tell is taken for.
_USUAL: dict[Script, str] = {"cyrillic": "ru", "latin": "en", "arabic": "ar", "han": "zh"}
_RANGES: dict[Script, str] = {
    "cyrillic": "\u0400-\u052f",
    "latin": "A-Za-z\u00c0-\u024f\u1e00-\u1eff\u02bb\u02bc",
    "armenian": "\u0531-\u058f",
    "georgian": "\u10a0-\u10ff\u1c90-\u1cbf",
    "han": "\u3400-\u4dbf\u4e00-\u9fff",
    "arabic": "\u0620-\u06ff\u0750-\u077f",
    "hebrew": "\u05d0-\u05ea",
    "greek": "\u0370-\u03ff\u1f00-\u1fff",
    "hangul": "\uac00-\ud7af",
    "kana": "\u3040-\u30ff",
}
_LETTERS = {script: re.compile(f"[{letters}]") for script, letters in _RANGES.items()}
#: Letters from which on a stretch without telling letters is long enough to be told (`docs/languages.md`); the
#: log-probability by which another language must be likelier than the usual one.
_LONG_ENOUGH, _MARGIN = 50, 5.0
#: With letters that tell, a few words are enough.
_SHORT_ENOUGH = 25
#: Share of the letters of another script from which on a stretch is mixed, as front matter is, and tells nothing more.
_MIXED = 0.2
#: No more of a stretch is looked at: it is in one language, and its beginning tells which.
_MOST_CHARS = 4_000
_CODE = re.compile(r"([a-z]{2})(?:[-_][a-z0-9]+)*", re.I)
_NAMES = {"und": "und"} | {
    name: language.code
    for language in LANGUAGES.values()
    for name in (*language.codes, language.english.lower(), language.russian)
}


def language_of(text: str) -> str | None:
    """ISO 639-1 code of the language of `text`, or None when it has no letters of a known script.

    Script decides first: it is certain at any length. `py3langid` (after Lui and Baldwin 2012) tells apart the
    languages of one script where the stretch is long enough, or has letters that the usual language of the script
    lacks; else that language stands.
    """
    text = text[:_MOST_CHARS]
    counts = {script: len(letters.findall(text)) for script, letters in _LETTERS.items()}
    if counts["kana"] and counts["kana"] * 10 > counts["han"]:
        return "ja"
    script = max(counts, key=lambda script: counts[script])
    if not counts[script]:
        return None
    candidates = [language.code for language in LANGUAGES.values() if script in language.scripts]
    usual = _USUAL.get(script, candidates[0])
    telling = list(_with_letters(text, script))
    long, told = counts[script] >= _LONG_ENOUGH, bool(telling) and counts[script] >= _SHORT_ENOUGH
    mixed = sum(counts.values()) * (1 - _MIXED) > counts[script]
    if len(candidates) == 1 or mixed or not (long or told):
        return usual
    scores = dict(_identifier().rank(text))
    best = max(candidates if long else [usual, *telling], key=lambda code: scores[code])
    return best if scores[best] - scores[usual] > _MARGIN else usual


def _with_letters(text: str, script: Script) -> Iterator[str]:
    """The languages of a script whose telling letters stand in a text."""
    found = set(text.lower())
    for language in LANGUAGES.values():
        if script in language.scripts and found & set(_LETTERS[script].findall(language.letters)):
            yield language.code


def language_code(name: str) -> str | None:
    """ISO 639-1 code of a language that is named by a tag ("ru-RU"), a code of ISO 639-2 or a word, or None."""
    name = name.strip().lower()
    found = _CODE.fullmatch(name)
    return found.group(1) if found else _NAMES.get(name)


def is_cyrillic(code: str) -> bool:
    """Whether texts of this language are usually written in Cyrillic script."""
    return code in LANGUAGES and LANGUAGES[code].scripts[0] == "cyrillic"


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE)
