"""What one more document and one page of a list cost in libraries of growing size.

Usage: python scripts/bench_library.py [--sizes 200 2000 20000]

Made-up documents of some 600 characters with titles of their own; of each size the middle of 20 runs of: put and link
one more, edit one, remove one, list a page of 100 (the first, the last, one by a word of a title), find one by source.
Then 4,000 documents of one title, linked at once. Times are in milliseconds; the last line is one JSON object.
"""

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from corpus import Document, Filters, Library, Record
from corpus.records import Block, Field, document_id
from corpus.store import content_hash_of

RUNS = 20
OF_ONE_TITLE = 4000


def made(number: int, title: str | None = None) -> Document:
    """A document, the same for the same number."""
    choose = random.Random(number).choice  # noqa: S311 - no secrets
    words = [choose("duty border union court state market rule party Minsk Astana".split()) for _ in range(100)]
    text = f"Number {number}: {' '.join(words)}."
    blocks = (Block(0, len(text), "body", None, "en"),)
    source = f"{title or 'text'}-{number:06}.txt"
    record = Record(title=title or f"Text {number}", languages=("en",), date="2014", authors=("Roe, R.",))
    return Document(document_id("bench", source), "bench", source, content_hash_of(text, blocks), text, record, blocks)


def middle_ms(action: Callable[[int], object]) -> float:
    """The median time of an action, called with 0, 1, 2, ..."""
    times = []
    for number in range(RUNS):
        started = time.perf_counter()
        action(number)
        times.append((time.perf_counter() - started) * 1000)
    return round(statistics.median(times), 2)


def measured(library: Library, size: int) -> Iterator[tuple[str, float]]:
    """(figure, ms) for a library of so many documents."""

    def add(number: int) -> None:
        library.put(made(size + number))
        library.link_duplicates()

    def edit(number: int) -> None:
        library.edit(made(number).id, [Field("title", f"Edited {number}", "edit")])
        library.link_duplicates()

    def remove(number: int) -> None:
        library.remove(made(size + number).id)
        library.link_duplicates()

    def page(filters: Filters, offset: int) -> Callable[[int], object]:
        return lambda _: (library.count(filters), library.entries(filters, 100, offset))

    yield "add", middle_ms(add)
    yield "edit", middle_ms(edit)
    yield "remove", middle_ms(remove)
    yield "first page", middle_ms(page(Filters(), 0))
    yield "last page", middle_ms(page(Filters(), size - 100))
    yield "page by a title", middle_ms(page(Filters(named="text 19"), 0))
    yield "find", middle_ms(lambda number: library.find(made(number).source))


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[200, 2000, 20000])
    sizes = parser.parse_args().sizes
    figures: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            with Library(Path(folder, str(size), "library.db")) as library:
                for number in range(size):
                    library.put(made(number))
                library.link_duplicates()
                figures[str(size)] = dict(measured(library, size))
            print(f"{size:>6} documents:", ", ".join(f"{name} {ms} ms" for name, ms in figures[str(size)].items()))
        with Library(Path(folder, "one", "library.db")) as library:
            for number in range(OF_ONE_TITLE):
                library.put(made(number, "Same"))
            started = time.perf_counter()
            library.link_duplicates()
            alike = {"linking": round((time.perf_counter() - started) * 1000)}
            library.put(made(OF_ONE_TITLE, "Same"))
            started = time.perf_counter()
            library.link_duplicates()
            alike["one more"] = round((time.perf_counter() - started) * 1000)
    print(f"{OF_ONE_TITLE} documents of one title:", alike)
    print(json.dumps({"sizes": figures, "one title": alike}))


if __name__ == "__main__":
    main()
