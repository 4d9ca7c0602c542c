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

from corpus import sentence_spans
from embeddings import StoredPassage, terms, tokens
from embeddings.token_index import Matches
from rag.search.query import Query
from rag.search.retrieval import Hit, Retriever
from rag.wanted import Wanted

#: So many passages of each language are looked into for sentences.
PASSAGES = 8
MAX_QUOTE = 600
MIN_QUOTE, MIN_WORDS, LONG_WORD = 12, 4, 60
SAME_SHARE = 0.8
OTHER_TREATY_PENALTY = 0.47
#: For the very article that a question names by its number.
ARTICLE_BONUS = 0.17
#: For the sentence "X is a ..." where "What is X?" is asked; and the least confidence that it answers.
DEFINITION_BONUS, DEFINED = 0.2, 0.9
#: Of a question with a name of the field fewer words count as this many: among the tuning questions short ones are
#: mostly off the topic, users' are not.
FEW = 5
#: A question that names nothing is off the topic when no passage is as near as this by late interaction: of those
#: among the tuning questions that have an answer one in a hundred lies below.
NEAR = 0.3
#: What `plain` is for a question that has only names; the median over the tuning questions.
USUAL_PLAIN = 0.4

_CUT_OFF = re.compile(r"\b(?:of|the|and|for|between|to|in|и|в|на|для|между)\W*$", re.I)


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of a passage that can be quoted: `start` and `end` count in the document's text.

    `similarity` is its score of late interaction with the question; `names` and `words` are the shares in
    [0, 1] of the question's names and numbers, and of its other words, that it meets; `typed`
    says whether it holds a date, number or the like where the question asks for one.
    """

    passage: StoredPassage
    start: int
    end: int
    score: float = 0.0
    similarity: float = 0.0
    names: float = 0.0
    words: float = 0.0
    typed: bool = True

    @property
    def section(self) -> str | None:
        """The section that the quote begins in, which a passage of several sections cannot tell."""
        return self.passage.document.section_at(self.start) or self.passage.section

    @property
    def page(self) -> str | None:
        """The page or pages that the quote stands on."""
        return self.passage.document.page_of(self.start, self.end)

    @property
    def text(self) -> str:
        """The document's own characters."""
        return self.passage.document.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands behind an answer: quotes, best first, and the confidence that they answer.

    `features` are what the confidence was computed from, `confidence` is in [0, 1]. `reason` says in words why
    there are no quotes, where that is certain.
    """

    quotes: tuple[Quote, ...]
    features: Mapping[str, float]
    confidence: float
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Weights:
    """How the parts of a quote's score count, and the calibration of the confidence."""

    names: float
    words: float
    cross: float
    passage: float
    typed: float
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
    passages = [hit.passage for hit in _best_of_each_language(hits)]
    wanted = Wanted(retriever, query)
    quotable = (p for p in passages if p.part != "reference" or wanted.bibliography)
    quotes = [quote for passage in quotable for quote in _quotes(passage)]
    if not quotes:
        return Evidence((), {}, 0.0)
    support = {hit.passage.row: hit.score for hit in hits}
    similarities = _similarities(retriever, query, quotes)
    scored = [
        _scored(quote, similarity, wanted, support[quote.passage.row], weights)
        for quote, similarity in zip(quotes, similarities, strict=True)
    ]
    needed = wanted.answer_type is not None and wanted.answer_type.needed
    answering = [quote for quote in scored if quote.typed or not needed]
    ranked = tuple(sorted(answering or scored, key=lambda quote: -quote.score))
    features = measure(retriever, query, wanted, hits, ranked[0])
    return Evidence(ranked if answering else (), features, _confidence(wanted, hits, ranked[0], features, weights))


def _confidence(
    wanted: Wanted, hits: Sequence[Hit], best: Quote, features: Mapping[str, float], weights: Weights
) -> float:
    """The fitted confidence, but for what is certain: a definition, a question of which nothing was found."""
    if wanted.names_the_unmentioned:
        return 0.0
    if wanted.names_nothing and max(hit.late or 0.0 for hit in hits) < NEAR:
        return 0.0
    return max(confidence(features, weights), DEFINED if wanted.is_defined_by(best.text) else 0.0)


def _best_of_each_language(hits: Sequence[Hit]) -> Iterator[Hit]:
    """The first `PASSAGES` of every language, in order."""
    taken: dict[str, int] = {}
    for hit in hits:
        taken[hit.passage.language] = taken.get(hit.passage.language, 0) + 1
        if taken[hit.passage.language] <= PASSAGES:
            yield hit


def confidence(features: Mapping[str, float], weights: Weights) -> float:
    """Logistic function of the weighted features, in [0, 1]."""
    total = weights.intercept
    for name, coefficient in zip(weights.features, weights.coefficients, strict=True):
        total += coefficient * features[name]
    return 1 / (1 + math.exp(-total))


