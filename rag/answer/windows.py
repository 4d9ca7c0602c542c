"""Which stretches of the found passages are read: the sentences around what late interaction finds nearest."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from corpus import sentence_spans
from embeddings import StoredPassage, terms
from embeddings.token_index import Matches
from rag.reader.reading import Window
from rag.search.glossary import WORDS
from rag.search.query import MOST_NAMES, Query
from rag.search.retrieval import Hit, Retriever

#: So many passages of each language are looked into, and so many windows read in all;
PASSAGES, WINDOWS = 8, 8
#: of a language that texts were found in at least so many.
OF_EACH_LANGUAGE = 3
#: Code points of a window; some 160 pieces of Russian or English.
MOST_CHARS = 640
#: A sentence longer than this is cut at a clause.
LONGEST_SENTENCE = 600

Span = tuple[int, int]

_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring sentences of a passage, their places in its document, and how near the question they are.

    `nearness` is that of late interaction; `names` the share in [0, 1] of the question's names and years that stand in
    the window or its head, 1 where it has none.
    """

    passage: StoredPassage
    sentences: tuple[Span, ...]
    nearness: float
    names: float = 1.0

    @property
    def start(self) -> int:
        """Where it begins in the document."""
        return self.sentences[0][0]

    @property
    def end(self) -> int:
        """Where it ends in the document."""
        return self.sentences[-1][1]

    @property
    def window(self) -> Window:
        """As a reader gets it: its words under the title and section."""
        return _window(self.passage, self.start, self.end)


def _window(passage: StoredPassage, start: int, end: int) -> Window:
    document = passage.document
    section = document.section_at(start) or passage.section
    head = "".join(f"{part}. " for part in (document.record.title, section) if part)
    return Window(head, document.text[start:end])


def stretches(retriever: Retriever, query: Query, hits: Sequence[Hit]) -> list[Stretch]:
    """The stretches to read, nearest first; at most two of a passage."""
    found: list[Stretch] = []
    named = Named(query)
    by_language: dict[str, list[StoredPassage]] = {}
    for hit in hits:
        by_language.setdefault(hit.passage.language, []).append(hit.passage)
    for language, passages in by_language.items():
        looked_at = passages[:PASSAGES]
        rows = np.array([passage.row for passage in looked_at], np.int64)
        matches = retriever.index.matches(query.tokens(language), rows, language)
        for passage, match in zip(looked_at, matches, strict=True):
            found += _of_passage(passage, match, named)
    return list(_chosen(sorted(found, key=lambda one: -one.nearness), len(by_language)))


def _chosen(ranked: Sequence[Stretch], languages: int) -> Iterator[Stretch]:
    """The nearest, and of each language its share."""
    share = min(OF_EACH_LANGUAGE, WINDOWS // max(languages, 1))
    kept = {id(one) for language in {s.passage.language for s in ranked} for one in _first(ranked, language, share)}
    left = WINDOWS - len(kept)
    for stretch in ranked:
        if id(stretch) in kept:
            yield stretch
        elif left > 0:
            left -= 1
            yield stretch


def _first(ranked: Sequence[Stretch], language: str, count: int) -> list[Stretch]:
    return [one for one in ranked if one.passage.language == language][:count]


class Named:
    """What a question names: of the glossary, in any form and language, and years."""

    def __init__(self, query: Query) -> None:
        entries = [entry for entry in query.entries if entry.topic not in WORDS]
        self._forms = [{" ".join(terms(name)) for names in entry.names.values() for name in names} for entry in entries]
        self._years = list(dict.fromkeys(_YEAR.findall(query.text)))[:MOST_NAMES]

    def share_in(self, passage: StoredPassage, window: Window) -> float:
        """The share of them that a window under its head, or its document's parties and dates, mentions."""
        if not (self._forms or self._years):
            return 1.0
        record = passage.document.record
        text = ". ".join([window.head, window.text, *record.parties, record.date or ""])
        stems = f" {' '.join(terms(text, passage.language))} "
        met = [any(f" {form} " in stems for form in forms) for forms in self._forms]
        met += [year in text for year in self._years]
        return sum(met) / len(met)


def _of_passage(passage: StoredPassage, match: Matches, named: Named) -> Iterator[Stretch]:
    """The whole of a short passage; of a longer one the sentences around the nearest, twice."""
    sentences = [
        (passage.start + a, passage.start + b)
        for start, end in sentence_spans(passage.text, passage.language)
        for a, b in shortened(passage.text, start, end)
    ]
    if not sentences:
        return
    near = [match.score_between(start - passage.start, end - passage.start) for start, end in sentences]
    free = list(range(len(sentences)))
    for _ in range(2):
        if not free:
            return
        first, last = _around(sentences, near, free)
        at = (sentences[first][0] - passage.start, sentences[last][1] - passage.start)
        names = named.share_in(passage, _window(passage, sentences[first][0], sentences[last][1]))
        yield Stretch(passage, tuple(sentences[first : last + 1]), match.score_between(*at), names)
        free = [place for place in free if not first <= place <= last]


def _around(sentences: Sequence[Span], near: Sequence[float], free: Sequence[int]) -> Span:
    """First and last of the free sentences around the nearest of them that fit into a window."""
    best = max(free, key=lambda place: near[place])
    first = last = best
    while True:
        room = MOST_CHARS - (sentences[last][1] - sentences[first][0])
        before, behind = first - 1, last + 1
        choices = []
        if before in free and sentences[first][0] - sentences[before][0] <= room:
            choices.append(before)
        if behind in free and sentences[behind][1] - sentences[last][1] <= room:
            choices.append(behind)
        if not choices:
            return first, last
        # What stands before explains pronouns: where both fit, the window grows to both sides in turn.
        chosen = min(choices, key=lambda place: (abs(place - best), place))
        first, last = min(first, chosen), max(last, chosen)


def shortened(text: str, start: int, end: int) -> Iterator[Span]:
    """A span cut at clauses, or failing that at spaces, into pieces of at most `LONGEST_SENTENCE`."""
    while end - start > LONGEST_SENTENCE:
        cut = max(text.rfind(mark, start, start + LONGEST_SENTENCE) for mark in (";", ",\n", "\n", ". "))
        cut = cut + 1 if cut > start + LONGEST_SENTENCE // 3 else text.rfind(" ", start, start + LONGEST_SENTENCE)
        cut = cut if cut > start else start + LONGEST_SENTENCE
        yield start, start + len(text[start:cut].rstrip())
        start = cut + len(text[cut:end]) - len(text[cut:end].lstrip())
    if start < end:
        yield start, end
