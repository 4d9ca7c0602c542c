"""Text folded for matching: what a reader sees as the same becomes the same characters.

Nothing here is ever written back into a document: offsets and quotes always refer to the
document's own characters.
"""

import re
import unicodedata

_LATIN = "aceopxyABCEHKMOPTXYiIjJsS"
_CYRILLIC = "асеорхуАВСЕНКМОРТХУіІјЈѕЅ"
_TO_CYRILLIC = str.maketrans(_LATIN[:19], _CYRILLIC[:19])
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_WORD = re.compile(r"[^\W\d_]+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_LINE_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010][^\S\n]*\n\s*(?=[^\W\d_])")
_NOTE_MARK = re.compile(r"\s?(?<![*†‡§✉∗⁎☆\u00b9\u00b2\u00b3])[*†‡§✉∗⁎☆\u00b9\u00b2\u00b3]++$|(?<=[a-zа-яё])\d$")
_SPACE = re.compile(r"\s+")
_CYRILLIC_LETTER = re.compile("[\u0400-\u04ff]")
_LATIN_LETTER = re.compile("[A-Za-z\u00c0-\u024f]")


def fold(text: str) -> str:
    """Text for matching and embedding: NFKC, one kind of space, no soft or line-end hyphens.

    Words that mix Latin and Cyrillic letters of the same shape ("UDК", "Сhanging") are brought
    to one script. Case and the letter ё are kept.
    """
    text = unicodedata.normalize("NFKC", _LINE_HYPHEN.sub("", text))
    text = _INVISIBLE.sub("", text)
    if _CYRILLIC_LETTER.search(text) and _LATIN_LETTER.search(text):
        text = _WORD.sub(lambda match: fold_homoglyphs(match.group()), text)
    return _SPACE.sub(" ", text).strip()


def fold_homoglyphs(word: str) -> str:
    """A word of mixed scripts in the script that its unambiguous letters speak for.

    When every letter is ambiguous the majority decides, Latin on a tie; a word that stays mixed
    either way is returned as it is.
    """
    cyrillic = len(_CYRILLIC_LETTER.findall(word))
    latin = len(_LATIN_LETTER.findall(word))
    if not cyrillic or not latin:
        return word
    as_latin, as_cyrillic = word.translate(_TO_LATIN), word.translate(_TO_CYRILLIC)
    can_latin = not _CYRILLIC_LETTER.search(as_latin)
    can_cyrillic = not _LATIN_LETTER.search(as_cyrillic)
    if can_latin and can_cyrillic:
        return as_latin if latin >= cyrillic else as_cyrillic
    if can_latin:
        return as_latin
    return as_cyrillic if can_cyrillic else word


def without_note_mark(title: str) -> str:
    """A title without the mark of a footnote at its end, and without its full stop."""
    return _NOTE_MARK.sub("", title.strip()).rstrip(" .")


def squash(text: str) -> str:
    """Text with every run of white space turned into one space, for comparing and showing."""
    return _SPACE.sub(" ", text).strip()
