"""From a question to the passages that may answer it."""

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from corpus import Filters
from corpus.languages import LANGUAGES, script_of
from embeddings import Encoder, Index, Vectors
from embeddings.index import Mask, Rows
from embeddings.lexical import Scores
from embeddings.texts import StoredPassage
from rag.search.fusion import CROSS_LEXICAL_WEIGHT, LEXICAL_WEIGHT, NAMES_WEIGHT, RERANKED_SHARE, deal, fuse
from rag.search.glossary import Glossary, expansion
from rag.search.query import Query, read_query
from rag.search.stages import stage

Mode = Literal["fused", "dense", "lexical"]

#: So many candidates of each language come from dense and from lexical search,
CANDIDATES = 100
#: and so many of the best of them are ordered by late interaction.
RERANKED = 40
EXPANSION_WEIGHT = 0.5
#: Of so many hits at least one is in each language that is searched.
EVERY = 10


@dataclass(frozen=True, slots=True)
class Hit:
    """A found passage; `score` orders the hits of a language, the others are what it came from.

    `late` is the score of late interaction, in [-1, 1], and None where it was not looked at.
    """

    passage: StoredPassage
    score: float
    dense: float
    lexical: float
    late: float | None


@dataclass(frozen=True, slots=True)
class _Scored:
    """A candidate before its passage is read; the fields are those of `Hit`."""

    row: int
    score: float
    dense: float
    lexical: float
    late: float | None


class Retriever:
    """Searches one generation. `hidden` are ids of documents that were removed since."""

    def __init__(self, index: Index, encoder: Encoder, glossary: Glossary, hidden: Collection[str] = ()) -> None:
        self.index, self.encoder, self.glossary, self.hidden = index, encoder, glossary, hidden

    def query(self, text: str) -> Query:
        """The question as this index is searched by it."""
        with stage("encode"):
            return read_query(text, self.index, self.encoder, self.glossary)

    def search(self, query: Query, k: int, filters: Filters | None = None, mode: Mode = "fused") -> list[Hit]:
        """The k best passages, best first, of ten at least one in each language; filters apply before ranking.

        Where the filters name collections, copies of a text are not told: they may stand in another one.
        """
        filters = filters or Filters()
        allowed = self.index.allowed(filters, self.hidden)
        parts = self.index.by_language(allowed).items()
        best = _merged([self._in_language(query, language, here, k, mode) for language, here in parts], k)
        hits = [Hit(self.index.passage(hit.row), hit.score, hit.dense, hit.lexical, hit.late) for hit in best]
        return [replace(hit, passage=hit.passage.alone()) for hit in hits] if filters.collections else hits

    def _in_language(self, query: Query, language: str, here: Mask, k: int, mode: Mode) -> list["_Scored"]:
        """The k best candidates of one language with their scores; `here` are its passages."""
        with stage("lexical"):
            lexical = self._lexical(query, language) * here
        with stage("dense"):
            vector = query.vector(language)
            rows = self._candidates(vector, here, lexical, max(k, CANDIDATES))
            dense, bm25 = self.index.similarities(vector, rows), lexical[rows]
        late: dict[int, float] = {}
        with stage("fuse"):
            if mode == "fused":
                scores, late = self._fused(query, language, rows, dense, bm25)
            else:
                scores = dense if mode == "dense" else bm25
        kept = np.flatnonzero(bm25 > 0) if mode == "lexical" else np.arange(len(rows))
        kept = kept[np.argsort(-scores[kept], kind="stable")[:k]]
        return [
            _Scored(int(rows[i]), float(scores[i]), float(dense[i]), float(bm25[i]), late.get(int(i))) for i in kept
        ]

    def _fused(
        self, query: Query, language: str, rows: Rows, dense: Scores, bm25: Scores
    ) -> tuple[Scores, dict[int, float]]:
        """Scores of the candidates of one language, and of the best of them that of late interaction."""
        weight = self._weight(query, language)
        first = np.argsort(-fuse(dense, bm25, weight), kind="stable")
        top = first[:RERANKED]
        late = self.index.late_scores(query.tokens(language), rows[top], language)
        best = top[np.argsort(-fuse(late, bm25[top], weight * RERANKED_SHARE), kind="stable")]
        ranked = np.concatenate([best, first[RERANKED:]])
        return deal(dense, ranked), dict(zip(top.tolist(), late.tolist(), strict=True))

    def _weight(self, query: Query, language: str) -> float:
        """The share of BM25 among the candidates of one language."""
        if language == query.language:
            return LEXICAL_WEIGHT
        named = any(entry.topic not in ("concept", "action") for entry in query.entries)
        return NAMES_WEIGHT if named else CROSS_LEXICAL_WEIGHT

    def _candidates(self, vector: Vectors, here: Mask, lexical: Scores, count: int) -> Rows:
        """Rows that dense or lexical search puts first, ascending."""
        found = np.zeros(len(here), bool)
        found[self.index.nearest(vector, count, here)[0]] = True
        matching = np.flatnonzero(lexical > 0)
        found[matching[np.argsort(-lexical[matching], kind="stable")[:count]]] = True
        return np.flatnonzero(found)

    def _lexical(self, query: Query, language: str) -> Scores:
        """BM25 of the question's own words (those of this language) and of the names it expands to."""
        own = [t for t in query.terms if language == query.language or _could_be(t, language)]
        known = set(own)
        names = [t for t in expansion(query.entries, language) if t not in known]
        return self.index.lexical_scores(own) + np.float32(EXPANSION_WEIGHT) * self.index.lexical_scores(names)


def _merged(parts: Sequence[Sequence[_Scored]], k: int) -> list[_Scored]:
    """The k best hits of all languages, best first; the n-th of a language stands at `EVERY` * n at the latest."""
    waiting = [deque(hits) for hits in parts]
    merged: list[_Scored] = []
    while len(merged) < k and any(waiting):
        due = (len(merged) + 1) // EVERY
        left = [
            (len(hits) - len(others) >= due, -others[0].score, others[0].row, others)
            for hits, others in zip(parts, waiting, strict=True)
            if others
        ]
        merged.append(min(left, key=lambda one: one[:3])[3].popleft())
    return merged


def _could_be(term: str, language: str) -> bool:
    """Whether a term of another language's question can stand in a passage: numbers, words in a script of its own."""
    return term[0].isdigit() or language not in LANGUAGES or script_of(term) in LANGUAGES[language].scripts
