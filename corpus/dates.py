"""Dates in running text, Russian and English, as ISO 8601."""

import datetime
import re

_ENGLISH = "january february march april may june july august september october november december".split()
_RUSSIAN = "январ феврал март апрел ма[йя] июн июл август сентябр октябр ноябр декабр".split()
_ENGLISH_MONTH = "|".join(_ENGLISH)
_RUSSIAN_MONTH = "|".join(f"{stem}[а-я]*" for stem in _RUSSIAN)
_ISO = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?")
_FORMS = (
    re.compile(
        rf"(?<!\d)(?P<d>\d{{1,2}})\W*+(?:(?:st|nd|rd|th)\b\W*+)?(?:(?<=\s)day\b\W*+)?(?:(?<=\s)of\b\W*+)?"
        rf"(?P<m>{_ENGLISH_MONTH})\W*+(?P<y>(?:19|20)\d\d)",
        re.I,
    ),
    re.compile(rf"(?P<m>{_ENGLISH_MONTH})\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>(?:19|20)\d\d)", re.I),
    re.compile(rf"(?<!\d)(?P<d>\d{{1,2}})»?\s+(?P<m>{_RUSSIAN_MONTH})\s+(?P<y>(?:19|20)\d\d)", re.I),
    re.compile(r"\b(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)\b"),
    re.compile(r"\b(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>(?:19|20)\d\d)\b"),
)


def find_date(text: str) -> str | None:
    """The first full date in `text` as YYYY-MM-DD, or None."""
    found = [(match.start(), match) for form in _FORMS for match in form.finditer(text)]
    for _, match in sorted(found, key=lambda item: item[0]):
        date = f"{match.group('y')}-{_month(match.group('m')):02d}-{int(match.group('d')):02d}"
        if is_date(date):
            return date
    return None


def is_date(text: str) -> bool:
    """Whether `text` is a day, month or year of the calendar in ISO 8601: 2014-05-29, 2014-05, 2014."""
    if not _ISO.fullmatch(text):
        return False
    try:
        datetime.date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return False
    return True


def _month(word: str) -> int:
    if word.isdigit():
        return int(word)
    months = _ENGLISH if word.isascii() else _RUSSIAN
    return next(number for number, stem in enumerate(months, start=1) if re.match(stem, word, re.I))


def in_words(date: str) -> str:
    """The date as in "29 May 2014" for "2014-05-29"; shorter dates stay as they are."""
    if len(date) != 10:
        return date
    year, month, day = date.split("-")
    return f"{int(day)} {_ENGLISH[int(month) - 1].capitalize()} {year}"
