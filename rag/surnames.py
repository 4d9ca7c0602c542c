"""Surnames in either script and in any case: «Путиным» is Putin, «Соловьёва» is Solov'ev."""

import re
from collections.abc import Iterable
from functools import lru_cache

from corpus import fold
from corpus.transliteration import romanised

#: A name of fewer letters has no ending taken off.
DECLINED = 5
#: From so many consonants on they alone tell a name in the other script: «Марплс» is Marples.
CONSONANTS = 4

_NAME = re.compile(r"(?<!\w)[^\W\d_a-zа-яё](?:['’`]?[^\W\d_])+")
_INITIALS = r"[A-ZА-ЯЁ][a-zа-яё]{0,2}\.(?:[\s-]?[A-ZА-ЯЁ][a-zа-яё]{0,2}\.)*"
_WITH_INITIALS = re.compile(rf"({_NAME.pattern}),?\s?{_INITIALS}|{_INITIALS}\s?({_NAME.pattern})")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_SPELLINGS = (("['’”`]", ""), ("shch|šč", "sch"), ("kh|x", "h"), ("[yj]", "i"), ("ie|io|ë", "e"), (r"(.)\1", r"\1"))
_ENDING = re.compile("(?:ogo|omu|imi|ami|oi|im|om|am|ah|ih|aia|uiu|ui|iu|ia|i|a|u|e)$")
_VOWELS = re.compile("[aeiou]")


def capitalised(text: str) -> list[str]:
    """The words of a text that begin with a capital, as names do, in order."""
    return _NAME.findall(fold(text))


def beside_initials(text: str) -> list[str]:
    """The surnames in a text that stand beside initials, as authors do in references."""
    return [last or first for last, first in _WITH_INITIALS.findall(fold(text))]


def is_among(name: str, others: Iterable[str]) -> bool:
    """Whether a name, in any script and case, is one of others."""
    return any(_same(name, other) for other in others)


def _same(one: str, other: str) -> bool:
    stem, its = _stem(one), _stem(other)
    if stem == its:
        return True
    if stem[:1] != its[:1] or bool(_CYRILLIC.search(one)) == bool(_CYRILLIC.search(other)):
        return False
    consonants = _VOWELS.sub("", stem)
    return len(consonants) >= CONSONANTS and consonants == _VOWELS.sub("", its)


@lru_cache(maxsize=10_000)
def _stem(name: str) -> str:
    """A name in Latin letters without its ending, spellings of different systems of transliteration made one."""
    sound = romanised(name).lower()
    for written, one in _SPELLINGS:
        sound = re.sub(written, one, sound)
    return _ENDING.sub("", sound) if len(sound) >= DECLINED else sound
