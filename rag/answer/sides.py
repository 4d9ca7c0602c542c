"""The two sides of a question that compares: each becomes a question of its own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus import fold
from embeddings import tokens
from rag.search.glossary import WORDS, Glossary

_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: its words in the question, and the question without the other side."""

    words: str
    question: str


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
    kinds: dict[str, list[_Named]] = {}
    for one in named:
        kinds.setdefault(one.kind, []).append(one)
    # The nearest pair of a kind are neighbours in it: of two that are not, one is nearer to what stands between.
    pairs = [(a, b) for same in kinds.values() for a, b in pairwise(same) if a.which != b.which]
    if not pairs:
        return ()
    pairs.sort(key=lambda pair: pair[0].start)
    first, second = min(pairs, key=lambda pair: len(tokens(text[pair[0].end : pair[1].start])))
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
    found: list[tuple[int, int]] = []
    places = {place for span in taken for place in range(*span)}
    for word, start, end in tokens(text):
        if not start or not word[0].isupper() or not places.isdisjoint(range(start, end)):
            continue
        if found and text[found[-1][1] : start] == " ":
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return [_Named("name", text[start:end], start, end) for start, end in found]
