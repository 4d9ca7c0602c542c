"""Russian in Latin letters, for styles that are set in them."""

import re

_LETTERS = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґў",
        "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch ” y ’ e yu ya ë i yi ye g w".split(),
        strict=True,
    )
)
_LETTER = re.compile(f"[{''.join(_LETTERS)}]", re.I)
_IOTATED = re.compile(r"(?:^|[^а-яёіїєґў]|[аеёиоуыэюяйъь])$", re.I)


def romanised(text: str) -> str:
    """Cyrillic letters by the BGN/PCGN system of 1947 for Russian (with the letters of Ukrainian and Belarusian).

    Е and ё are ye and yë at the beginning of a word and after a vowel, й, ъ and ь. Other letters stay.
    """
    return _LETTER.sub(_romanise, text)


def _romanise(match: re.Match[str]) -> str:
    letter, text, at = match.group(), match.string, match.start()
    latin = _LETTERS[letter.lower()]
    if letter in "еёЕЁ" and _IOTATED.search(text[max(at - 1, 0) : at]):
        latin = f"y{latin}"
    if letter.islower():
        return latin
    before, after = text[max(at - 1, 0) : at], text[at + 1 : at + 2]
    among_capitals = after.isupper() or (before.isupper() and not after.islower())
    return latin.upper() if among_capitals else latin.capitalize()
