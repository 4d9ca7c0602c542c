"""The default encoder beside sentence-transformers with the same weights, on the same processor.

Usage: python scripts/bench_encoder.py --data DIR [--repeats 5] [--quick]

DIR holds `xquad.en.dev.json` and `xquad.ru.dev.json`. Both sides stand in one run and take turns;
figures are medians of the repeats, speed is wall-clock time on all processors, tokenising included.
sentence-transformers runs in float32 with its best batch size of 4 to 32; it sorts by length itself.

- bulk: all paragraphs; a token counts only as far as both sides read the text (512 a paragraph);
- query: questions one by one; p99 is that of one fixed question asked 500 times;
- quality: dense retrieval with language means subtracted; `fp32` is sentence-transformers' own;
- cold: whole processes with the files in the page cache, `eurag ask` over the built-in library
  beside `scripts/minimal_answer.py` over the same passages, median of 10;
- bulk_rss_mb: the most that eurag's process held while embedding.

`--quick` takes an eighth of the texts and 3 repeats, to see whether everything runs. The last line
is one JSON object. Takes about a quarter of an hour on two processors.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # a clone works without installing it

from encoder_sides import Side, Vectors

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("ru", "en")
BATCH_SIZES = (4, 8, 16, 32)
QUESTION = "Сколько судей в Суде ЕАЭС?"
FIXED_REPEATS = 500
COLD_REPEATS = 10

Data = Mapping[str, tuple[list[str], list[str], list[int]]]


def read_data(folder: Path, *, quick: bool) -> Data:
    """For each language the paragraphs, the questions, and which paragraph answers each."""
    data = {}
    for language in LANGUAGES:
        articles = json.loads((folder / f"xquad.{language}.dev.json").read_text("utf-8"))["data"]
        paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
        paragraphs = paragraphs[::8] if quick else paragraphs
        asked = [(qa["question"], n) for n, paragraph in enumerate(paragraphs) for qa in paragraph["qas"]]
        questions, gold = map(list, zip(*asked, strict=True))
        data[language] = ([paragraph["context"] for paragraph in paragraphs], questions, gold)
    return data


def bench_bulk(eurag: Side, other: Side, data: Data, repeats: int) -> dict[str, Any]:
    """Tokens a second of both sides, by language."""
    result = {}
    for language, (paragraphs, *_) in data.items():
        tokens = eurag.count(paragraphs)
        trials = {size: other.bulk(paragraphs[::4], size) for size in BATCH_SIZES}
        batch = min(trials, key=lambda size: trials[size])
        ours, theirs = [], []
        for turn in range(repeats):
            for side in (eurag, other) if turn % 2 else (other, eurag):
                (ours if side is eurag else theirs).append(tokens / side.bulk(paragraphs, batch))
        result[language] = {
            "eurag_tokens_per_s": round(median(ours)),
            "sentence_transformers_tokens_per_s": round(median(theirs)),
            "ratio": round(median(ours) / median(theirs), 2),
            "batch": batch,
        }
        print(f"bulk {language}: {tokens} tokens, {result[language]}", flush=True)
    return result


def bench_query(eurag: Side, other: Side, data: Data, repeats: int) -> dict[str, float]:
    """Milliseconds of a question, one by one."""
    questions = [question for language in LANGUAGES for question in data[language][1][::10]]
    ours, theirs = [], []
    for turn in range(repeats):
        for side in (eurag, other) if turn % 2 else (other, eurag):
            (ours if side is eurag else theirs).append(1000 * median(side.one_by_one(questions)))
    fixed = [1000 * seconds for seconds in eurag.one_by_one([QUESTION] * FIXED_REPEATS)]
    result = {
        "eurag_p50_ms": round(median(ours), 2),
        "eurag_p99_ms": round(float(np.percentile(fixed, 99)), 2),
        "eurag_fixed_p50_ms": round(median(fixed), 2),
        "sentence_transformers_p50_ms": round(median(theirs), 2),
        "ratio": round(median(ours) / median(theirs), 3),
    }
    print(f"query: {result}", flush=True)
    return result


def bench_quality(eurag: Side, other: Side, data: Data) -> dict[str, Any]:
    """Retrieval figures of both sides, and how near their vectors are."""
    by_side, vectors = {}, {}
    for key, side in (("eurag", eurag), ("fp32", other)):
        vectors[key] = {language: side.vectors(data[language][0], data[language][1]) for language in LANGUAGES}
        by_side[key] = retrieval({code: (*vectors[key][code], data[code][2]) for code in LANGUAGES})
    pairs = [(vectors["eurag"][code][part], vectors["fp32"][code][part]) for code in LANGUAGES for part in (0, 1)]
    cosines = np.concatenate([(ours * theirs).sum(axis=1) for ours, theirs in pairs])
    changes = [100 * (by_side["eurag"][name] - value) for name, value in by_side["fp32"].items()]
    result = by_side | {
        "worst_change": round(min(changes), 2),
        "mean_change": round(sum(changes) / len(changes), 2),
        "cosine_mean": round(float(cosines.mean()), 4),
        "cosine_min": round(float(cosines.min()), 4),
    }
    print(f"quality: {result}", flush=True)
    return result


def retrieval(sides: Mapping[str, tuple[Vectors, Vectors, Sequence[int]]]) -> dict[str, float]:
    """For passages, questions and gold of each language: same_r1, cross_r1 and both10 in [0, 1]."""
    from embeddings.centring import centre, language_means

    passages, questions = {}, {}
    for code, (found, asked, _) in sides.items():
        means = language_means(found, [code] * len(found), {})
        passages[code], questions[code] = (centre(v, [code] * len(v), means) for v in (found, asked))
    figures = {}
    for code, (found, _, gold) in sides.items():
        other = next(name for name in sides if name != code)
        own, cross = (questions[code] @ passages[name].T for name in (code, other))
        best = np.argsort(-np.concatenate([own, cross], axis=1), axis=1, kind="stable")[:, :10]
        both = [{n, n + len(found)} <= set(row) for n, row in zip(gold, best.tolist(), strict=True)]
        figures |= {
            f"same_r1_{code}": round(float(np.mean(own.argmax(axis=1) == gold)), 4),
            f"cross_r1_{code}": round(float(np.mean(cross.argmax(axis=1) == gold)), 4),
            f"both10_{code}": round(float(np.mean(both)), 4),
        }
    return figures


def bench_cold(model: Path, folder: Path, repeats: int) -> dict[str, float]:
    """Seconds and memory of whole processes that answer one question, taking turns."""
    index = folder / "minimal"
    home = prepare_home(folder / "home")
    run_apart(write_minimal_index, home, model, index)
    ask = [sys.executable, "-c", "from rag.cli import main; main()", "ask", QUESTION, "--home", str(home)]
    minimal = [sys.executable, str(ROOT / "scripts" / "minimal_answer.py"), str(model), str(index), QUESTION]
    for command in (ask, minimal):
        run_process(command)
    ours, theirs = [], []
    for _ in range(repeats):
        ours.append(run_process(ask))
        theirs.append(run_process(minimal))
    seconds, other_seconds = median(s for s, _ in ours), median(s for s, _ in theirs)
    result = {
        "eurag_s": round(seconds, 3),
        "sentence_transformers_s": round(other_seconds, 3),
        "ratio": round(seconds / other_seconds, 3),
        "eurag_rss_mb": round(max(rss for _, rss in ours)),
        "sentence_transformers_rss_mb": round(max(rss for _, rss in theirs)),
    }
    print(f"cold: {result}", flush=True)
    return result


def prepare_home(home: Path) -> Path:
    """A home with the built-in library indexed."""
    for command in (["add", "--library"], ["build"]):
        run_process([sys.executable, "-c", "from rag.cli import main; main()", *command, "--home", str(home)])
    return home


def write_minimal_index(home: Path, model: Path, folder: Path) -> None:
    """The passages of a home for `scripts/minimal_answer.py`, embedded by sentence-transformers."""
    import faiss
    from sentence_transformers import SentenceTransformer

    from embeddings import open_index

    index = open_index(home)
    texts = [index.passage(row).text for row in range(len(index))]
    vectors = SentenceTransformer(str(model), device="cpu").encode_document(texts, normalize_embeddings=True)
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    folder.mkdir()
    faiss.write_index(flat, str(folder / "passages.faiss"))
    (folder / "passages.json").write_text(json.dumps(texts, ensure_ascii=False), "utf-8")


def run_process(command: Sequence[str]) -> tuple[float, float]:
    """Wall-clock seconds and the most resident megabytes of a process. Raises if it fails."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    started = time.perf_counter()
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, **silent, env=environment)  # noqa: S603 - no shell; our programs, the runner's own folders
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def run_apart(function: Any, *arguments: Any) -> None:
    """Call it in a process of its own, so that this one stays small: a child's peak begins with its parent's."""
    process = get_context("spawn").Process(target=function, args=arguments)
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError(f"{function.__name__} failed")


