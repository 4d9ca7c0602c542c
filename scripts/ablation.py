"""What each signal is worth: search, choice of sentences and confidence, with one of them taken out.

Usage: python scripts/ablation.py --corpus DIR --xquad DIR [--cache DIR]

Folders and cache are those of `scripts/calibrate.py`. Each line is one change; the confidence and its
threshold are fitted anew on the tuning halves for each. The figures are those of calibrate, over the
questions `eval`, `seeds`, `treaties` and `library` together, by half. The last line is one JSON object
{change: {half: figures}}.
"""

import json
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
from calibrate import (
    FEATURES,
    HALVES,
    Halves,
    folders_parser,
    judge_halves,
    judge_paragraphs,
    open_paragraphs,
    refitted,
    report,
    retrievers,
)

from embeddings import Encoder, Filters, Index, Vectors
from embeddings.index import Rows
from embeddings.lexical import Scores
from rag.evidence import load_weights
from rag.search.fusion import deal, fuse
from rag.search.glossary import Glossary
from rag.search.query import Query
from rag.search.retrieval import Hit, Mode, Retriever

SETS = ("eval", "seeds", "treaties", "library")
NOTHING = "nothing"


class WithoutLateInteraction(Retriever):
    """Keeps the order of dense and BM25 search; the confidence still reads what late interaction says."""

    def _fused(
        self, query: Query, language: str, rows: Rows, dense: Scores, bm25: Scores
    ) -> tuple[Scores, dict[int, float]]:
        _, late = super()._fused(query, language, rows, dense, bm25)
        return deal(dense, np.argsort(-fuse(dense, bm25, self._weight(query, language)), kind="stable")), late


class WithoutBm25(Retriever):
    """Finds no word and no name."""

    def _lexical(self, query: Query, language: str) -> Scores:
        return np.zeros(len(self.index), np.float32)


class WithoutGlossary(Retriever):
    """Searches without the other names of what a question names; sentences are still held to them."""

    def search(self, query: Query, k: int, filters: Filters | None = None, mode: Mode = "fused") -> list[Hit]:
        """As `Retriever.search`."""
        return super().search(replace(query, entries=()), k, filters, mode)


class WithoutGloss(Retriever):
    """Searches texts in every language by the question as it stands."""

    def query(self, text: str) -> Query:
        """As `Retriever.query`."""
        return replace(super().query(text), glosses={})


class WithoutWords(Retriever):
    """Glosses names and terms only."""

    def __init__(self, index: Index, encoder: Encoder, glossary: Glossary, hidden: Collection[str] = ()) -> None:
        super().__init__(index, encoder, Glossary(glossary.entries), hidden)


@dataclass(frozen=True, slots=True)
class Change:
    """What is taken out: by another retriever, other weights, or something replaced while questions are judged."""

    retriever: type[Retriever] = Retriever
    weights: Mapping[str, float] = field(default_factory=dict)
    replaced: Callable[[], AbstractContextManager[object]] = nullcontext


CHANGES = {
    NOTHING: Change(),
    "search: late interaction": Change(WithoutLateInteraction),
    "search: BM25": Change(WithoutBm25),
    "search: names of the glossary": Change(WithoutGlossary),
    "search: gloss": Change(WithoutGloss),
    "search: common words in the gloss": Change(WithoutWords),
    "search: names weigh less": Change(replaced=lambda: patch("rag.search.query.NAME_WEIGHT", 1)),
    "search: weights of tokens": Change(replaced=lambda: patch("embeddings.centring.WEIGHT_POWER", 0)),
    "search: a place for each language": Change(replaced=lambda: patch("rag.search.retrieval.EVERY", 10**9)),
    "sentence: late interaction": Change(
        replaced=lambda: patch("rag.evidence._similarities", lambda _, __, quotes: [0.0] * len(quotes))
    ),
    "sentence: names and numbers": Change(weights={"names": 0.0}),
    "sentence: words": Change(weights={"words": 0.0}),
    "sentence: type of the answer": Change(weights={"typed": 0.0}),
    "sentence: score of its passage": Change(weights={"passage": 0.0}),
    "sentence: bonus across languages": Change(weights={"cross": 0.0}),
    "sentence: article named": Change(replaced=lambda: patch("rag.evidence.ARTICLE_BONUS", 0.0)),
    "sentence: definition": Change(replaced=lambda: patch("rag.evidence.DEFINITION_BONUS", 0.0)),
    "sentence: other parties": Change(replaced=lambda: patch("rag.evidence.OTHER_TREATY_PENALTY", 0.0)),
}


