"""Give the intake thousands of damaged and hostile files and check that each costs itself at most.

Usage: python scripts/fuzz_readers.py [--inputs 20000] [--seed 1] [--formats .docx .pdf] [--keep FOLDER]

Valid files of every format, made by the tests' makers, are mutated: bytes flipped, cut, doubled, spliced with other
files; members of zips swapped, dropped and mutated and the zip packed anew; tags doubled, unclosed, nested, given
hostile content. They go through `add_paths`, as with `eurag add`, a folder at a time; exports of references too. It
fails when the process crashes, when a file takes longer than `LIMIT_S`, when a reader raised what nobody foresaw, and
when the library then holds what it should not: a rejected file, an accepted one that cannot be read back, a report too
few. Such inputs are kept with `--keep`. The last line is one JSON object: inputs, and by format how many were accepted
and rejected.
"""

import argparse
import json
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # a clone works without installing it

from corpus import FileReport, Library, UnreadableFile, add_paths
from corpus.archives import Archive
from corpus.exports import EXPORTS
from corpus.readers import ARCHIVES, READERS
from tests.corpus.made_files import MAKERS, zipped

LIMIT_S = 60.0
BATCH = 100
#: What `corpus.isolation` says when a library failed in a way that its reader does not know.
_UNFORESEEN = re.compile(r"the reader failed on it|the library that reads such files crashed")
_TAG = re.compile(rb"<[^<>]{1,200}>")
_HOSTILE = (
    b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>&x;',
    b"<div>" * 3000,
    b"\x00\x01\x02",
    b"\xff\xfe",
    b"&nbsp;&unknown;&#0;&#xD800;",
    b"9" * 5000,
    b"-1",
    b"../../../../etc/passwd",
    b"\xf0\x9f\x98\x80\xe2\x80\xa8\xc2\xa0",
    b" " * 20_000,
)

Mutation = Callable[[random.Random, bytes, bytes], bytes]


