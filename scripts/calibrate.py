"""Fit the confidence of answers on the tuning questions, and report on both halves.

Usage: python scripts/calibrate.py --corpus DIR --xquad DIR [--write]

The corpus holds `seeds` and `treaties`. Indexes them together and the seeds alone, runs the questions of
`tests/data` through the product's own search and evidence selection, fits a logistic regression
on the tuning half and on every fourth question of XQuAD (with its paragraph to be found, and hidden), and
prints for both halves the figures of `eurag eval`, but for quotes those of answers before refusing. `--write`
stores weights and report in `rag/evidence.json`. The last line is the report as one JSON object.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from bench_xquad import prepare as prepare_xquad
from bench_xquad import read_sought

from corpus import Library, add_paths
from corpus.builtin import builtin_folder
from embeddings import DEFAULT_ENCODER, Encoder, Index, build_index, open_encoder
from embeddings.generation import current_generation
from rag import evidence as evidence_module
from rag.answers import MAX_LISTED, MAX_SENTENCES, RELATED, SEARCHED, Answer, asks_for_list, choose, with_own_language
from rag.bibliography_questions import with_bibliography
from rag.evaluation.figures import ANSWERS
from rag.evaluation.judging import (
    citation_values,
    direction,
    distinct_documents,
    holds,
    refusal_values,
    snippet_values,
    sources_of,
)
from rag.evaluation.questions import Question, read_questions
from rag.evaluation.rankings import completing_rank, hits
from rag.evaluation.statistics import mean
from rag.evidence import DEFINED, Evidence, Weights, confidence, load_weights, select_evidence
from rag.search.glossary import load_glossary
from rag.search.retrieval import Hit, Retriever

DATA = Path(__file__).parent.parent / "tests" / "data"
HALVES = ("tune", "test")
#: Sets of questions without a testing half.
TUNED_ONLY = ("development",)
FEATURES = ("score", "contrast", "typed", "names", "asked", "focus", "plain", "length", "no_year")
REFUSED_ANSWERABLE = 0.05
#: Of the questions of XQuAD one in so many teaches the confidence, and counts for so much of a question of ours: they
#: are many and of another field.
ONE_IN, OF_XQUAD = 4, 0.35
_OF_ANSWERS = (
    "snippet_top10",
    "snippet_quotes",
    "citation_precision",
    "unanswerable_refused",
    "answerable_refused",
    "auroc",
)
FIGURES = {
    "hit@5": mean("hit@5"),
    "hit@5_same": mean("hit@5, same language"),
    "hit@5_cross": mean("hit@5, cross-lingual"),
    **{name: ANSWERS[name] for name in _OF_ANSWERS},
}


@dataclass(frozen=True, slots=True)
class Judged:
    """One question with what came back: `found` are the names of the documents, best first.

    `weight` is by how much it counts in fitting.
    """

    question: Question
    direction: str | None
    found: tuple[frozenset[str], ...]
    hits: tuple[Hit, ...]
    evidence: Evidence
    weight: float = 1.0


Halves = Mapping[str, Sequence[Judged]]


def load_questions(name: str, half: str) -> list[Question]:
    """One half of the questions of `tests/data/questions_{name}.jsonl`."""
    return read_questions(DATA / f"questions_{name}.jsonl", [("split", half)])


def prepare(home: Path, folders: Sequence[Path], encoder: Encoder) -> Retriever:
    """A home with these folders, indexed."""
    home.mkdir(parents=True, exist_ok=True)
    with Library(home / "library.db") as library:
        add_paths(library, list(folders))
        build_index(home, library, encoder, DEFAULT_ENCODER)
    return Retriever(Index(current_generation(home)), encoder, load_glossary())


def judge(retriever: Retriever, questions: Sequence[Question], weights: Weights) -> list[Judged]:
    """Search and select evidence for every question."""
    judged = []
    for question in questions:
        query = retriever.query(question.text)
        passages = retriever.search(query, SEARCHED)
        judged.append(
            Judged(
                question,
                direction(retriever.index, question),
                tuple(sources_of(document) for document in distinct_documents(passages)),
                tuple(passages[:RELATED]),
                with_bibliography(retriever, query, passages, select_evidence(retriever, query, passages, weights)),
            )
        )
    return judged


def judge_halves(retriever: Retriever, questions: str, weights: Weights) -> Halves:
    """`judge` for each half of a set of questions."""
    halves = HALVES[:1] if questions in TUNED_ONLY else HALVES
    return {half: judge(retriever, load_questions(questions, half), weights) for half in halves}


def open_paragraphs(xquad: Path, cache: Path) -> Retriever:
    """The paragraphs of XQuAD in both languages, indexed."""
    home = cache / "xquad"
    home.mkdir(parents=True, exist_ok=True)
    prepare_xquad(home, xquad)
    return Retriever(Index(current_generation(home)), open_encoder(DEFAULT_ENCODER, home / "model"), load_glossary())


def judge_paragraphs(
    retriever: Retriever, xquad: Path, weights: Weights, opened: type[Retriever] = Retriever
) -> Halves:
    """Every `ONE_IN`th question of XQuAD, to be answered, and again with its paragraph hidden, to be refused."""
    documents = [retriever.index.document(id_) for id_ in retriever.index.document_ids()]
    ids = {f"{document.collection}/{document.source}": document.id for document in documents}
    judged = []
    for language, asked in read_sought(xquad).items():
        for number, sought in enumerate(asked[::ONE_IN]):
            for hidden in ((), [ids[name] for name in sought.places]):
                reader = opened(retriever.index, retriever.encoder, retriever.glossary, hidden)
                id_ = f"{language}-{number}-{len(hidden)}"
                question = Question(id_, language, sought.text, "xquad", (), frozenset(), (), not hidden)
                judged += [replace(item, weight=OF_XQUAD) for item in judge(reader, [question], weights)]
    return {"tune": judged}


def fit(judged: Sequence[Judged], features: Sequence[str]) -> tuple[tuple[float, ...], float]:
    """Coefficients and intercept of a logistic regression of answerability on the features."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    table = np.array([[item.evidence.features[name] for name in features] for item in judged])
    labels = [item.question.answerable for item in judged]
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.5, class_weight="balanced"))
    model.fit(table, labels, logisticregression__sample_weight=[item.weight for item in judged])
    scaler, regression = model[0], model[1]
    coefficients = regression.coef_[0] / scaler.scale_
    intercept = float(regression.intercept_[0] - (coefficients * scaler.mean_).sum())
    return tuple(float(c) for c in coefficients), intercept