def write_model(folder: Path) -> None:
    """The packaged weights as a sentence-transformers directory, `folder`/model."""
    from embeddings.e5_weights import weights_path
    from tests.embeddings.packaged_weights import save_as_sentence_transformer

    save_as_sentence_transformer(weights_path(), folder)


def main() -> None:
    """Print a line a part, then the JSON line."""
    parser = argparse.ArgumentParser(description="The default encoder beside sentence-transformers.")
    parser.add_argument("--data", type=Path, required=True, help="folder of xquad.{en,ru}.dev.json")
    parser.add_argument("--repeats", type=int, default=5, help="turns of each side (default 5)")
    parser.add_argument("--quick", action="store_true", help="few texts, 3 repeats")
    arguments = parser.parse_args()
    repeats = 3 if arguments.quick else arguments.repeats
    os.environ["HF_HUB_OFFLINE"] = "1"  # nobody waits for a network
    data = read_data(arguments.data, quick=arguments.quick)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        run_apart(write_model, folder)
        cold = bench_cold(folder / "model", folder, 3 if arguments.quick else COLD_REPEATS)
        eurag, other = Side("eurag", folder / "home" / "model"), Side("sentence-transformers", folder / "model")
        bulk = bench_bulk(eurag, other, data, repeats)
        peak = round(eurag.peak_mb())
        query = bench_query(eurag, other, data, repeats)
        quality = bench_quality(eurag, other, data)
        for side in (eurag, other):
            side.close()
    load = [round(value, 1) for value in os.getloadavg()]
    print(f"processors: {len(os.sched_getaffinity(0))}, load at the end: {load}")
    print(json.dumps({"bulk": bulk, "query": query, "quality": quality, "cold": cold, "bulk_rss_mb": peak}))


if __name__ == "__main__":
    main()