def no_means(vectors: Vectors, languages: Sequence[str], priors: Mapping[str, Vectors]) -> dict[str, Vectors]:
    """Zero for each language: {code: (dimension,) float32}."""
    return {code: np.zeros(vectors.shape[1], np.float32) for code in {*languages, *priors}}


@dataclass(frozen=True, slots=True)
class Homes:
    """What `retrievers` gives, and XQuAD: its folder and the index of its paragraphs."""

    indexes: Mapping[str, tuple[str, Retriever]]
    xquad: Path
    paragraphs: Retriever


def open_homes(corpus: Path, xquad: Path, cache: Path) -> Homes:
    """All indexes, as `scripts/calibrate.py` builds them."""
    return Homes(retrievers(corpus, cache), xquad, open_paragraphs(xquad, cache))


def uncentred(corpus: Path, xquad: Path, cache: Path) -> Homes:
    """What `open_homes` gives, with indexes built from the same vectors without language means."""
    other = cache / "uncentred"
    shutil.rmtree(other, ignore_errors=True)
    shutil.copytree(cache, other, ignore=shutil.ignore_patterns("index", other.name))
    with patch("embeddings.build.language_means", no_means):
        return open_homes(corpus, xquad, other)


def judged(change: Change, homes: Homes) -> dict[str, Halves]:
    """{set of questions: {half: what came back under the change}}."""
    weights = replace(load_weights(), features=(), coefficients=(), intercept=0.0, **change.weights)
    found: dict[str, Halves] = {}
    with change.replaced():
        for name, (questions, plain) in homes.indexes.items():
            retriever = change.retriever(plain.index, plain.encoder, plain.glossary)
            found[name] = judge_halves(retriever, questions, weights)
        found["xquad"] = judge_paragraphs(homes.paragraphs, homes.xquad, weights, change.retriever)
    return found


def figures(found: Mapping[str, Halves], features: Sequence[str] = FEATURES) -> dict[str, dict[str, float]]:
    """{half: figures} over `SETS` together, with the confidence fitted anew on these features."""
    weights = refitted(list(found.values()), load_weights(), features)
    return {half: report([item for name in SETS for item in found[name][half]], weights) for half in HALVES}


def measured(corpus: Path, xquad: Path, cache: Path) -> Iterator[tuple[str, dict[str, dict[str, float]]]]:
    """(what is taken out, figures by half), change after change."""
    homes = open_homes(corpus, xquad, cache)
    for name, change in CHANGES.items():
        found = judged(change, homes)
        yield name, figures(found)
        if name == NOTHING:
            for feature in FEATURES:
                yield f"confidence: {feature}", figures(found, [other for other in FEATURES if other != feature])
    yield "search: language means", figures(judged(CHANGES[NOTHING], uncentred(corpus, xquad, cache)))


def main() -> None:
    """Print a line a change and half, then the JSON line."""
    arguments = folders_parser("What each signal is worth.").parse_args()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    results = {}
    for name, by_half in measured(arguments.corpus, arguments.xquad, arguments.cache):
        results[name] = by_half
        for half, values in by_half.items():
            shown = "  ".join(f"{key} {value:.3f}" for key, value in values.items())
            print(f"{name:32} {half}  {shown}", flush=True)
    print(json.dumps(results))


if __name__ == "__main__":
    main()