def threshold_for(judged: Sequence[Judged], weights: Weights) -> float:
    """The threshold that refuses `REFUSED_ANSWERABLE` of the questions of ours whose answer was found."""
    own = [item for item in judged if item.question.answerable and item.question.snippets]
    scores = sorted(confidence(item.evidence.features, weights) for item in own)
    return round(scores[int(len(scores) * REFUSED_ANSWERABLE)], 4)


def refitted(judged: Sequence[Halves], weights: Weights, features: Sequence[str] = FEATURES) -> Weights:
    """The weights with features, coefficients and threshold fitted anew on the tuning halves."""
    tuning = [item for halves in judged for item in halves["tune"] if _is_fair(item)]
    coefficients, intercept = fit(tuning, features)
    weights = replace(weights, features=tuple(features), coefficients=coefficients, intercept=intercept)
    return replace(weights, threshold=threshold_for(tuning, weights))


def report(judged: Sequence[Judged], weights: Weights) -> dict[str, float]:
    """The figures for some questions."""
    ranks = {i.question.id: completing_rank(i.question.groups, i.found) for i in judged if i.question.groups}
    found = hits(["Success@5"], ranks)
    values = [_values(item, found.get(item.question.id, {}), weights) for item in judged]
    ones = np.ones((1, len(values)))
    return {"questions": len(judged)} | {
        name: round(float(figure(values)(ones)[0]), 4) for name, figure in FIGURES.items()
    }