def _scored(quote: Quote, similarity: float, wanted: Wanted, support: float, weights: Weights) -> Quote:
    passage = quote.passage
    names, words = wanted.met(passage, quote.text)
    score = similarity + weights.names * names + weights.words * words + weights.passage * support
    if passage.language != wanted.language:
        score += weights.cross
    if passage.part == "front matter" and not wanted.bibliography and passage.document.record.kind != "treaty":
        score -= weights.front_penalty
    typed = wanted.is_typed(quote.text)
    score += weights.typed * typed
    score += ARTICLE_BONUS * wanted.is_named_article(quote.section)
    score += DEFINITION_BONUS * wanted.is_defined_by(quote.text)
    if wanted.is_other_treaty(passage):
        score -= OTHER_TREATY_PENALTY
    return Quote(passage, quote.start, quote.end, score, similarity, names, words, typed)


def _quotes(passage: StoredPassage) -> Iterator[Quote]:
    """The sentences of a passage, or the whole of a reference entry; none over `MAX_QUOTE`."""
    if passage.part == "reference" and passage.end - passage.start <= MAX_QUOTE:
        yield Quote(passage, passage.start, passage.end)
        return
    for start, end in sentence_spans(passage.text, passage.language):
        for a, b in _shortened(passage.text, start, end):
            if b - a >= MIN_QUOTE and not _is_fragment(passage, passage.text[a:b]):
                yield Quote(passage, passage.start + a, passage.start + b)


def _is_fragment(passage: StoredPassage, text: str) -> bool:
    """Whether a stretch of body text says nothing alone: a signature line, a cut-off phrase."""
    if passage.part != "body":
        return False
    few = len(text.split()) < MIN_WORDS and len(text) < LONG_WORD
    return few or bool(_CUT_OFF.search(text.strip()))


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


def _similarities(retriever: Retriever, query: Query, quotes: Sequence[Quote]) -> list[float]:
    """Late interaction of the question with the tokens of each quote, read in their passage and under its title."""
    passages = {quote.passage.row: quote.passage for quote in quotes}
    found: dict[int, Matches] = {}
    for language in {passage.language for passage in passages.values()}:
        rows = [row for row, passage in passages.items() if passage.language == language]
        asked = query.tokens(language)
        found |= zip(rows, retriever.index.matches(asked, np.array(rows, np.int64), language), strict=True)
    return [
        found[quote.passage.row].score_between(quote.start - quote.passage.start, quote.end - quote.passage.start)
        for quote in quotes
    ]


def measure(retriever: Retriever, query: Query, wanted: Wanted, hits: Sequence[Hit], best: Quote) -> dict[str, float]:
    """The features of the confidence.

    `contrast` is by how many standard deviations the best passage stands out of those that were found;
    `asked`, the number of words that a question has to meet, tells how high its scores can be. `focus` is how well
    the quote under its title meets what is asked for, `plain` how well the question's words that are no names; a long
    one (`length`) meets them by chance. `no_year` says whether its document lacks a year that the question names.
    """
    late = np.array([hit.late for hit in hits if hit.late is not None])
    focus, plain = _focus_and_plain(retriever, query, wanted, best)
    spread = float(late.std())
    return {
        "score": best.score,
        "contrast": float(late.max() - late.mean()) / spread if spread else 0.0,
        "typed": float(best.typed),
        "names": best.names,
        "asked": float(max(len(query.terms), FEW if wanted.has_names else 0)),
        "focus": focus,
        "plain": plain,
        "length": math.log(len(best.text)),
        "no_year": float(wanted.lacks_year(best.passage.document)),
    }


def _focus_and_plain(retriever: Retriever, query: Query, wanted: Wanted, quote: Quote) -> tuple[float, float]:
    """How well a quote, under its title, meets what is asked for, and the question's words that are no names."""
    passage = quote.passage
    readings, asked = query.readings(passage.language), query.tokens(passage.language)
    match = retriever.index.matches(asked, np.array([passage.row]), passage.language)[0]
    found = match.best_between(quote.start - passage.start, quote.end - passage.start)
    met = match.best_in_head() if found is None else np.maximum(found, match.best_in_head())
    lengths = np.maximum(np.linalg.norm(asked, axis=1), 1e-12)
    ends = np.cumsum([len(reading.tokens) for reading in readings])[:-1]
    focus = max(wanted.focus_met(*one) for one in zip(readings, np.split(met / lengths, ends), strict=True))
    plain = np.concatenate([reading.plain for reading in readings])
    return focus, float(met[plain].sum() / lengths[plain].sum()) if plain.any() else USUAL_PLAIN


def words_of(quote: Quote) -> tuple[frozenset[str], frozenset[str]]:
    """The terms of a quote, and among them numbers and names, which tell apart what else sounds the same."""
    names = (word for word, start, _ in tokens(quote.text) if word[0].isdigit() or (start and word[0].isupper()))
    language = quote.passage.language
    return frozenset(terms(quote.text, language)), frozenset(stem for name in names for stem in terms(name, language))


def nearly_same(one: tuple[frozenset[str], frozenset[str]], other: tuple[frozenset[str], frozenset[str]]) -> bool:
    """Whether two quotes, as `words_of` gives them, say the same of the same things (Jaccard of their terms)."""
    union = len(one[0] | other[0])
    same_things = one[1] <= other[0] and other[1] <= one[0]
    return same_things and union > 0 and len(one[0] & other[0]) / union >= SAME_SHARE
