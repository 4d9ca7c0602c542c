"""What a sentence states that can be looked up in its source (numbers, dates, names, quotations) and is not there."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from corpus import fold
from corpus.transliteration import romanised
from embeddings import terms, tokens
from rag.search.glossary import Entry, Glossary

#: (year, month, day); what a text does not say is None.
Date = tuple[int | None, int, int | None]

_WORDS_OF_LANGUAGE = ("concept", "action")  # topics of the glossary that are no names
_QUOTED_WORDS = 3  # a shorter quotation is a name or a term, and may be translated

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
_QUOTED = re.compile(r"«([^»]+)»|“([^”]+)”|\"([^\"]+)\"")
_URL = re.compile(r"https?:|www\.|\]\(", re.I)
_VOWELS = re.compile(r"[aeiouyjë’”'`]|(?<=[a-z])h")
_CYRILLIC = re.compile("[\u0400-\u04ff]")


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A number or a date and where it stands, `start` to `end`."""

    value: str | Date
    start: int
    end: int


class Facts:
    """What can be looked up of one text: `numbers`, `dates`, what the glossary knows, other `names`, quotations."""

    def __init__(self, text: str, language: str, glossary: Glossary) -> None:
        self.text, self.language = fold(text), language
        self.dated = list(_dates(self.text))
        self.counted = list(_numbers(self.text, language, self.dated))
        self.known = glossary.mentions(self.text)
        self.named = [mention for mention in self.known if mention.entry.topic not in _WORDS_OF_LANGUAGE]
        covered = {place for mention in self.known for place in range(mention.start, mention.end)}
        self.names = [word for word, start in _names(self.text) if start not in covered]
        self.quotations = [next(filter(None, found.groups())) for found in _QUOTED.finditer(self.text)]
        self._stems = f" {' '.join(terms(self.text, language))} "
        self._words = [word for word, _, _ in tokens(self.text)]

    @property
    def any(self) -> bool:
        """Whether there is a number, date or name to look up."""
        return bool(self.counted or self.dated or self.named or self.names)

    @property
    def numbers(self) -> frozenset[str]:
        """Every number, in one way of writing."""
        return frozenset(str(found.value) for found in self.counted)

    @property
    def dates(self) -> frozenset[Date]:
        """Every date, as far as it is given."""
        return frozenset(found.value for found in self.dated if not isinstance(found.value, str))

    def mentions(self, entry: Entry, words: str) -> bool:
        """Whether any form of the entry's name stands here, in either language, or all of these words for it."""
        forms = (f" {' '.join(terms(name))} " for names in entry.names.values() for name in names)
        return any(form in self._stems for form in forms) or all(f" {stem} " in self._stems for stem in terms(words))

    def mentions_name(self, name: str) -> bool:
        """Whether a name that the glossary does not know stands here, in whatever case or alphabet."""
        if any(f" {stem} " in self._stems for stem in terms(name, self.language)):
            return True
        cyrillic = bool(_CYRILLIC.search(name))
        others = (word for word in self._words if word[0].isupper() and bool(_CYRILLIC.search(word)) != cyrillic)
        return any(_sounds_alike(name, other) for other in others)

    def has_date(self, date: Date) -> bool:
        """Whether the date stands here; a part that only one side gives must stand here as a number or not matter."""
        year, month, day = date
        if not any(month == m and day in (None, d) and (year is None or y in (None, year)) for y, m, d in self.dates):
            return False
        return year is None or str(year) in self.numbers or any(y == year for y, _, _ in self.dates)

    def has_quotation(self, words: str) -> bool:
        """Whether these words stand here one after another, capitals apart."""
        return words.casefold().strip(" .,;:…") in self.text.casefold()


def lacking(stated: Facts, ground: Facts, translated: Collection[str] = ()) -> list[str]:
    """What is stated and not found in the ground, in words; empty where all of it is.

    `translated` are words with a capital that the ground has in another language: "Assembly", «Собрание».
    """
    missing = [f"the number {number}" for number in sorted(stated.numbers - ground.numbers - _parts_of(ground.dates))]
    missing += [f"the date {date}" for date in stated.dates if not ground.has_date(date)]
    named = ((mention.entry, stated.text[mention.start : mention.end]) for mention in stated.named)
    missing += [words for entry, words in named if not ground.mentions(entry, words)]
    missing += [name for name in stated.names if name not in translated and not ground.mentions_name(name)]
    long = (words for words in stated.quotations if len(words.split()) >= _QUOTED_WORDS)
    missing += [f"the quotation «{words}»" for words in long if not ground.has_quotation(words)]
    return missing + ["a link"] * bool(_URL.search(stated.text) and not _URL.search(ground.text))


def _parts_of(dates: frozenset[Date]) -> set[str]:
    """Years of dates: they may be stated without the day."""
    return {str(year) for year, _, _ in dates if year}


def _dates(text: str) -> Iterator[Mentioned]:
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


def _numbers(text: str, language: str, dated: list[Mentioned]) -> Iterator[Mentioned]:
    """Numbers in figures, Roman figures and words; one and first mostly count nothing and are left out."""
    inside = {place for found in dated for place in range(found.start, found.end)}
    for found in _NUMBER.finditer(_SPACE_IN_NUMBER.sub("_", text)):
        if found.start() not in inside:
            yield Mentioned(_written(found.group(), language), *found.span())
    for found in _ROMAN.finditer(text):
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


def _names(text: str) -> Iterator[tuple[str, int]]:
    """(word, start) of capitalised words; the first of a text only beside another, as in a person's name."""
    words = [word for word in tokens(text) if not word[0][0].isdigit()]
    for n, (word, start, end) in enumerate(words):
        if not word[0].isupper() or len(word) == 1 or not terms(word) or re.fullmatch("|".join(_MONTHS), word, re.I):
            continue
        following = words[n + 1][0] if n + 1 < len(words) and text[end : words[n + 1][1]] in (" ", "-") else ""
        if start or (following[:1].isupper() and len(word) > 2):
            yield word, start


def _sounds_alike(one: str, other: str) -> bool:
    """Whether two words have the same consonants in Latin letters, endings apart."""
    a, b = sorted((_consonants(one), _consonants(other)), key=len)
    return a == b if len(a) < 3 else b.startswith(a) and len(b) - len(a) <= 2


def _consonants(word: str) -> str:
    latin = romanised(word).lower().replace("ts", "c").replace("x", "ks").replace("w", "v").replace("ph", "f")
    return _VOWELS.sub("", latin)
