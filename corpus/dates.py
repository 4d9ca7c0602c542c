"""Dates in running text, Russian and English, as ISO 8601."""

import re

_ENGLISH = "january february march april may june july august september october november december".split()
_RUSSIAN = "январ феврал март апрел ма июн июл август сентябр октябр ноябр декабр".split()
_MONTHS = {name: i + 1 for i, name in enumerate(_ENGLISH)} | {name: i + 1 for i, name in enumerate(_RUSSIAN)}
_ENGLISH_MONTH = "|".join(_ENGLISH)
_RUSSIAN_MONTH = "|".join(f"{stem}[а-я]*" for stem in _RUSSIAN)
_FORMS = (
    re.compile(
        rf"(?P<d>\d{{1,2}})\W*(?:(?:st|nd|rd|th)\b)?(?: day)?(?: of)?\W*(?P<m>{_ENGLISH_MONTH})\W*(?P<y>(?:19|20)\d\d)",
        re.I,
    ),
    re.compile(rf"(?P<m>{_ENGLISH_MONTH})\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>(?:19|20)\d\d)", re.I),
    re.compile(rf"«?(?P<d>\d{{1,2}})»?\s+(?P<m>{_RUSSIAN_MONTH})\s+(?P<y>(?:19|20)\d\d)", re.I),
    re.compile(r"\b(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)\b"),
    re.compile(r"\b(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>(?:19|20)\d\d)\b"),
)


def find_date(text: str) -> str | None:
    """The first full date in `text` as YYYY-MM-DD, or None."""
    found = [(match.start(), match) for form in _FORMS for match in form.finditer(text)]
    for _, match in sorted(found, key=lambda item: item[0]):
        month = _month(match.group("m"))
        day = int(match.group("d"))
        if month and 1 <= day <= 31:
            return f"{match.group('y')}-{month:02d}-{day:02d}"
    return None


def _month(word: str) -> int | None:
    if word.isdigit():
        return int(word) if 1 <= int(word) <= 12 else None
    lower = word.lower()
    if lower in _MONTHS:
        return _MONTHS[lower]
    return next((number for stem, number in _MONTHS.items() if len(stem) > 2 and lower.startswith(stem)), 5)


def in_words(date: str) -> str:
    """The date as in "29 May 2014" for "2014-05-29"; shorter dates stay as they are."""
    if len(date) != 10:
        return date
    year, month, day = date.split("-")
    return f"{int(day)} {_ENGLISH[int(month) - 1].capitalize()} {year}"
