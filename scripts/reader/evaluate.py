"""What the exported reader can do: spans on XQuAD, near misses on rows that were held back, speed.

    python scripts/reader/evaluate.py --xquad ../shared/bench/xquad --own held_back.jsonl.gz [--reader FOLDER]

The 8-bit graph that answers questions is measured, not the network that was trained. A paragraph longer than a window
is read in windows of sentences, the surest of which counts. F1 is that of SQuAD over words, against the first gold
answer. The last line is one JSON object.
"""

import argparse
import gzip
import json
import random
import tempfile
import time
from collections import defaultdict
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from corpus import sentence_spans
from rag.answer.windows import MOST_CHARS
from rag.evaluation.judging import f1
from rag.reader.packaged import PackagedReader
from rag.reader.reading import Reading, Window


def auroc(positive: list[float], negative: list[float]) -> float:
    """How often a positive is above a negative, ties half."""
    p, n = np.array(positive)[:, None], np.array(negative)[None, :]
    return float(((p > n) + 0.5 * (p == n)).mean())


def windows(text: str, language: str) -> list[tuple[int, str]]:
    """(offset, words) of runs of sentences that fit into a window, each beginning in the middle of the one before."""
    spans = sentence_spans(text, language)
    found: list[tuple[int, str]] = []
    first = 0
    while first < len(spans):
        last = first
        while last + 1 < len(spans) and spans[last + 1][1] - spans[first][0] <= MOST_CHARS:
            last += 1
        found.append((spans[first][0], text[spans[first][0] : spans[last][1]]))
        if last + 1 == len(spans):
            break
        first = max(first + 1, (first + last + 1) // 2)
    return found


def surest(reader: PackagedReader, question: str, text: str, language: str) -> tuple[float, str, Reading]:
    """(log-odds, answer, reading) of the window of a text that answers best."""
    parts = windows(text, language)
    readings = reader.read([question] * len(parts), [Window("", words) for _, words in parts])
    best = max(range(len(parts)), key=lambda i: readings[i].answers + 0.3 * readings[i].span)
    reading = readings[best]
    return reading.answers, parts[best][1][reading.start : reading.end], reading


def spans(reader: PackagedReader, folder: Path, count: int) -> dict[str, float]:
    """F1 on XQuAD for each pair of languages, and AUROC against another paragraph of the same article."""
    told: dict[str, dict[str, Any]] = {}
    for language in ("en", "ru"):
        data = json.loads((folder / f"xquad.{language}.dev.json").read_text("utf-8"))["data"]
        told[language] = {
            q["id"]: (q["question"], p["context"], q["answers"][0]["text"], [o["context"] for o in a["paragraphs"]])
            for a in data
            for p in a["paragraphs"]
            for q in p["qas"]
        }
    chosen = random.Random(3).sample(sorted(told["en"]), count)
    figures = {}
    for asked, read in product(("en", "ru"), repeat=2):
        hits, right, wrong = [], [], []
        for id_ in chosen:
            question, (_, text, gold, others) = told[asked][id_][0], told[read][id_]
            odds, words, _ = surest(reader, question, text, read)
            hits.append(f1(words, gold))
            right.append(odds)
            other = next(other for other in reversed(others) if other != text)
            wrong.append(surest(reader, question, other, read)[0])
        figures[f"xquad_f1_{asked}_on_{read}"] = round(float(np.mean(hits)), 3)
        figures[f"xquad_auroc_{asked}_on_{read}"] = round(auroc(right, wrong), 3)
    return figures


def near_misses(reader: PackagedReader, paths: list[Path]) -> dict[str, float]:
    """AUROC of answered questions against near misses, and F1 of the answers, by pair of languages."""
    answered, missed, hits = defaultdict(list), defaultdict(list), defaultdict(list)
    random_ = random.Random(4)
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for passage in map(json.loads, file):
                for number, question in enumerate(passage["questions"]):
                    told = ("en", "ru")[number % 2]
                    asked = random_.choice(("en", "ru"))
                    head = "".join(f"{passage[k + told]}. " for k in ("title_", "section_") if passage.get(k + told))
                    reading = reader.read([question[asked]], [Window(head, passage[told])])[0]
                    pair, gold = f"{asked}_on_{told}", question.get(f"answer_{told}")
                    (answered if gold else missed)[pair].append(reading.answers)
                    if gold:
                        hits[pair].append(f1(passage[told][reading.start : reading.end], gold))
    figures = {f"near_miss_auroc_{p}": round(auroc(answered[p], missed[p]), 3) for p in sorted(answered)}
    return figures | {f"own_f1_{p}": round(float(np.mean(hits[p])), 3) for p in sorted(hits)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reader", type=Path, help="folder of an exported reader; the packaged one")
    parser.add_argument("--xquad", type=Path)
    parser.add_argument("--own", type=Path, nargs="*", default=[])
    parser.add_argument("--count", type=int, default=200, help="questions of XQuAD")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        reader = PackagedReader.open(Path(home), options.reader)
        figures: dict[str, float | str] = {"reader": reader.id}
        started = time.perf_counter()
        window = Window("Title. ", "The Commission informs the parties of the reasons within thirty days. " * 9)
        reader.read(["When are the parties informed?"] * 40, [window] * 40)
        figures["ms_a_window"] = round((time.perf_counter() - started) * 25, 1)
        if options.own:
            figures |= near_misses(reader, options.own)
        if options.xquad:
            figures |= spans(reader, options.xquad, options.count)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
