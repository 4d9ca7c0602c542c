"""What a sentence states that can be looked up in its source (numbers, dates, names, quotations) and is not there."""

import re
from collections.abc import Collection, Iterator

from corpus import fold
from corpus.transliteration import romanised
from embeddings import terms, tokens
from rag.language.numbers import Date, dates, is_month, numbers
from rag.search.glossary import Entry, Glossary

_WORDS_OF_LANGUAGE = ("concept", "action")  # topics of the glossary that are no names
_QUOTED_WORDS = 3  # a shorter quotation is a name or a term, and may be translated

_QUOTED = re.compile(r"«([^«»]+)»|“([^“”]+)”|\"([^\"]+)\"")
_URL = re.compile(r"https?:|www\.|\]\(", re.I)
_VOWELS = re.compile(r"[aeiouyjë’”'`]|(?<=[a-z])h")
_CYRILLIC = re.compile("[\u0400-\u04ff]")


class Facts:
    """What can be looked up of one text: `numbers`, `dates`, what the glossary knows, other `names`, quotations."""

    def __init__(self, text: str, language: str, glossary: Glossary) -> None:
        self.text, self.language = fold(text), language
        self.dated = list(dates(self.text))
        self.counted = list(numbers(self.text, language, self.dated))
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


def _names(text: str) -> Iterator[tuple[str, int]]:
    """(word, start) of capitalised words; the first of a text only beside another, as in a person's name."""
    words = [word for word in tokens(text) if not word[0][0].isdigit()]
    for n, (word, start, end) in enumerate(words):
        if not word[0].isupper() or len(word) == 1 or not terms(word) or is_month(word):
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