def _values(item: Judged, hit: Mapping[str, float], weights: Weights) -> dict[str, float]:
    """What `FIGURES` read: the refusal as it would be, all else of the answer before it; hits by direction too."""
    question, sure = item.question, confidence(item.evidence.features, weights)
    if item.evidence.confidence >= DEFINED:  # so much comes without features: of a definition, or a line of a record
        sure = max(sure, DEFINED)
    elif not item.evidence.confidence:  # so little comes of a question that names what no text mentions
        sure = 0.0
    sentences = choose(item.evidence, MAX_LISTED if asks_for_list(question.text) else MAX_SENTENCES)
    sentences = with_own_language(sentences, item.evidence, question.language)
    answer = Answer(question.text, question.language, "", sentences, sure, item.hits)
    given = answer if sure >= weights.threshold else replace(answer, sentences=())
    return {
        "confidence": sure,
        **{key: value for value in hit.values() for key in ("hit@5", f"hit@5, {item.direction}")},
        **refusal_values(question, given),
        **snippet_values(question, answer),
        **citation_values(question, answer),
    }


def _is_fair(item: Judged) -> bool:
    """Whether a question can teach the confidence: an answer that was not found is rightly refused."""
    snippets = item.question.snippets
    return not snippets or holds([hit.passage.text for hit in item.hits], snippets)


def retrievers(corpus: Path, cache: Path) -> dict[str, tuple[str, Retriever]]:
    """{name: (questions, what they are put to)}: seeds among all texts and alone, treaties, notes, off topic."""
    encoder = open_encoder(DEFAULT_ENCODER, cache / "model")
    together = prepare(cache / "together", [corpus / "seeds", corpus / "treaties"], encoder)
    alone = prepare(cache / "seeds", [corpus / "seeds"], encoder)
    notes = prepare(cache / "library", [builtin_folder()], encoder)
    return {
        "eval": ("eval", together),
        "development": ("development", together),
        "seeds": ("seeds", together),
        "seeds alone": ("seeds", alone),
        "treaties": ("treaties", together),
        "library": ("library", notes),
        "off topic": ("offtopic", together),
        "off topic, library": ("offtopic", notes),
        "off topic, seeds": ("offtopic", alone),
    }


def folders_parser(description: str) -> argparse.ArgumentParser:
    """The options that name the folders: --corpus, --xquad, --cache."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--corpus", type=Path, required=True, help="folder with seeds and treaties")
    parser.add_argument("--xquad", type=Path, required=True, help="folder of xquad.{en,ru}.dev.json")
    parser.add_argument(
        "--cache", type=Path, default=Path(".eurag/calibration"), help="indexes and vectors are kept here"
    )
    return parser


def main() -> None:
    """Fit, print a table, and write if asked."""
    parser = folders_parser("Fit the confidence of answers.")
    parser.add_argument("--write", action="store_true", help="store the weights and the report")
    arguments = parser.parse_args()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    weights = replace(load_weights(), features=(), coefficients=(), intercept=0.0)
    judged = {
        name: judge_halves(retriever, questions, weights)
        for name, (questions, retriever) in retrievers(arguments.corpus, arguments.cache).items()
    }
    paragraphs = judge_paragraphs(open_paragraphs(arguments.xquad, arguments.cache), arguments.xquad, weights)
    weights = refitted([*judged.values(), paragraphs], weights)
    figures = {
        f"{name}, {half}": report(items, weights) for name, halves in judged.items() for half, items in halves.items()
    }
    for name, values in figures.items():
        print(f"{name:20} " + "  ".join(f"{key} {value:.3f}" for key, value in values.items()))
    if arguments.write:
        path = Path(evidence_module.__file__).parent / "evidence.json"
        path.write_text(json.dumps({"weights": asdict(weights), "report": figures}, indent=1) + "\n", "utf-8")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
