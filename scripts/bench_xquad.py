"""Retrieval quality on XQuAD, through the product's own path.

Usage: python scripts/bench_xquad.py --data DIR [--home DIR] [--sentences]

Adds the paragraphs of `xquad.en.dev.json` and `xquad.ru.dev.json` as text files, builds an index,
and searches every question as `eurag search` does. The last line is one JSON object:
{"fused": {"en": {"same_r1", "same_mrr10", "cross_r1", "both10", "map"}, "ru": ...}, "dense": ...,
"lexical": ...}; the key below the mode is the question's language.

`--sentences` measures answers instead: whether the sentence that holds the gold answer is quoted, and how well
the confidence tells a question from the same one with its paragraph hidden. The last line is then {"same":
{"en": {"quoted", "answered", "first", "quotes", "auroc", "refused", "refused_hidden"}, "ru": ...}, "cross": ...,
"both": ...}: searched are the texts in the question's language, in the other one, in both.
"""

import argparse
import json
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rag.answers import MAX_LISTED, MAX_SENTENCES, SEARCHED, asks_for_list, choose, with_own_language
from rag.evidence import Evidence, Quote, load_weights, select_evidence

from corpus import Library, add_paths
from embeddings import DEFAULT_ENCODER, Filters, build_index, open_encoder, open_index
from rag.evaluation.statistics import Auroc
from rag.search.glossary import load_glossary
from rag.search.query import Query
from rag.search.retrieval import Hit, Mode, Retriever

LANGUAGES = ("en", "ru")
MODES: tuple[Mode, ...] = ("fused", "dense", "lexical")
DEPTH = 10
POOLS = ("same", "cross", "both")
Results = dict[str, dict[str, dict[str, float]]]


@dataclass(frozen=True, slots=True)
class Sought:
    """A question and where its answer begins: {"LANGUAGE/SOURCE": offset} in each language."""

    text: str
    places: Mapping[str, int]

    def is_held_by(self, quote: Quote) -> bool:
        """Whether a quote holds the first character of the answer."""
        place = self.places.get(_name(quote))
        return place is not None and quote.start <= place < quote.end


@dataclass(frozen=True, slots=True)
class Outcome:
    """The quotes of a question's answer, refused or not, and the confidence with its paragraph and without."""

    sought: Sought
    quotes: tuple[Quote, ...]
    confidence: float
    hidden: float


def read_xquad(path: Path) -> tuple[list[str], list[tuple[int, str]]]:
    """The paragraphs, and (number of the paragraph, question) for each question."""
    articles = json.loads(path.read_text("utf-8"))["data"]
    paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
    questions = [(n, qa["question"]) for n, paragraph in enumerate(paragraphs) for qa in paragraph["qas"]]
    return [paragraph["context"] for paragraph in paragraphs], questions


def read_sought(data: Path) -> dict[str, list[Sought]]:
    """The questions of each language with the places of their answers in both."""
    read = {code: read_xquad(data / f"xquad.{code}.dev.json")[1] for code in LANGUAGES}
    offsets = {code: _answer_offsets(data / f"xquad.{code}.dev.json") for code in LANGUAGES}
    places = [
        {f"{code}/{number:03d}.txt": offsets[code][i] for code in LANGUAGES}
        for i, (number, _) in enumerate(read[LANGUAGES[0]])
    ]
    return {code: [Sought(text, own) for (_, text), own in zip(read[code], places, strict=True)] for code in LANGUAGES}


def _answer_offsets(path: Path) -> list[int]:
    articles = json.loads(path.read_text("utf-8"))["data"]
    return [qa["answers"][0]["answer_start"] for article in articles for p in article["paragraphs"] for qa in p["qas"]]


def average_precision(ranked: Sequence[str], right: set[str]) -> float:
    """Mean over the right sources of the precision at their rank; 0 for one that is not ranked."""
    hits, total = 0, 0.0
    for rank, source in enumerate(ranked, start=1):
        if source in right:
            hits += 1
            total += hits / rank
    return total / len(right)


def evaluate(retriever: Retriever, questions: Sequence[tuple[int, str]], language: str) -> dict[Mode, dict[str, float]]:
    """The five figures, by mode, for the questions of one language."""
    names = ("same_r1", "same_mrr10", "cross_r1", "both10", "map")
    totals = {mode: dict.fromkeys(names, 0.0) for mode in MODES}
    for number, text in questions:
        query = retriever.query(text)
        for mode in MODES:
            for name, value in _figures(retriever, query, mode, language, f"{number:03d}.txt").items():
                totals[mode][name] += value
    return {mode: {name: round(t / len(questions), 4) for name, t in by.items()} for mode, by in totals.items()}


def _figures(retriever: Retriever, query: Query, mode: Mode, language: str, gold: str) -> dict[str, float]:
    other = LANGUAGES[1 - LANGUAGES.index(language)]
    own, translated = f"{language}/{gold}", f"{other}/{gold}"
    same = _sources(retriever, query, mode, language, DEPTH)
    mixed = _sources(retriever, query, mode, None, 2 * len(retriever.index))
    return {
        "same_r1": same[:1] == [own],
        "same_mrr10": next((1 / rank for rank, source in enumerate(same, 1) if source == own), 0.0),
        "cross_r1": _sources(retriever, query, mode, other, 1) == [translated],
        "both10": {own, translated} <= set(mixed[:DEPTH]),
        "map": average_precision(mixed, {own, translated}),
    }


