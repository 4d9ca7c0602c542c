"""Train the reader: one pass over rows, resumable.

    python scripts/reader/train.py general.jsonl.gz own.jsonl.gz --out FOLDER [--start OTHER/state.pt|rag/reader/model]

All layers and the heads are trained, the word embedding is not. Rows of one group (questions on one passage, passages
for one question) come in one batch. The loss is cross-entropy of whether the window answers, of where the answer starts
and ends, of whether it bears out a claim; and within a group, of which of two rows is answered. The state is written
every few minutes and taken up again by the same command; `report.json` says what was trained on what.
"""

import argparse
import gzip
import json
import math
import random
import time
from itertools import zip_longest
from pathlib import Path
from typing import Any

import torch
from network import Reader, start_from
from torch import Tensor
from torch.nn import functional

from rag.reader.artefact import MANIFEST

Row = dict[str, Any]
SAVE_EVERY_S, REPORT_EVERY, WARM_UP = 240, 50, 60


def read(paths: list[Path], shares: list[float], seed: int) -> list[Row]:
    """The rows of the files, of each the share of its groups that stands beside it, by default all."""
    rows: list[Row] = []
    for path, share in zip_longest(paths, shares[: len(paths)], fillvalue=1.0):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            groups = grouped([json.loads(line) for line in file])
        chosen = random.Random(seed).sample(groups, int(len(groups) * share)) if share < 1 else groups
        rows += [row for group in chosen for row in group]
    return rows


def grouped(rows: list[Row]) -> list[list[Row]]:
    """The rows by their group; one without a group is one of its own."""
    groups: dict[Any, list[Row]] = {}
    for number, row in enumerate(rows):
        groups.setdefault(row.get("group") or number, []).append(row)
    return list(groups.values())


def batches(rows: list[Row], pieces: int, seed: int) -> list[list[Row]]:
    """Batches of at most so many pieces, alike in length, in random order; only a larger group is parted."""
    random_ = random.Random(seed)
    shuffled = grouped(rows)
    random_.shuffle(shuffled)
    made: list[list[Row]] = []
    for group in sorted(shuffled, key=lambda group: padded(max(map(_length, group)))):
        longest = padded(max(_length(row) for row in (*group, *(made[-1] if made else ()))))
        if not made or longest * (len(made[-1]) + len(group)) > pieces:
            made.append([])
        for row in group:
            if made[-1] and padded(max(map(_length, [*made[-1], row]))) * (len(made[-1]) + 1) > pieces:
                made.append([])
            made[-1].append(row)
    random_.shuffle(made)
    return made


def _length(row: Row) -> int:
    return len(row["ids"])


