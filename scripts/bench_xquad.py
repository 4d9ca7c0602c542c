"""Retrieval quality on XQuAD, through the product's own path.

Usage: python scripts/bench_xquad.py --data DIR [--home DIR]

Adds the paragraphs of `xquad.en.dev.json` and `xquad.ru.dev.json` as text files, builds an index,
and searches every question as `eurag search` does. The last line is one JSON object:
{"fused": {"en": {"same_r1", "same_mrr10", "cross_r1", "both10", "map"}, "ru": ...}, "dense": ...,
"lexical": ...}; the key below the mode is the question's language.
"""

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from corpus import Filters, Library, add_paths
from embeddings import DEFAULT_ENCODER, build_index, open_encoder, open_index
from rag.search.glossary import load_glossary
from rag.search.query import Query
from rag.search.retrieval import Mode, Retriever

LANGUAGES = ("en", "ru")
MODES: tuple[Mode, ...] = ("fused", "dense", "lexical")
DEPTH = 10
Results = dict[str, dict[str, dict[str, float]]]


def read_xquad(path: Path) -> tuple[list[str], list[tuple[int, str]]]:
    """The paragraphs, and (number of the paragraph, question) for each question."""
    articles = json.loads(path.read_text("utf-8"))["data"]
    paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
    questions = [(n, qa["question"]) for n, paragraph in enumerate(paragraphs) for qa in paragraph["qas"]]
    return [paragraph["context"] for paragraph in paragraphs], questions


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
    documents = (hit.passage.document for hit in hits)
    return list(dict.fromkeys(f"{document.collection}/{document.source}" for document in documents))


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
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        home = arguments.home or Path(temporary)
        home.mkdir(parents=True, exist_ok=True)
        questions = prepare(home, arguments.data)
        retriever = Retriever(open_index(home), open_encoder(DEFAULT_ENCODER, home / "model"), load_glossary())
        results = evaluate_search(retriever, questions)
    for key, figures_of in results.items():
        for code, figures in figures_of.items():
            print(f"{key:8} {code}  " + "  ".join(f"{name} {value:.4f}" for name, value in figures.items()))
    print(json.dumps(results))


if __name__ == "__main__":
    main()
