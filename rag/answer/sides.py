"""The two sides of a question that compares, and the two parts of one that asks twice: each becomes a question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from corpus import fold
from embeddings import tokens
from rag.search.glossary import WORDS, Glossary

#: Where a second question begins: behind "and", with a word that asks.
_ASKS = (
    r"(?:who|whom|whose|what|when|where|why|which|how|кто|кого|кому|кем|что|чего|чему|чем|когда|где|куда|откуда|почему|"
    r"зачем|как|какой|какая|какое|какие|какую|каких|каким|каков|какова|каковы|сколько|чей|чья|чьё|чьи)"
)
_SECOND = re.compile(
    rf"(?:,|[?;.])?\s+(?:and|и|а)\s+(?=(?:(?:in|on|at|by|for|from|to|with|в|во|на|с|из|по|для)\s+)?{_ASKS}\b)", re.I
)
_FIRST = re.compile(rf"\b{_ASKS}\b", re.I)
#: Words that a part has at least: "how and why" is no question of two parts.
_SHORTEST = 3

_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Side:
    """A side of a comparison or a part of a question: its words in the question, and what is asked of the texts."""

    words: str
    question: str


def parts(question: str) -> tuple[Side, ...]:
    """The two questions of "Who ... and when ...?", the second asked behind the first; () of one that asks once."""
    for found in _SECOND.finditer(question):
        first, second = question[: found.start()].strip(), question[found.end() :].strip()
        long = min(len(first.split()), len(second.split())) >= _SHORTEST
        if long and _FIRST.search(first) and not _FIRST.search(first.split()[-1]):
            first = first.rstrip("?.,;") + "?"
            return Side(first, first), Side(second, f"{first} {second}")
    return ()


@dataclass(frozen=True, slots=True)
class _Named:
    """Something that a question names: what it is (two of a kind can be compared), which, and where."""

    kind: str
    which: str
    start: int
    end: int


def sides(question: str, glossary: Glossary) -> tuple[Side, ...]:
    """The two sides, those of a kind that stand nearest to one another; () where no two are named.

    Called only for a question that compares: that it does is told by `answer.kinds`, not here.
    """
    text = fold(question)
    named = _named(text, glossary)
    pairs = [(a, b) for a, b in combinations(named, 2) if a.kind == b.kind and a.which != b.which]
    if not pairs:
        return ()
    first, second = min(pairs, key=lambda pair: len(list(tokens(text[pair[0].end : pair[1].start]))))
    return (
        Side(text[first.start : first.end], text[: first.end] + text[second.end :]),
        Side(text[second.start : second.end], text[: first.start] + text[second.start :]),
    )


def _named(text: str, glossary: Glossary) -> Sequence[_Named]:
    found = [
        _Named(mention.entry.topic, mention.entry.names["en"][0], mention.start, mention.end)
        for mention in glossary.mentions(text)
        if mention.entry.topic not in WORDS
    ]
    found += [_Named("year", match.group(), *match.span()) for match in _YEAR.finditer(text)]
    found += _capitalised(text, [(one.start, one.end) for one in found])
    return sorted(found, key=lambda one: one.start)


def _capitalised(text: str, taken: Sequence[tuple[int, int]]) -> list[_Named]:
    """Names that the glossary lacks: runs of capitalised words behind the first."""
    found: list[_Named] = []
    for word, start, end in tokens(text):
        if not start or not word[0].isupper() or any(a < end and start < b for a, b in taken):
            continue
        if found and text[found[-1].end : start] == " ":
            found[-1] = _Named("name", text[found[-1].start : end], found[-1].start, end)
        else:
            found.append(_Named("name", text[start:end], start, end))
    return found