def flip(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Some bytes changed."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 3, 10, 100))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def cut(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """The beginning."""
    return data[: chance.randrange(len(data))]


def remove(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """A stretch left out."""
    start, end = _stretch(chance, data)
    return data[:start] + data[end:]


def double(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """A stretch that comes many times."""
    start, end = _stretch(chance, data)
    return data[:start] + data[start:end] * chance.choice((2, 2, 5, 50)) + data[end:]


def splice(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """The beginning of one file and the end of another."""
    return data[: chance.randrange(len(data))] + other[chance.randrange(len(other)) :]


def insert(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Something hostile between two bytes."""
    place = chance.randrange(len(data))
    return data[:place] + chance.choice(_HOSTILE) + data[place:]


def retag(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """A tag doubled, dropped, nested, or exchanged for one of the other file."""
    tags = list(_TAG.finditer(data))
    if not tags:
        return insert(chance, data, other)
    tag = chance.choice(tags)
    others = _TAG.findall(other) or [b"<a>"]
    new = chance.choice((tag[0] * 2, b"", tag[0] * 400, chance.choice(others), chance.choice(_HOSTILE) + tag[0]))
    return data[: tag.start()] + new + data[tag.end() :]


def repack(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """A zip whose members were mutated, swapped, renamed, dropped or joined by those of another."""
    members, strangers = _members(data), _members(other)
    if not members:
        return flip(chance, data, other)
    name = chance.choice(list(members))
    if chance.random() < 0.6:
        members[name] = chance.choice(_PLAIN)(chance, members[name] or b"x", other)
    elif chance.random() < 0.3:
        members[chance.choice(list(members))] = members[name]
    elif chance.random() < 0.3:
        members[chance.choice(("../out.txt", "/out.txt", "a\nb.txt", "x" * 300, name.upper()))] = members.pop(name)
    elif chance.random() < 0.5:
        del members[name]
    else:
        members |= strangers
    return zipped(members)


def _stretch(chance: random.Random, data: bytes) -> tuple[int, int]:
    start = chance.randrange(len(data))
    return start, start + chance.choice((1, 10, 100, len(data) // 3 + 1))


def _members(data: bytes) -> dict[str, bytes | str]:
    try:
        return {name: read() for name, read in Archive(data).members()}
    except UnreadableFile:
        return {}


_PLAIN: tuple[Mutation, ...] = (flip, cut, remove, double, splice, insert, retag, retag)


@dataclass
class Tally:
    """What became of the inputs so far."""

    formats: dict[str, Counter[str]] = field(default_factory=dict)
    reasons: dict[str, Counter[str]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    slowest_s: float = 0.0

    def count(self, name: str, reports: list[FileReport]) -> None:
        """Note the reports on one input."""
        suffix = Path(name).suffix
        rejected = reports and all(report.status == "rejected" for report in reports)
        self.formats.setdefault(suffix, Counter())["rejected" if rejected else "accepted"] += 1
        for report in reports:
            if report.status == "rejected":
                detail = report.detail or ""
                self.reasons.setdefault(suffix, Counter())[_kind_of(detail)] += 1
                if _UNFORESEEN.search(detail) or "\n" in detail or not detail:
                    self.failures.append(f"{name}: {detail!r}")


def _kind_of(reason: str) -> str:
    """A reason without what differs from file to file."""
    return re.sub(r"'[^']*'|<[^>]*>|0x\w+|\d+|(?<=part )\S+", "…", reason.partition(": ")[0])[:80]


def main() -> int:
    """Mutate, add, check and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--formats", nargs="*", help="suffixes, else all")
    parser.add_argument("--keep", type=Path, help="a folder for inputs that made something fail")
    arguments = parser.parse_args()
    started = time.monotonic()
    tally = fuzz(arguments.inputs, arguments.seed, arguments.formats, arguments.keep)
    for suffix, reasons in sorted(tally.reasons.items()):
        print(suffix, *(f"{count:6} {reason}" for reason, count in reasons.most_common(12)), sep="\n  ")
    for failure in tally.failures[:50]:
        print("FAILED", failure)
    counts = {suffix: dict(counts) for suffix, counts in sorted(tally.formats.items())}
    figures = {"inputs": arguments.inputs, "seed": arguments.seed, "formats": counts, "failures": len(tally.failures)}
    figures |= {"slowest_s": round(tally.slowest_s, 2), "seconds": round(time.monotonic() - started)}
    print(json.dumps(figures))
    return int(bool(tally.failures))


def fuzz(inputs: int, seed: int, formats: list[str] | None = None, keep: Path | None = None) -> Tally:
    """Add this many mutated files, in folders of `BATCH`, each to a library of its own."""
    chance = random.Random(seed)  # noqa: S311 (repeatable, not secret)
    tally, valid = Tally(), valid_files()
    names = [name for name in valid if not formats or Path(name).suffix in formats]
    for first in range(0, inputs, BATCH):
        batch = {}
        for number in range(first, min(first + BATCH, inputs)):
            origin = names[number % len(names)]
            batch[_name(chance, number, origin)] = mutated(chance, origin, valid)
        before = len(tally.failures)
        with tempfile.TemporaryDirectory() as folder:
            _add(Path(folder), batch, tally)
        for failure in tally.failures[before:] if keep else ():
            _keep(keep, batch, failure)
    return tally


def valid_files() -> dict[str, bytes]:
    """A file of every format, and an archive of all."""
    files = {name: make() for name, make in MAKERS.items()}
    files["a.zip"] = zipped({"a.txt": files["a.txt"], "b/a.docx": files["a.docx"], "c.zip": zipped({"d.md": "# D"})})
    files["a.bib"] = (
        b"@article{one,\n title = {The Union State},\n author = {Ivanova, Anna},\n abstract = {On it.},\n}\n"
    )
    files["a.ris"] = b"TY  - JOUR\nTI  - The Union State\nAU  - Ivanova, Anna\nAB  - On it.\nER  - \n"
    files["a.json"] = b'[{"id": "one", "type": "article-journal", "title": "The Union State", "abstract": "On it."}]'
    missing = (
        {*EXPORTS, *READERS, *ARCHIVES}
        - {Path(name).suffix for name in files}
        - {".text", ".markdown", ".htm", ".xhtml"}
    )
    if missing:
        raise SystemExit(f"no maker for {', '.join(missing)}")
    return files


def mutated(chance: random.Random, origin: str, valid: dict[str, bytes]) -> bytes:
    """One to three mutations of a valid file, one after the other; sometimes nothing is left."""
    data = valid[origin]
    for _ in range(chance.choice((1, 1, 2, 3))):
        other = valid[chance.choice(list(valid))]
        is_zip = data.startswith(b"PK\x03\x04") and chance.random() < 0.7
        data = (repack if is_zip else chance.choice(_PLAIN))(chance, data, other) or b"\n"
    return data


def _name(chance: random.Random, number: int, origin: str) -> str:
    """The input's file name: mostly of its own suffix, sometimes of another or with a line end in it."""
    suffix = chance.choice(sorted(READERS)) if chance.random() < 0.03 else Path(origin).suffix
    odd = "two\nlines" if chance.random() < 0.1 else ""
    return f"{number:06}{odd}{suffix}"


def _add(folder: Path, batch: dict[str, bytes], tally: Tally) -> None:
    texts = folder / "texts"
    texts.mkdir()
    for name, data in batch.items():
        (texts / name).write_bytes(data)
    moments = [time.monotonic()]
    with Library(folder / "library.db") as library:
        reports = add_paths(library, [texts], progress=lambda *_: moments.append(time.monotonic()))
        tally.failures += _half_stored(library, reports, batch)
    files = sorted(name for name in batch if Path(name).suffix not in EXPORTS)  # exports are read before the first
    for name, (before, after) in zip(files, pairwise(moments), strict=True):
        tally.slowest_s = max(tally.slowest_s, after - before)
        if after - before > LIMIT_S:
            tally.failures.append(f"{name}: took {after - before:.0f} s")
    for name in batch:
        tally.count(name, [r for r in reports if r.source == name or r.source.startswith(f"{name}/")])


def _half_stored(library: Library, reports: list[FileReport], batch: dict[str, bytes]) -> list[str]:
    """What the library holds, or does not, against the reports."""
    stored = {document.source: document for document in library.documents()}
    accepted = {report.source for report in reports if report.status != "rejected"}
    told = {name for name in batch if any(r.source == name or r.source.startswith(f"{name}/") for r in reports)}
    silent = (name for name in batch.keys() - told if Path(name).suffix not in EXPORTS)  # all may be well in those
    problems = [f"{name}: no report" for name in silent]
    problems += [f"{source}: stored and accepted differ" for source in stored.keys() ^ accepted]
    for source, document in stored.items():
        ends = [0, *(place for block in document.blocks for place in (block.start, block.end)), len(document.text)]
        if not document.text or ends != sorted(ends):
            problems.append(f"{source}: its blocks do not fit its text")
    return problems


def _keep(folder: Path, batch: dict[str, bytes], failure: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in batch.items():
        if failure.startswith((f"{name}:", f"{name}/")):
            (folder / name).write_bytes(data)


if __name__ == "__main__":
    raise SystemExit(main())
