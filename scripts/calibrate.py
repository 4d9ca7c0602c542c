"""Fit the confidence of answers on the tuning questions, and report on both halves.

Usage: python scripts/calibrate.py --corpus DIR [--write]

DIR holds `seeds` and `treaties`. Indexes them together and the seeds alone, runs the questions of
`tests/data` through the product's own search and evidence selection, fits a logistic regression
on the tuning half only, and prints for both halves: document hit@5, snippet recall in the top 10
passages and in the quotes, citation precision, refusals and AUROC. `--write` stores weights and
report in `rag/evidence.json`. The last line is the report as one JSON object.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from corpus import Library, add_paths, fold
from corpus.builtin import builtin_folder
from embeddings import DEFAULT_ENCODER, Encoder, Index, build_index, open_encoder
from embeddings.generation import current_generation
from rag import evidence as evidence_module
from rag.answers import MAX_LISTED, MAX_SENTENCES, RELATED, SEARCHED, asks_for_list, choose
from rag.evidence import Evidence, Weights, confidence, load_weights, select_evidence
from rag.glossary import load_glossary
from rag.retrieval import Hit, Retriever

DATA = Path(__file__).parent.parent / "tests" / "data"
FEATURES = ("score", "contrast", "typed", "names", "asked", "size", "focus", "no_year")
REFUSED_ANSWERABLE = 0.05


@dataclass(frozen=True, slots=True)
class Judged:
    """One question with what came back."""

    question: dict[str, Any]
    hits: tuple[Hit, ...]
    evidence: Evidence


def load_questions(name: str) -> list[dict[str, Any]]:
    """The questions of `tests/data/questions_{name}.jsonl`."""
    lines = (DATA / f"questions_{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def prepare(home: Path, folders: Sequence[Path], encoder: Encoder) -> Retriever:
    """A home with these folders, indexed."""
    home.mkdir(parents=True, exist_ok=True)
    with Library(home / "library.db") as library:
        add_paths(library, list(folders))
        build_index(home, library, encoder, DEFAULT_ENCODER)
    return Retriever(Index(current_generation(home)), encoder, load_glossary())


def judge(retriever: Retriever, questions: Sequence[dict[str, Any]], weights: Weights) -> list[Judged]:
    """Search and select evidence for every question."""
    judged = []
    for question in questions:
        query = retriever.query(question["question"])
        hits = retriever.search(query, SEARCHED)
        judged.append(Judged(question, tuple(hits[:RELATED]), select_evidence(retriever, query, hits, weights)))
    return judged


def fit(judged: Sequence[Judged], features: Sequence[str]) -> tuple[tuple[float, ...], float]:
    """Coefficients and intercept of a logistic regression of answerability on the features."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    table = np.array([[item.evidence.features[name] for name in features] for item in judged])
    labels = [item.question["answerable"] for item in judged]
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.5, class_weight="balanced"))
    model.fit(table, labels)
    scaler, regression = model[0], model[1]
    coefficients = regression.coef_[0] / scaler.scale_
    intercept = float(regression.intercept_[0] - (coefficients * scaler.mean_).sum())
    return tuple(float(c) for c in coefficients), intercept


def threshold_for(judged: Sequence[Judged], weights: Weights) -> float:
    """The threshold that refuses `REFUSED_ANSWERABLE` of the questions whose answer was found."""
    scores = sorted(confidence(i.evidence.features, weights) for i in judged if i.question["answerable"])
    return round(scores[int(len(scores) * REFUSED_ANSWERABLE)], 4)


