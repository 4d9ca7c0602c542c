"""Fit `rag/answer/calibration.json`: which window's sentence leads, and how sure it is that the texts answer.

    python scripts/reader/calibrate.py --corpus ../shared/corpus --homes FOLDER

Reads every tuning question (`split=tune`) of `questions_reading.jsonl` and those of the older sets over the same texts,
over the homes of `scripts/eval_reading.py`. A window is right where the sentence that the reader points at holds a gold
snippet or a short answer. The ranking is a softmax over a question's windows; the confidence a logistic function of two
log-odds (Platt 1999). The threshold refuses the least sure `--refused` of the answerable questions of
`questions_reading.jsonl`. Prints figures by five-fold cross-validation over questions, then fits on all. The margins of
what is shown beside the lead are chosen by hand and kept.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
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


def fit_ranking(asked: Sequence[Asked]) -> np.ndarray:
    """(4,) weights of log-odds, span, nearness and names: softmax over the windows of a question, right ones
    together.
    """
    told = [
        (torch.tensor(one.features), torch.tensor(one.right)) for one in asked if one.answerable and one.right.any()
    ]

    def loss(weights: torch.Tensor) -> torch.Tensor:
        scores = [(x @ weights, right) for x, right in told]
        lost = [torch.logsumexp(s, 0) - torch.logsumexp(s[right], 0) for s, right in scores]
        return torch.stack(lost).mean() + 1e-3 * weights.square().sum()

    return _least(loss, 4)


def signals(one: Asked, weights: np.ndarray) -> tuple[int, tuple[float, float]]:
    """Which window leads, and the log-odds of that and of the window that search finds nearest."""
    lead = int((one.features @ weights).argmax())
    return lead, (one.features[lead, 0], one.features[one.features[:, 2].argmax(), 0])


def fit_confidence(asked: Sequence[Asked], weights: np.ndarray) -> np.ndarray:
    """(3,) weights of the two signals, and the intercept: logistic regression of whether the texts answer."""
    x = torch.tensor([signals(one, weights)[1] for one in asked], dtype=torch.float64)
    y = torch.tensor([float(one.answerable) for one in asked], dtype=torch.float64)

    def loss(sure: torch.Tensor) -> torch.Tensor:
        odds = x @ sure[:2] + sure[2]
        return torch.nn.functional.binary_cross_entropy_with_logits(odds, y) + 1e-3 * sure[:2].square().sum()

    return _least(loss, 3)


def _least(loss: Callable[[torch.Tensor], torch.Tensor], size: int) -> np.ndarray:
    """The (size,) weights of the least loss, by L-BFGS."""
    weights = torch.zeros(size, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def step() -> torch.Tensor:
        optimiser.zero_grad()
        value = loss(weights)
        value.backward()
        return value

    optimiser.step(step)
    return weights.detach().numpy()


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a question: whether its texts answer, whether the leading window does, and the confidence."""

    asked: Asked
    right: bool
    confidence: float


def told_of(asked: Sequence[Asked], weights: np.ndarray, sure: np.ndarray) -> list[Told]:
    """Each question under these weights."""
    found = []
    for one in asked:
        lead, told = signals(one, weights)
        found.append(Told(one, bool(one.right[lead]), float(1 / (1 + np.exp(-(np.array(told) @ sure[:2] + sure[2]))))))
    return found


def figures(told: Sequence[Told], refused: float) -> dict[str, float]:
    """First sentence right, refusals at the threshold, and AUROC."""
    answerable = [one for one in told if one.asked.answerable]
    pos = np.array([one.confidence for one in answerable])
    neg = np.array([one.confidence for one in told if not one.asked.answerable])
    threshold = float(np.quantile(pos, refused))
    return {
        "threshold": round(threshold, 4),
        "first_right": round(float(np.mean([one.right for one in answerable])), 3),
        "any_window": round(float(np.mean([one.asked.right.any() for one in answerable])), 3),
        "auroc": round(float(((pos[:, None] > neg) + 0.5 * (pos[:, None] == neg)).mean()), 3),
        "unanswerable_refused": round(float((neg < threshold).mean()), 3),
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
        print(f"{file} {collection}: {len(found)} questions")
        encoder = open_retriever(settings).encoder.id
    part = np.array([sum(one.id.encode()) % PARTS for one in asked])
    crossed: list[Told] = []
    for held in range(PARTS):
        rest = [one for one, p in zip(asked, part, strict=True) if p != held]
        weights = fit_ranking(rest)
        own = [one for one, p in zip(asked, part, strict=True) if p == held]
        crossed += told_of(own, weights, fit_confidence(rest, weights))
    for name in [*sorted({one.asked.id.split(":")[0] for one in crossed}), ""]:
        some = [one for one in crossed if one.asked.id.startswith(name)]
        print("cross-validated", name or "all", figures(some, options.refused))
    weights = fit_ranking(asked)
    sure = fit_confidence(asked, weights)
    blind_like = [one for one in asked if one.id.startswith(SETS[0][0])]
    fitted = figures(told_of(blind_like, weights, sure), options.refused)
    print("fitted, the questions that the threshold is for:", fitted, np.round(weights, 3), np.round(sure, 3))
    if options.dry:
        return
    kept = json.loads(OUT.read_text("utf-8"))
    told = Calibration(
        reader.id,
        encoder,
        *(round(float(w), 4) for w in (*weights, *sure)),
        threshold=fitted["threshold"],
        **{name: kept[name] for name in ("agrees", "differs", "adds", "own_language")},
    )
    OUT.write_text(json.dumps(asdict(told), indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
