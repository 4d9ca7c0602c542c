"""The language of a stretch of text.

Script decides first: it is certain at any length. `py3langid` (Lui and Baldwin 2012, trained on
97 languages) then tells apart the languages of one script, for stretches long enough for it and
only among languages that the library meets; on shorter ones the usual language of the script
stands.
"""

import re
from functools import cache
from typing import Any

_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_CYRILLIC_LANGUAGES = ("ru", "uk", "be", "kk", "ky", "bg", "sr")
_LATIN_LANGUAGES = ("en", "de", "fr", "es", "it", "pl", "tr", "az", "ro", "lt")
_LONG_ENOUGH = 160
_MARGIN = 10.0
_CODE = re.compile(r"([a-z]{2})(?:[-_][a-z0-9]+)*", re.I)
_NAMES = {
    **dict.fromkeys(("rus", "russian", "русский"), "ru"),
    **dict.fromkeys(("eng", "english", "английский"), "en"),
    **dict.fromkeys(("bel", "belarusian", "белорусский"), "be"),
    **dict.fromkeys(("ukr", "ukrainian", "украинский"), "uk"),
    **dict.fromkeys(("kaz", "kazakh", "казахский"), "kk"),
    **dict.fromkeys(("kir", "kyrgyz", "киргизский"), "ky"),
    **dict.fromkeys(("ger", "deu", "german", "немецкий"), "de"),
    **dict.fromkeys(("fre", "fra", "french", "французский"), "fr"),
    "und": "und",
}


def language_of(text: str) -> str | None:
    """ISO 639-1 code of the language of `text`, or None when it has no letters of either script.

    Shorter than 160 letters, Cyrillic counts as Russian and Latin as English.
    """
    cyrillic, latin = len(_CYRILLIC.findall(text)), len(_LATIN.findall(text))
    if not cyrillic and not latin:
        return None
    default, others = ("ru", _CYRILLIC_LANGUAGES) if cyrillic >= latin else ("en", _LATIN_LANGUAGES)
    if max(cyrillic, latin) < _LONG_ENOUGH:
        return default
    scores = dict(_identifier(others).rank(text))
    best = max(scores, key=lambda code: scores[code])
    return best if scores[best] - scores[default] > _MARGIN else default


def language_code(name: str) -> str | None:
    """ISO 639-1 code of a language that is named by a tag ("ru-RU"), a code of ISO 639-2 or a word, or None."""
    name = name.strip().lower()
    found = _CODE.fullmatch(name)
    return found.group(1) if found else _NAMES.get(name)


@cache
def _identifier(codes: tuple[str, ...]) -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(codes))
    return identifier
