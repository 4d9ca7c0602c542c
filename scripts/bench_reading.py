"""What it costs to read small files in closed processes: milliseconds a file, of time and of processor time.

    python scripts/bench_reading.py [--files 100]

Each of the files of the tests is read over and over in this process, in one closed process, and in a closed process
each. The three take turns, so that what else the machine does falls on all alike.
"""

import argparse
import os
import sys
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from corpus.isolation import Isolated
from corpus.reading import prepare, read_document
from tests.corpus import made_files

FILES = {
    "a.txt": made_files.plain,
    "a.html": made_files.html,
    "a.docx": made_files.docx,
    "a.xml": made_files.jats,
    "a.pdf": made_files.pdf,
}
_TURNS = 5


def _spent() -> float:
    """Processor seconds of this process and of those that it started and that have ended."""
    times = os.times()
    return sum(times[:4])


def here(name: str, data: bytes, files: int) -> None:
    """In this process."""
    for _ in range(files):
        read_document(data, name, name)


def in_one_process(name: str, data: bytes, files: int) -> None:
    """In one closed process."""
    isolated = Isolated()
    with isolated.session(partial(prepare, Path(name).suffix)) as session:
        for _ in range(files):
            session.call(read_document, data, name, name)
    isolated.close()


def in_a_process_each(name: str, data: bytes, files: int) -> None:
    """In a closed process each."""
    isolated = Isolated()
    for _ in range(files):
        with isolated.session(partial(prepare, Path(name).suffix)) as session:
            session.call(read_document, data, name, name)
    isolated.close()


WAYS: tuple[Callable[[str, bytes, int], None], ...] = (here, in_one_process, in_a_process_each)


def measured(name: str, data: bytes, files: int) -> dict[str, tuple[float, float]]:
    """For each way the median of milliseconds and processor milliseconds a file, the start of the template apart."""
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for way in WAYS:
        way(name, data, 1)
    for _ in range(_TURNS):
        for way in WAYS:
            costs = []
            for count in (1, 1 + files):
                began, spent = perf_counter(), _spent()
                way(name, data, count)
                costs.append((perf_counter() - began, _spent() - spent))
            found[way.__doc__ or ""].append(
                tuple((more - one) / files * 1000 for one, more in zip(*costs, strict=True))  # type: ignore[arg-type]
            )
    return {way: (median(t for t, _ in turns), median(c for _, c in turns)) for way, turns in found.items()}


def main() -> None:
    """Print a line for each file and way."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=100, help="how often each file is read in a turn")
    files = parser.parse_args().files
    for name, make in FILES.items():
        for way, (time_ms, processor_ms) in measured(name, make(), files).items():
            print(f"{name:8} {way:24} {time_ms:6.1f} ms, {processor_ms:6.1f} ms of the processor")


if __name__ == "__main__":
    main()