def padded(length: int) -> int:
    """The next multiple of 16: odd lengths are slow."""
    return -(-length // 16) * 16


def loss_of(out: dict[str, Tensor], batch: list[Row], mask: Tensor, pairwise: float) -> Tensor:
    """The sum of what the heads got wrong."""
    total = out["answers"].new_zeros(())
    read = [i for i, row in enumerate(batch) if row["answers"] is not None]
    if read:
        truth = torch.tensor([float(batch[i]["answers"]) for i in read])
        total = total + functional.binary_cross_entropy_with_logits(out["answers"][read], truth)
        total = total + pairwise * _pairs(out["answers"], batch, read)
    spans = [i for i in read if batch[i]["span"]]
    if spans:
        outside = ~mask
        for i, row in enumerate(batch):
            outside[i, : row["text"]] = True
            outside[i, len(row["ids"]) - 1] = True
        for part, side in enumerate(("start", "end")):
            logits = out[side].masked_fill(outside, -1e4)[spans]
            truth = torch.tensor([batch[i]["span"][part] for i in spans])
            total = total + 0.5 * functional.cross_entropy(logits, truth)
    claims = [i for i, row in enumerate(batch) if row.get("supports") is not None]
    if claims:
        truth = torch.tensor([float(batch[i]["supports"]) for i in claims])
        total = total + 0.5 * functional.binary_cross_entropy_with_logits(out["supports"][claims], truth)
    return total


def _pairs(logits: Tensor, batch: list[Row], read: list[int]) -> Tensor:
    """How far the answered rows of a group are above those that are not."""
    ours = [(i, j) for i in read for j in read if _one_answers(batch[i], batch[j])]
    if not ours:
        return logits.new_zeros(())
    better, worse = zip(*ours, strict=True)
    return functional.softplus(logits[list(worse)] - logits[list(better)]).mean()


def _one_answers(one: Row, other: Row) -> bool:
    return bool(one.get("group") and one["group"] == other.get("group") and one["answers"] and not other["answers"])


def optimiser_of(net: Reader, rate: float, head_rate: float) -> torch.optim.Optimizer:
    """AdamW over layers and heads, each with a rate of its own."""
    named = [(name.startswith(("span", "first")), p) for name, p in net.named_parameters() if p.requires_grad]
    groups = [
        {"params": [p for is_head, p in named if not is_head], "lr": rate},
        {"params": [p for is_head, p in named if is_head], "lr": head_rate},
    ]
    return torch.optim.AdamW(groups, weight_decay=0.01, fused=True)


class Run:
    """One run over batches, whose state is in `out`."""

    def __init__(self, net: Reader, todo: list[list[Row]], options: argparse.Namespace) -> None:
        """Begin, or go on where `state.pt` says."""
        self.net, self.todo, self.options = net, todo, options
        self.optimiser = optimiser_of(net, options.rate, 2e-4 if options.start else 5e-4)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimiser, self._rate)
        self.file, self.step, self.seen = options.out / "state.pt", 0, 0
        self.losses: list[float] = []
        if self.file.exists():
            state = torch.load(self.file)
            net.load_state_dict(state["net"])
            if "optimiser" in state:
                self.optimiser.load_state_dict(state["optimiser"])
                self.schedule.load_state_dict(state["schedule"])
                self.step = state["step"]
            else:
                self.step = len(todo)

    def _rate(self, step: int) -> float:
        last = self.options.last_rate
        return min(1.0, (step + 1) / WARM_UP) * max(last, 1 - step / len(self.todo) * (1 - last))

    def go(self) -> None:
        """Train to the end, saving and reporting on the way."""
        self.net.train()
        began = saved = time.time()
        marks = {int(mark * len(self.todo)) for mark in self.options.marks}
        while self.step < len(self.todo):
            self._learn(self.todo[self.step])
            self.step += 1
            if self.step % REPORT_EVERY == 0:
                spent = time.time() - began
                mean = math.fsum(self.losses[-REPORT_EVERY:]) / REPORT_EVERY
                pace = self.seen / spent
                print(f"{self.step}/{len(self.todo)} loss {mean:.3f}, {pace:.0f} pieces/s, {spent:.0f} s", flush=True)
            if self.step in marks:
                torch.save({"net": self.net.state_dict()}, self.options.out / f"state-{self.step}.pt")
            if time.time() - saved > SAVE_EVERY_S:
                saved = time.time()
                self._save(whole=True)
        self._save(whole=False)

    def _learn(self, batch: list[Row]) -> None:
        words, mask = self.net.embed([row["ids"] for row in batch], padded(max(map(_length, batch))))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            out = self.net(words, mask)
        loss = loss_of({name: value.float() for name, value in out.items()}, batch, mask, self.options.pairwise)
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimiser.step()
        self.schedule.step()
        self.seen += int(mask.sum())
        self.losses.append(loss.item())

    def _save(self, *, whole: bool) -> None:
        state = {"net": self.net.state_dict(), "step": self.step}
        if whole:
            state |= {"optimiser": self.optimiser.state_dict(), "schedule": self.schedule.state_dict()}
        torch.save(state, self.file.with_suffix(".tmp"))
        self.file.with_suffix(".tmp").replace(self.file)


def main() -> None:
    """Train as the arguments say, and write what was done."""
    options = _options()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    net = Reader(options.layers)
    if options.start:
        start_from(net, options.start)
    rows = read(options.rows, options.sample, options.seed)
    run = Run(net, [b for n in range(options.passes) for b in batches(rows, options.pieces, options.seed + n)], options)
    began = time.time()
    run.go()
    report = {
        "rows": [path.name for path in options.rows],
        "before": _before(options.start),
        **{name: getattr(options, name) for name in ("sample", "rate", "pairwise", "passes", "seed", "layers")},
        "torch": torch.__version__,
        "rows_read": len(rows),
        "pieces": run.seen,
        "seconds": round(time.time() - began),
        "last_loss": round(math.fsum(run.losses[-200:]) / max(1, len(run.losses[-200:])), 4),
    }
    (options.out / "report.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")


def _before(start: Path | None) -> Any:
    """What the state that training began from had been trained on, None where it does not say."""
    if start is None:
        return None
    file = start / MANIFEST if start.is_dir() else start.parent / "report.json"
    told = json.loads(file.read_text("utf-8")) if file.exists() else None
    return told["training"] if told and start.is_dir() else told


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="state.pt or folder of an exported reader to begin from")
    parser.add_argument("--rate", type=float, default=8e-5)
    parser.add_argument("--last-rate", type=float, default=0.02, help="share of the rate at the end")
    parser.add_argument("--pieces", type=int, default=3072, help="pieces a batch")
    parser.add_argument("--pairwise", type=float, default=0.0, help="weight of the loss over pairs of questions")
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--passes", type=int, default=1)
    parser.add_argument("--sample", type=float, nargs="*", default=[], help="share of each file's rows that is read")
    parser.add_argument("--marks", type=float, nargs="*", default=[], help="shares of the way at which to keep a state")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    main()
