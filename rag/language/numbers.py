"""Numbers and dates in Russian and English texts, in figures and in words, each in one way of writing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: (year, month, day); what a text does not say is None.
Date = tuple[int | None, int, int | None]

_MONTHS = [
    rf"(?:{english}|{russian})"
    for english, russian in zip(
        "january february march april may june july august september october november december".split(),
        "январ[ьяе] феврал[ьяе] март[ае]? апрел[ьяе] ма[йяе] июн[ьяе] июл[ьяе] август[ае]? сентябр[ьяе] октябр[ьяе] "
        "ноябр[ьяе] декабр[ьяе]".split(),
        strict=True,
    )
]
_MONTH = rf"(?P<month>\b(?:{'|'.join(_MONTHS)})\b)"
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)\b"
_DAY = r"\b(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_DATES = (
    re.compile(rf"{_DAY}(?:\s*[-–—]\s*(?P<last>\d{{1,2}}))?(?:\s+of)?\s+{_MONTH}(?:,?\s+{_YEAR})?", re.I),
    re.compile(rf"{_MONTH}\s+(?P<day>\d{{1,2}})\b(?:st|nd|rd|th)?(?:,?\s+{_YEAR})?", re.I),
    re.compile(rf"{_MONTH}(?:\s+(?:of\s+)?{_YEAR})?", re.I),
    re.compile(rf"{_DAY}\.(?P<number>\d\d)\.{_YEAR}"),
    re.compile(rf"\b{_YEAR}-(?P<number>\d\d)-(?P<day>\d\d)\b"),
)
_NUMBER = re.compile(r"\d+(?:[.,_]\d+)*")
_SPACE_IN_NUMBER = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_ROMAN = re.compile(r"\b(?=[IVX]{2,}\b|V\b|X\b)X{0,3}(?:IX|IV|V?I{0,3})\b")
_NUMERALS = [
    (1, r"one(?:\s\w+)?\s(?:for|from|per|by)\s(?:each|every)|по\sодно(?:му|й)"),
    (2, r"two|second|twice|дв(?:а|е|ух|ум|умя|ое)|втор\w+|вдвое|double[ds]?"),
    (3, r"three|third|тр(?:и|[её]х|[её]м|емя|ое)|трет(?:ь|ий|ья|ье|ьего|ьей|ью|и)|втрое"),
    (4, r"four(?:th)?|четыр(?:е|[её]х|[её]м|ьмя)|четв[её]рт(?:ый|ая|ое|ого|ой|ым|ом|ую)"),
    (5, r"five|fifth|пят(?:ь|и|ью|ый|ая|ое|ого|ой|ым|ом|ую|еро)"),
    (6, r"six(?:th)?|шест(?:ь|и|ью|ой|ая|ое|ого|ым|ом|ую|еро)"),
    (7, r"seven(?:th)?|сем(?:ь|и|ью|еро)|седьм\w+"),
    (8, r"eighth?|вос(?:емь|ьми|емью)|восьм(?:ой|ая|ое|ого|ым|ом|ую)"),
    (9, r"nine|ninth|девят(?:ь|и|ью|ый|ая|ое|ого|ой|ым|ом|ую)"),
    (10, r"ten(?:th)?|десят(?:ь|и|ью|ый|ая|ое|ого|ой|ым|ом|ую|еро)"),
    (11, r"eleven(?:th)?|одиннадцат\w+"),
    (12, r"twelve|twelfth|двенадцат\w+"),
    (13, r"thirteen(?:th)?|тринадцат\w+"),
    (15, r"fifteen(?:th)?|пятнадцат\w+"),
    (20, r"twenty|twentieth|двадцат\w+"),
    (30, r"thirty|thirtieth|тридцат\w+"),
    (40, r"forty|сорок\w*"),
    (50, r"fifty|пятьдесят|пятидесяти"),
    (100, r"hundred|сто|ста"),
]
_NUMERAL = re.compile("|".join(rf"(?P<n{value}>\b(?:{words})\b)" for value, words in _NUMERALS), re.I)


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A number or a date and where it stands, `start` to `end`."""

    value: str | Date
    start: int
    end: int


def dates(text: str) -> Iterator[Mentioned]:
    """The dates of a text, folded; of a day, a month or a year and month."""
    taken: set[int] = set()
    for form in _DATES:
        for found in form.finditer(text):
            if taken.isdisjoint(range(*found.span())) and (date := _date(found)):
                taken.update(range(*found.span()))
                yield Mentioned(date, *found.span())
                if last := found.groupdict().get("last"):
                    yield Mentioned((date[0], date[1], int(last)), *found.span())


def _date(found: re.Match[str]) -> Date | None:
    part = found.groupdict()
    year, day = part.get("year"), part.get("day")
    word = part.get("month")
    if word and not word[0].isupper() and word.casefold() in ("may", "march", "august"):
        return None
    month = _month(word) if word else int(part["number"])
    return (int(year) if year else None, month, int(day) if day else None)


def _month(word: str) -> int:
    return next(n for n, form in enumerate(_MONTHS, start=1) if re.fullmatch(form, word, re.I))


def numbers(text: str, language: str, dated: list[Mentioned]) -> Iterator[Mentioned]:
    """Numbers in figures, Roman figures and words; one and first mostly count nothing and are left out."""
    inside = {place for found in dated for place in range(found.start, found.end)}
    for found in _NUMBER.finditer(_SPACE_IN_NUMBER.sub("_", text)):
        if found.start() not in inside:
            yield Mentioned(_written(found.group(), language), *found.span())
    for found in _ROMAN.finditer(text):
        if found.group():  # "VIX" begins like one, and of it nothing is
            yield Mentioned(str(_roman(found.group())), *found.span())
    for found in _NUMERAL.finditer(text):
        yield Mentioned((found.lastgroup or "")[1:], *found.span())


def _written(number: str, language: str) -> str:
    """A number without signs between thousands, with a decimal point and no zeros behind it."""
    number = number.replace("_", "")
    if language != "ru" and _THOUSANDS.fullmatch(number):
        return number.replace(",", "")
    number = number.replace(",", ".")
    return number.rstrip("0").rstrip(".") if number.count(".") == 1 else number


def _roman(figures: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10}[figure] for figure in figures]
    return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))


def is_month(word: str) -> bool:
    """Whether a word is the name of a month."""
    return bool(re.fullmatch("|".join(_MONTHS), word, re.I))