def _sources(retriever: Retriever, query: Query, mode: Mode, language: str | None, k: int) -> list[str]:
    hits = retriever.search(query, k, Filters(language=language), mode)
    return list(dict.fromkeys(_name(hit) for hit in hits))


def _name(found: Hit | Quote) -> str:
    return f"{found.passage.document.collection}/{found.passage.document.source}"


def answer_all(retriever: Retriever, questions: Sequence[Sought], pool: str | None) -> list[Outcome]:
    """What is quoted for each question over the texts of one language (None: of all), and how surely."""
    ids = {f"{d.collection}/{d.source}": d.id for d in map(retriever.index.document, retriever.index.document_ids())}
    outcomes = []
    for sought in questions:
        query = retriever.query(sought.text)
        evidence = _evidence(retriever, query, pool)
        hidden = _evidence(retriever, query, pool, [ids[name] for name in sought.places])
        sentences = choose(evidence, MAX_LISTED if asks_for_list(sought.text) else MAX_SENTENCES)
        sentences = with_own_language(sentences, evidence, query.language)
        quotes = tuple(quote for sentence in sentences for quote in sentence.quotes)
        outcomes.append(Outcome(sought, quotes, evidence.confidence, hidden.confidence))
    return outcomes


def _evidence(retriever: Retriever, query: Query, pool: str | None, hidden: Collection[str] = ()) -> Evidence:
    reader = Retriever(retriever.index, retriever.encoder, retriever.glossary, hidden)
    return select_evidence(reader, query, reader.search(query, SEARCHED, Filters(language=pool)))


def sentence_figures(outcomes: Sequence[Outcome], threshold: float) -> dict[str, float]:
    """Shares of questions whose answer is quoted, and how the confidence does.

    `quoted` is before refusing, `answered` after it, `first` the share of first quotes that hold it, `quotes`
    their mean number; `auroc` is that of telling the questions from those whose paragraph is hidden, of which
    `refused` and `refused_hidden` lie below the threshold.
    """
    held = [[outcome.sought.is_held_by(quote) for quote in outcome.quotes] for outcome in outcomes]
    quoted = np.array([any(own) for own in held])
    found, hidden = np.array([(outcome.confidence, outcome.hidden) for outcome in outcomes]).T
    auroc = Auroc(np.concatenate([found, hidden]), np.arange(2 * len(outcomes)) < len(outcomes))
    figures = {
        "quoted": np.mean(quoted),
        "answered": np.mean(quoted & (found >= threshold)),
        "first": np.mean([any(own[:1]) for own in held]),
        "quotes": np.mean([len(own) for own in held]),
        "auroc": auroc(np.ones((1, auroc.count)))[0],
        "refused": np.mean(found < threshold),
        "refused_hidden": np.mean(hidden < threshold),
    }
    return {name: round(float(value), 4) for name, value in figures.items()}


def evaluate_answers(retriever: Retriever, questions: Mapping[str, Sequence[Sought]]) -> Results:
    """{pool: {language of the questions: figures}}."""
    threshold = load_weights().threshold
    results: Results = {}
    for pool in POOLS:
        for code, other in zip(LANGUAGES, reversed(LANGUAGES), strict=True):
            searched = {"same": code, "cross": other, "both": None}[pool]
            outcomes = answer_all(retriever, questions[code], searched)
            results.setdefault(pool, {})[code] = sentence_figures(outcomes, threshold)
    return results


def prepare(home: Path, data: Path) -> dict[str, list[tuple[int, str]]]:
    """Add and index the paragraphs; returns the questions of each language."""
    questions = {}
    with Library(home / "library.db") as library:
        for language in LANGUAGES:
            paragraphs, questions[language] = read_xquad(data / f"xquad.{language}.dev.json")
            folder = home / "texts" / language
            folder.mkdir(parents=True, exist_ok=True)
            for number, paragraph in enumerate(paragraphs):
                (folder / f"{number:03d}.txt").write_text(paragraph, "utf-8", newline="")
            add_paths(library, [folder])
        build_index(home, library, open_encoder(DEFAULT_ENCODER, home / "model"), DEFAULT_ENCODER)
    return questions


def evaluate_search(retriever: Retriever, questions: Mapping[str, Sequence[tuple[int, str]]]) -> Results:
    """{mode: {language of the questions: figures}}."""
    by_language = {code: evaluate(retriever, questions[code], code) for code in LANGUAGES}
    return {mode: {code: by_language[code][mode] for code in LANGUAGES} for mode in MODES}


def main() -> None:
    """Print a table, then the JSON line."""
    parser = argparse.ArgumentParser(description="Retrieval quality on XQuAD.")
    parser.add_argument("--data", type=Path, required=True, help="folder of xquad.{en,ru}.dev.json")
    parser.add_argument("--home", type=Path, help="keep texts, vectors and index here and use them again")
    parser.add_argument("--sentences", action="store_true", help="measure answers instead of rankings")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        home = arguments.home or Path(temporary)
        home.mkdir(parents=True, exist_ok=True)
        questions = prepare(home, arguments.data)
        retriever = Retriever(open_index(home), open_encoder(DEFAULT_ENCODER, home / "model"), load_glossary())
        if arguments.sentences:
            results = evaluate_answers(retriever, read_sought(arguments.data))
        else:
            results = evaluate_search(retriever, questions)
    for key, figures_of in results.items():
        for code, figures in figures_of.items():
            print(f"{key:8} {code}  " + "  ".join(f"{name} {value:.4f}" for name, value in figures.items()))
    print(json.dumps(results))


if __name__ == "__main__":
    main()
