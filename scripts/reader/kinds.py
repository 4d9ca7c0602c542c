"""Fit the layer that tells kinds of questions: `rag/answer/kinds.json` from `tests/data/reader/kinds.jsonl`.

    python scripts/reader/kinds.py

Logistic regression over the encoder's vectors (float32, unit length) with weight decay, by full-batch gradient descent.
Prints accuracy and the confusions by cross-validation in five parts, then fits on all.
"""

import json
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import torch

from corpus import fold
from embeddings import DEFAULT_ENCODER, open_encoder
from rag.answer.kinds import KINDS, SURE_COURTESY

DATA = Path(__file__).parents[2] / "tests" / "data" / "reader" / "kinds.jsonl"
OUT = Path(__file__).parents[2] / "rag" / "answer" / "kinds.json"
PARTS, STEPS, DECAY = 5, 400, 3e-5


def fit(vectors: torch.Tensor, truth: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Weights (kinds, dimension) and bias (kinds,)."""
    weights = torch.zeros(len(KINDS), vectors.shape[1], requires_grad=True)
    bias = torch.zeros(len(KINDS), requires_grad=True)
    optimiser = torch.optim.Adam([weights, bias], lr=0.1)
    for _ in range(STEPS):
        loss = torch.nn.functional.cross_entropy(vectors @ weights.T + bias, truth) + DECAY * weights.square().sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return weights.detach(), bias.detach()


def main() -> None:
    """Cross-validate, fit and write."""
    rows = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        encoder = open_encoder(DEFAULT_ENCODER, Path(folder))
        vectors = torch.from_numpy(encoder.encode_queries([fold(row["text"]) for row in rows]))
        truth = torch.tensor([KINDS.index(row["kind"]) for row in rows])
    # Neighbouring rows are translations of each other: a part is a run of twenty.
    part = torch.tensor([(number // 20) % PARTS for number in range(len(rows))])
    guessed = torch.zeros(len(rows), len(KINDS))
    for held in range(PARTS):
        weights, bias = fit(vectors[part != held], truth[part != held])
        guessed[part == held] = torch.softmax(vectors[part == held] @ weights.T + bias, dim=1)
    best = guessed.argmax(dim=1)
    print("accuracy", round(float((best == truth).float().mean()), 3))
    pairs = zip(truth.tolist(), best.tolist(), strict=True)
    for (real, told), count in Counter((KINDS[a], KINDS[b]) for a, b in pairs).most_common():
        print(f"{real:12} as {told:12} {count}")
    courtesy = KINDS.index("courtesy")
    sure = guessed[:, courtesy] >= SURE_COURTESY
    print("sure courtesies right", int((truth[sure] == courtesy).sum()), "of", int(sure.sum()))
    weights, bias = fit(vectors, truth)
    rounded = {kind: [round(float(x), 3) for x in row] for kind, row in zip(KINDS, weights, strict=True)}
    told = {kind: round(float(x), 3) for kind, x in zip(KINDS, bias, strict=True)}
    stored = {"encoder": encoder.id, "bias": told, "weights": rounded}
    OUT.write_text(json.dumps(stored, separators=(",", ":")) + "\n", "utf-8")
    print("written", np.round(weights.norm(dim=1).numpy(), 2))


if __name__ == "__main__":
    main()