def report(judged: Sequence[Judged], weights: Weights) -> dict[str, float]:
    """The figures for some questions."""
    from sklearn.metrics import roc_auc_score

    scores = [confidence(item.evidence.features, weights) for item in judged]
    labels = [item.question["answerable"] for item in judged]
    refused = [score < weights.threshold for score in scores]
    answerable = [item for item in judged if item.question["answerable"]]
    quotes = [[q for s in _chosen(item) for q in s.quotes] for item in answerable]
    cited = [
        q.passage.document.source in _gold(item) for item, own in zip(answerable, quotes, strict=True) for q in own
    ]
    return {
        "questions": len(judged),
        "doc_hit5": _mean(any(h.passage.document.source in _gold(item) for h in item.hits[:5]) for item in answerable),
        "snippet_top10": _mean(_holds(item, [h.passage.text for h in item.hits]) for item in answerable),
        "snippet_quotes": _mean(_holds(i, [q.text for q in own]) for i, own in zip(answerable, quotes, strict=True)),
        "citation_precision": _mean(cited),
        "refused_unanswerable": _mean(r for r, answer in zip(refused, labels, strict=True) if not answer),
        "refused_answerable": _mean(r for r, answer in zip(refused, labels, strict=True) if answer),
        "auroc": round(float(roc_auc_score(labels, scores)), 4) if len(set(labels)) == 2 else float("nan"),
    }


def _chosen(item: Judged) -> Any:
    return choose(item.evidence, MAX_LISTED if asks_for_list(item.question["question"]) else MAX_SENTENCES)


def _gold(item: Judged) -> set[str]:
    groups = item.question.get("gold_groups") or []
    return {*item.question["gold_docs"], *(source for group in groups for source in group)}


def _holds(item: Judged, texts: Sequence[str]) -> bool:
    return any(fold(snippet) in fold(text) for snippet in item.question["gold_snippets"] for text in texts)


def _fair(item: Judged) -> bool:
    """Whether a question can teach the confidence: an answer that was not found is rightly refused."""
    return not item.question["answerable"] or _holds(item, [hit.passage.text for hit in item.hits])


def _mean(values: Any) -> float:
    kept = list(values)
    return round(sum(kept) / len(kept), 4) if kept else float("nan")


def run(corpus: Path, cache: Path) -> list[tuple[str, list[dict[str, Any]], Retriever]]:
    """What is asked of what: of the seeds among all texts and alone, of the treaties, and off the topic."""
    encoder = open_encoder(DEFAULT_ENCODER, cache / "model")
    together = prepare(cache / "together", [corpus / "seeds", corpus / "treaties"], encoder)
    alone = prepare(cache / "seeds", [corpus / "seeds"], encoder)
    notes = prepare(cache / "library", [builtin_folder()], encoder)
    seeds, treaties, library, offtopic = map(load_questions, ("seeds", "treaties", "library", "offtopic"))
    return [
        ("eval", load_questions("eval"), together),
        ("seeds", seeds, together),
        ("seeds alone", seeds, alone),
        ("treaties", treaties, together),
        ("library", library, notes),
        ("off topic", offtopic, together),
        ("off topic, library", offtopic, notes),
        ("off topic, seeds", offtopic, alone),
    ]


def main() -> None:
    """Fit, print a table, and write if asked."""
    parser = argparse.ArgumentParser(description="Fit the confidence of answers.")
    parser.add_argument("--corpus", type=Path, required=True, help="folder with seeds and treaties")
    parser.add_argument(
        "--cache", type=Path, default=Path(".eurag/calibration"), help="indexes and vectors are kept here"
    )
    parser.add_argument("--write", action="store_true", help="store the weights and the report")
    arguments = parser.parse_args()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    weights = replace(load_weights(), features=(), coefficients=(), intercept=0.0)
    judged = {name: judge(r, questions, weights) for name, questions, r in run(arguments.corpus, arguments.cache)}
    tuning = [item for items in judged.values() for item in items if item.question["split"] == "tune" and _fair(item)]
    coefficients, intercept = fit(tuning, FEATURES)
    weights = replace(weights, features=FEATURES, coefficients=coefficients, intercept=intercept)
    weights = replace(weights, threshold=threshold_for(tuning, weights))
    figures = {
        f"{name}, {split}": report([item for item in items if item.question["split"] == split], weights)
        for name, items in judged.items()
        for split in ("tune", "test")
    }
    for name, values in figures.items():
        print(f"{name:20} " + "  ".join(f"{key} {value:.3f}" for key, value in values.items()))
    if arguments.write:
        path = Path(evidence_module.__file__).parent / "evidence.json"
        path.write_text(json.dumps({"weights": asdict(weights), "report": figures}, indent=1) + "\n", "utf-8")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
