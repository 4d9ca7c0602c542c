"""From found passages to the sentences that answer: which to quote, and how sure that is."""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from corpus import fold, sentence_spans
from embeddings import StoredPassage, Vectors, terms
from embeddings.centring import centre
from rag.retrieval import Hit, Query, Retriever

PASSAGES = 8
MAX_QUOTE = 600
MIN_QUOTE = 12
SAME_SHARE = 0.8

_ASKS_BIBLIOGRAPHY = re.compile(
    r"\b(?:cite[sd]?|citing|references?|bibliograph|doi|udk|udc|authors?|journal|published|publication|funded|fund"
    r"|keywords|submitted|affiliat|works? (?:of|by)|article by|literature)|литератур|ссыла|цитир|автор|журнал|публикац"
    r"|опубликов|удк|источник|финансир|ключев|библиограф|поступил|работ[аыу]?\b|стать[яюие]",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of a passage that can be quoted: `start` and `end` count in the document's text."""

    passage: StoredPassage
    start: int
    end: int
    score: float = 0.0
    similarity: float = 0.0
    coverage: float = 0.0

    @property
    def text(self) -> str:
        """The document's own characters."""
        return self.passage.document.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands behind an answer: quotes, best first, and the confidence that they answer.

    `features` are what the confidence was computed from, `confidence` is in [0, 1].
    """

    quotes: tuple[Quote, ...]
    features: Mapping[str, float]
    confidence: float


@dataclass(frozen=True, slots=True)
class Weights:
    """How the parts of a quote's score count, and the calibration of the confidence."""

    coverage: float
    passage: float
    reference_penalty: float
    front_penalty: float
    features: tuple[str, ...]
    coefficients: tuple[float, ...]
    intercept: float
    threshold: float


@cache
def load_weights() -> Weights:
    """The weights that `scripts/calibrate.py` fitted on the tuning questions."""
    data: dict[str, Any] = json.loads((files("rag") / "evidence.json").read_text("utf-8"))["weights"]
    return Weights(**{name: _frozen(value) for name, value in data.items()})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def select_evidence(
    retriever: Retriever, query: Query, hits: Sequence[Hit], weights: Weights | None = None
) -> Evidence:
    """Score every sentence of the best passages against the question; quotes come best first."""
    weights = weights or load_weights()
    passages = [hit.passage for hit in hits[:PASSAGES]]
    quotes = [quote for passage in passages for quote in _quotes(passage)]
    if not quotes:
        return Evidence((), {}, 0.0)
    support = {hit.passage.row: hit.score for hit in hits}
    similarities = _similarities(retriever, query, quotes)
    wanted = Wanted(retriever, query)
    scored = [
        _scored(quote, float(similarity), wanted, support[quote.passage.row], weights)
        for quote, similarity in zip(quotes, similarities, strict=True)
    ]
    ranked = tuple(sorted(scored, key=lambda quote: -quote.score))
    features = measure(query, hits, ranked, wanted)
    return Evidence(ranked, features, confidence(features, weights))


def confidence(features: Mapping[str, float], weights: Weights) -> float:
    """Logistic function of the weighted features, in [0, 1]."""
    total = weights.intercept
    for name, coefficient in zip(weights.features, weights.coefficients, strict=True):
        total += coefficient * features[name]
    return 1 / (1 + math.exp(-total))


def _scored(quote: Quote, similarity: float, wanted: "Wanted", support: float, weights: Weights) -> Quote:
    coverage = wanted.covered(quote.passage, quote.text)
    score = similarity + weights.coverage * coverage + weights.passage * support
    if quote.passage.part == "reference" and not wanted.bibliography:
        score -= weights.reference_penalty
    if quote.passage.part == "front matter" and not wanted.bibliography:
        score -= weights.front_penalty
    return Quote(quote.passage, quote.start, quote.end, score, similarity, coverage)


def _quotes(passage: StoredPassage) -> Iterator[Quote]:
    """The sentences of a passage, or the whole of a reference entry; none over `MAX_QUOTE`."""
    if passage.part == "reference" and passage.end - passage.start <= MAX_QUOTE:
        yield Quote(passage, passage.start, passage.end)
        return
    for start, end in sentence_spans(passage.text, passage.language):
        for a, b in _shortened(passage.text, start, end):
            if b - a >= MIN_QUOTE:
                yield Quote(passage, passage.start + a, passage.start + b)


def _shortened(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A span cut at clauses, or failing that at spaces, into pieces of at most `MAX_QUOTE`."""
    while end - start > MAX_QUOTE:
        cut = max(text.rfind(mark, start, start + MAX_QUOTE) for mark in (";", ",\n", "\n", ". "))
        cut = cut + 1 if cut > start + MAX_QUOTE // 3 else text.rfind(" ", start, start + MAX_QUOTE)
        cut = cut if cut > start else start + MAX_QUOTE
        yield start, start + len(text[start:cut].rstrip())
        start = cut + len(text[cut:end]) - len(text[cut:end].lstrip())
    if start < end:
        yield start, end


def _similarities(retriever: Retriever, query: Query, quotes: Sequence[Quote]) -> Vectors:
    """(n,) float32 centred cosine of the question with each quote in the context of its title."""
    texts = [f"{context(quote.passage)}{fold(quote.text)}" for quote in quotes]
    raw = retriever.encoder.encode_passages(texts)
    centred = centre(raw, [quote.passage.language for quote in quotes], retriever.index.means)
    return np.asarray(centred @ query.vector, np.float32)


def context(passage: StoredPassage) -> str:
    """The title and section that a quote is understood in, as a prefix."""
    record = passage.document.record
    title = "" if record.origins.get("title") == "guess" else record.title[:120]
    names = ". ".join(name for name in (title, passage.section or "") if name)
    return f"{fold(names)}\n" if names else ""


class Wanted:
    """What a question names: its terms with their weight, its names and its numbers."""

    def __init__(self, retriever: Retriever, query: Query) -> None:
        self.language = query.language
        self.bibliography = bool(_ASKS_BIBLIOGRAPHY.search(query.text))
        self._idf = retriever.index.idf(query.terms)
        self._entries = [
            frozenset(tuple(terms(name)) for names in entry.names.values() for name in names)
            for entry in retriever.glossary.find(query.text)
        ]
        named = {stem for forms in self._entries for form in forms for stem in form}
        self._plain = [t for t in dict.fromkeys(query.terms) if t not in named]
        self.numbers = [t for t in self._plain if t[0].isdigit()]

    def covered(self, passage: StoredPassage, text: str) -> float:
        """Share in [0, 1] of what is asked that `text`, read under its title and section, meets.

        Names count in either language; other words only where the languages are the same.
        """
        record = passage.document.record
        also = record.also.get("title", "")
        head = f"{record.title} {also} {record.year or ''} {passage.section or ''}"
        found = terms(f"{head} {text}", passage.language)
        return self._share(frozenset(found), passage.language, f" {' '.join(found)} ")

    def names_met(self, passage: StoredPassage) -> float:
        """Share in [0, 1] of the names and numbers of the question that a passage meets; 1 if none."""
        record = passage.document.record
        head = f"{record.title} {record.also.get('title', '')} {record.date or ''} {' '.join(record.parties)}"
        found = terms(f"{head} {record.year or ''} {passage.section or ''} {passage.text}", passage.language)
        joined, known = f" {' '.join(found)} ", frozenset(found)
        met = [any(f" {' '.join(form)} " in joined for form in forms) for forms in self._entries]
        met += [number in known for number in self.numbers]
        return sum(met) / len(met) if met else 1.0

    def _share(self, found: frozenset[str], language: str, joined: str) -> float:
        total = met = 0.0
        for forms in self._entries:
            total += 4.0
            met += 4.0 * any(f" {' '.join(form)} " in joined for form in forms)
        for term in self._plain:
            if language == self.language or term[0].isdigit():
                weight = self._idf.get(term, 1.0)
                total += weight
                met += weight * (term in found)
        return met / total if total else 0.5


def measure(query: Query, hits: Sequence[Hit], ranked: Sequence[Quote], wanted: Wanted) -> dict[str, float]:
    """The features of the confidence; each grows with how well the texts answer."""
    dense = sorted((hit.dense for hit in hits), reverse=True)
    best = ranked[0]
    top = [hit.passage for hit in hits[:3]]
    return {
        "similarity": max(quote.similarity for quote in ranked),
        "best_similarity": best.similarity,
        "coverage": best.coverage,
        "most_coverage": max(quote.coverage for quote in ranked[:5]),
        "passage_coverage": max(wanted.covered(passage, passage.text) for passage in top),
        "dense": dense[0],
        "margin": dense[0] - float(np.mean(dense[5:])) if len(dense) > 5 else 0.0,
        "names": wanted.names_met(best.passage),
        "cross": float(best.passage.language != query.language),
    }


def words_of(quote: Quote) -> frozenset[str]:
    """The terms of a quote, for comparing quotes."""
    return frozenset(terms(quote.text, quote.passage.language))


def nearly_same(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two quotes say the same in nearly the same words (Jaccard of their terms)."""
    union = len(one | other)
    return union > 0 and len(one & other) / union >= SAME_SHARE
