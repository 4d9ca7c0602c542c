"""Fit `rag/answer/calibration.json`: from what the reader says of a window to the probability that its sentence
answers.

    python scripts/reader/calibrate.py --corpus ../shared/corpus --homes FOLDER

Reads every tuning question (`split=tune`) of `questions_reading.jsonl` and those of the older sets over the same
texts, over the homes of `scripts/eval_reading.py`. A window counts as answering where the sentence that the reader
points at holds a gold snippet or a short answer. The probability is a logistic function of log-odds, span, nearness
and names (Platt 1999). The threshold refuses the least sure `--refused` of the answerable questions. Prints what the
thresholds give on the questions that they were fitted to, and, by five-fold cross-validation over questions, what the
probability gives on others.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parents[1]))
from eval_reading import COLLECTIONS, DATA, home_of

from rag.answer.answer import SEARCHED
from rag.answer.findings import LEAST_SPAN, Calibration, findings, usual
from rag.answer.quotes import Sentence
from rag.answer.windows import stretches
from rag.evaluation.judging import is_right
from rag.evaluation.questions import read_questions
from rag.home.open import open_retriever
from rag.reader.opening import open_reader
from rag.reader.reading import Reader
from rag.settings import Settings

OUT = Path(__file__).parents[2] / "rag" / "answer" / "calibration.json"
#: (file, collection, fields that its questions must have)
SETS = (
    *(("questions_reading.jsonl", name, (("split", "tune"), ("collection", name))) for name in COLLECTIONS),
    *(("questions_development.jsonl", name, (("collection", name),)) for name in ("treaties", "seeds")),
    *(("questions_eval.jsonl", name, (("split", "tune"), ("collection", name))) for name in ("treaties", "seeds")),
    ("questions_library.jsonl", "library", (("split", "tune"),)),
)
PARTS = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's windows: `features` (w, 4) of log-odds, span, nearness and names; `right` (w,) whether each
    answers.
    """

    id: str
    answerable: bool
    features: np.ndarray
    right: np.ndarray
    own_language: np.ndarray


def asked_of(reader: Reader, settings: Settings, file: str, only: Sequence[tuple[str, str]]) -> list[Asked]:
    """What the reader says of the windows of each question."""
    retriever = open_retriever(settings)
    told = []
    with closing(retriever.index):
        for question in read_questions(DATA / file, only):
            query = retriever.query(question.text)
            read = stretches(retriever, query, retriever.search(query, SEARCHED))
            if not read:
                continue
            found = findings(reader, usual(reader.id), question.text, read)
            rows = [
                (one.reading.answers, max(one.reading.span, LEAST_SPAN), one.stretch.nearness, one.stretch.names)
                for one in found
            ]
            right = [question.answerable and is_right(question, Sentence((one.quote,))) for one in found]
            own = np.array([one.language == query.language for one in found])
            told.append(Asked(f"{file}:{question.id}", question.answerable, np.array(rows), np.array(right), own))
    return told


def fit(asked: Sequence[Asked]) -> np.ndarray:
    """(5,) weights of log-odds, span, nearness and names, and the intercept; every question weighs the same."""
    x = torch.tensor(np.concatenate([one.features for one in asked]), dtype=torch.float64)
    y = torch.tensor(np.concatenate([one.right for one in asked]), dtype=torch.float64)
    w = torch.tensor(np.concatenate([np.full(len(one.right), 1 / len(one.right)) for one in asked]))
    weights = torch.tensor([1.0, 0.1, 1.0, 0.0, 0.0], dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        odds = x @ weights[:4] + weights[4]
        value = (torch.nn.functional.binary_cross_entropy_with_logits(odds, y, reduction="none") * w).sum() / w.sum()
        value = value + 1e-4 * weights[:4].square().sum()
        value.backward()
        return value

    optimiser.step(loss)
    return weights.detach().numpy()


def probabilities(one: Asked, weights: np.ndarray) -> np.ndarray:
    """(w,) of each window."""
    return 1 / (1 + np.exp(-(one.features @ weights[:4] + weights[4])))


def figures(asked: Sequence[Asked], sure: Sequence[np.ndarray], refused: float) -> dict[str, float]:
    """First sentence right, refusals at the threshold, and AUROC of the surest window."""
    best = np.array([p.max() for p in sure])
    answerable = np.array([one.answerable for one in asked])
    first = np.array([bool(one.right[p.argmax()]) for one, p in zip(asked, sure, strict=True)])
    threshold = float(np.quantile(best[answerable], refused))
    pos, neg = best[answerable][:, None], best[~answerable][None, :]
    return {
        "threshold": round(threshold, 4),
        "first_right": round(float(first[answerable].mean()), 3),
        "any_window": round(float(np.mean([one.right.any() for one in asked if one.answerable])), 3),
        "auroc": round(float(((pos > neg) + 0.5 * (pos == neg)).mean()), 3),
        "unanswerable_refused": round(float((best[~answerable] < threshold).mean()), 3),
    }


def main() -> None:
    """Read, fit, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--homes", type=Path, required=True)
    parser.add_argument("--refused", type=float, default=0.07, help="share of the answerable questions to refuse")
    parser.add_argument("--reader", help="as for eurag ask")
    parser.add_argument("--dry", action="store_true", help="print, write nothing")
    options = parser.parse_args()
    asked: list[Asked] = []
    for file, collection, only in SETS:
        settings = home_of(collection, options.homes, options.corpus)
        if settings is None:
            raise SystemExit(f"{collection}: its texts are not here")
        reader = open_reader(options.reader, settings.model)
        if reader is None:
            raise SystemExit("there is no reader to calibrate")
        found = asked_of(reader, settings, file, only)
        asked += found
        alone = figures(found, [one.features[:, 0] for one in found], options.refused)
        print(f"{file} {collection}: {len(found)} questions, by log-odds alone {alone}")
        encoder = open_retriever(settings).encoder.id
    part = np.array([sum(one.id.encode()) % PARTS for one in asked])
    crossed: list[np.ndarray] = [np.zeros(0)] * len(asked)
    for held in range(PARTS):
        weights = fit([one for one, p in zip(asked, part, strict=True) if p != held])
        for number in np.flatnonzero(part == held):
            crossed[number] = probabilities(asked[number], weights)
    print("cross-validated:", figures(asked, crossed, options.refused))
    weights = fit(asked)
    fitted = figures(asked, [probabilities(one, weights) for one in asked], options.refused)
    print("fitted:", fitted, "weights", np.round(weights, 3))
    for name in {one.id.split(":")[0] for one in asked}:
        some = [(one, p) for one, p in zip(asked, crossed, strict=True) if one.id.startswith(name)]
        print(name, figures([one for one, _ in some], [p for _, p in some], options.refused))
    if options.dry:
        return
    kept = json.loads(OUT.read_text("utf-8"))
    told = Calibration(
        reader.id,
        encoder,
        *(round(float(w), 4) for w in weights),
        threshold=fitted["threshold"],
        agrees=kept["agrees"],
        adds=kept["adds"],
        own_language=kept["own_language"],
    )
    OUT.write_text(json.dumps(asdict(told), indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
