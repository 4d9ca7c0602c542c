"""Train the reader: one pass over rows, resumable.

    python scripts/reader/train.py general.jsonl.gz own.jsonl.gz --out FOLDER [--start OTHER/state.pt]

All layers and the heads are trained, the word embedding is not. Rows of one group (questions on one passage) come in one
batch where their lengths allow it. The loss is cross-entropy of whether the window answers, of where the answer starts and
ends, of whether it bears out a claim; and for the questions of a passage, of which of two it answers. The state is written
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
from network import Reader
from torch import Tensor
from torch.nn import functional

Row = dict[str, Any]
SAVE_EVERY_S, REPORT_EVERY = 240, 50


def read(paths: list[Path], shares: list[float], seed: int) -> list[Row]:
    """The rows of the files, of each the share that stands beside it, by default all."""
    rows: list[Row] = []
    for path, share in zip_longest(paths, shares[: len(paths)], fillvalue=1.0):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            own = [json.loads(line) for line in file]
        rows += random.Random(seed).sample(own, int(len(own) * share)) if share < 1 else own
    return rows


def batches(rows: list[Row], pieces: int, seed: int) -> list[list[Row]]:
    """Batches of at most so many pieces, alike in length; rows of a group side by side, the batches in random order."""
    random_ = random.Random(seed)
    order = {group: random_.random() for group in sorted({row.get("group", "") for row in rows})}
    rows = sorted(rows, key=lambda r: (padded(_length(r)), order[r.get("group", "")], random_.random()))
    made: list[list[Row]] = []
    for row in rows:
        if not made or padded(max(len(row["ids"]), *map(_length, made[-1]))) * (len(made[-1]) + 1) > pieces:
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
    """How far the questions that a passage answers are above those that it does not."""
    ours = [(i, j) for i in read for j in read if _one_answers(batch[i], batch[j])]
    if not ours:
        return logits.new_zeros(())
    better, worse = zip(*ours, strict=True)
    return functional.softplus(logits[list(worse)] - logits[list(better)]).mean()


def _one_answers(one: Row, other: Row) -> bool:
    return bool(one.get("group") and one["group"] == other.get("group") and one["answers"] and not other["answers"])


def main() -> None:
    """Train as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="state to begin from")
    parser.add_argument("--rate", type=float, default=8e-5)
    parser.add_argument("--last-rate", type=float, default=0.02, help="share of the rate at the end")
    parser.add_argument("--pieces", type=int, default=3072, help="pieces a batch")
    parser.add_argument("--pairwise", type=float, default=0.0)
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--passes", type=int, default=1)
    parser.add_argument("--share", type=float, default=1.0, help="share of the rows, for a learning curve")
    parser.add_argument("--sample", type=float, nargs="*", default=[], help="share of each file's rows that is read")
    parser.add_argument("--marks", type=float, nargs="*", default=[], help="shares of the way at which to keep a state")
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(2)
    options.out.mkdir(parents=True, exist_ok=True)
    net = Reader(options.layers)
    if options.start:
        net.load_state_dict(torch.load(options.start)["net"])
    rows = read(options.rows, options.sample, options.seed)
    if options.share < 1:
        groups = sorted({row["group"] for row in rows if "group" in row})
        kept = set(random.Random(options.seed).sample(groups, int(len(groups) * options.share)))
        rows = [row for row in rows if row.get("group", "") in kept or "group" not in row]
    todo = [b for n in range(options.passes) for b in batches(rows, options.pieces, options.seed + n)]
    heads = [p for name, p in net.named_parameters() if name.startswith(("span", "first"))]
    body = [p for name, p in net.named_parameters() if p.requires_grad and not name.startswith(("span", "first"))]
    optimiser = torch.optim.AdamW(
        [{"params": body, "lr": options.rate}, {"params": heads, "lr": 5e-4 if not options.start else 2e-4}],
        weight_decay=0.01,
        fused=True,
    )
    steps = len(todo)

    def rate(step: int) -> float:
        return min(1.0, (step + 1) / 60) * max(options.last_rate, 1 - step / steps * (1 - options.last_rate))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, rate)
    state_file, first = options.out / "state.pt", 0
    if state_file.exists():
        state = torch.load(state_file)
        net.load_state_dict(state["net"])
        if "optimiser" in state:
            optimiser.load_state_dict(state["optimiser"])
            schedule.load_state_dict(state["schedule"])
            first = state["step"]
    net.train()
    began = saved = time.time()
    seen, losses = 0, []
    for step in range(first, steps):
        batch = todo[step]
        words, mask = net.embed([row["ids"] for row in batch], padded(max(map(_length, batch))))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            out = net(words, mask)
        loss = loss_of({name: value.float() for name, value in out.items()}, batch, mask, options.pairwise)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([*body, *heads], 1.0)
        optimiser.step()
        schedule.step()
        seen += int(mask.sum())
        losses.append(loss.item())
        if step % REPORT_EVERY == REPORT_EVERY - 1:
            mean = math.fsum(losses[-REPORT_EVERY:]) / REPORT_EVERY
            spent = time.time() - began
            print(f"{step + 1}/{steps} loss {mean:.3f}, {seen / spent:.0f} pieces/s, {spent:.0f} s", flush=True)
        if any(int(mark * steps) == step + 1 for mark in options.marks):
            torch.save({"net": net.state_dict(), "step": step + 1}, options.out / f"state-{step + 1}.pt")
        if time.time() - saved > SAVE_EVERY_S:
            saved = time.time()
            part = {"net": net.state_dict(), "optimiser": optimiser.state_dict(), "schedule": schedule.state_dict()}
            torch.save(part | {"step": step + 1}, state_file.with_suffix(".tmp"))
            state_file.with_suffix(".tmp").replace(state_file)
    torch.save({"net": net.state_dict(), "layers": options.layers}, state_file)
    report = {
        "rows": [path.name for path in options.rows],
        "start": str(options.start.parent.name) if options.start else None,
        "rate": options.rate,
        "pairwise": options.pairwise,
        "passes": options.passes,
        "share": options.share,
        "sample": options.sample,
        "seed": options.seed,
        "torch": torch.__version__,
        "rows_read": len(rows),
        "pieces": seen,
        "seconds": round(time.time() - began),
        "last_loss": round(math.fsum(losses[-200:]) / max(1, len(losses[-200:])), 4),
    }
    (options.out / "report.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
