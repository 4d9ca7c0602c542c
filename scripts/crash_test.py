"""Kills what writes at random moments and checks that nothing is lost, mixed or left behind.

Usage: python scripts/crash_test.py --kills N --seed S [--corpus DIR]

A round changes some texts and starts add, build, rollback, prune, purge, backup or a service that takes an upload in a
process of its own, which is killed (SIGKILL) at a random time or shortly after a randomly chosen phase began. Another
process asks questions all the while. Then the home must open, verify, be free to write and answer as the old or the new
generation does; the finished work must equal an index built in one go in a fresh home, what was purged must stand in no
file of it, and a backup must restore to what it was made of. The encoder is a deterministic stand-in. Exits 1 on any
failure; the last line is one JSON object.
"""

import argparse
import json
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crash_processes import ANY_TIME, QUESTIONS, Job, Worker, ask, read, use_encoder, work
from crash_reference import References

from corpus import Library, add_paths
from embeddings.generation import current_generation, generations, index_folder, read_manifest
from embeddings.lock import writing
from embeddings.vector_cache import VectorCache
from rag.home.backup import restore
from rag.home.maintenance import Rebuild, rebuild, verify
from rag.home.open import open_retriever
from rag.settings import Settings
from tests.fakes import FakeEncoder

OPERATIONS = {"add": 4, "build": 3, "full": 1, "rollback": 3, "prune": 3, "purge": 3, "backup": 3, "serve": 2}
#: How often a phase is aimed at, and how often it happens in one operation.
AIMS = {
    "library": (3, 4),
    "split": (1, 1),
    "embed": (3, 4),
    "start": (2, 1),
    "write": (3, 3),
    "sync": (5, 14),
    "rename": (3, 1),
    "point": (4, 1),
    "replace": (3, 1),
    "drop": (3, 1),
    "erase": (3, 1),
    "purge": (4, 3),
    "copy": (4, 8),
    "serve": (2, 4),
    ANY_TIME: (8, 1),
}
CITIES = "Minsk Astana Bishkek Yerevan Moscow Almaty Kazan Omsk Gomel Osh Gyumri Sochi".split()
IN_CITIES = "Минске Астане Бишкеке Ереване Москве Алматы Казани Омске Гомеле Оше Гюмри Сочи".split()
MOST_FAILURES = 5
_MARK = re.compile(r"Shelf mark Q\d+Z\.")
_WORD = re.compile(r"(?<= )(?:the|that)(?= )")


class Texts:
    """The folder of texts that the rounds change."""

    def __init__(self, folder: Path, rng: random.Random, corpus: Path | None) -> None:
        self.folder, self._rng, self._new, self._marks = folder, rng, 0, 0
        if corpus:
            shutil.copytree(corpus, folder)
        else:
            folder.mkdir()
            for number in range(len(CITIES)):
                self._write(number)
        self.least = len(self._files()) - 2

    def change(self) -> None:
        """Edit a text or two, and often add one: new, or a longer copy of another."""
        for path in self._rng.sample(self._files(), self._rng.randint(1, 2)):
            self._edit(path)
        if len(self._files()) < self.least + 6 and self._rng.random() < 0.6:
            self._new += 1
            self._rng.choice([self._copy, lambda: self._write(self._rng.randrange(len(CITIES)))])()

    def remove_one(self) -> tuple[str, str]:
        """Delete a text; returns its path in the folder, and what stands in no other, "" where nothing does."""
        path = self._rng.choice(self._files())
        mark = _MARK.search(path.read_text("utf-8"))
        path.unlink()
        return path.relative_to(self.folder).as_posix(), mark[0] if mark else ""

    def remove(self) -> None:
        """Delete a text or two."""
        for path in self._rng.sample(self._files(), self._rng.randint(1, 2)):
            if len(self._files()) > self.least:
                path.unlink()

    def _files(self) -> list[Path]:
        return sorted(path for path in self.folder.rglob("*") if path.is_file())

    def _edit(self, path: Path) -> None:
        text = path.read_text("utf-8")
        places = list(_WORD.finditer(text))
        if places and (path.suffix == ".xml" or self._rng.random() < 0.5):
            place = self._rng.choice(places)
            other = "that" if place[0] == "the" else "the"
            path.write_text(text[: place.start()] + other + text[place.end() :], "utf-8")
        elif path.suffix != ".xml":
            path.write_text(
                f"{text.rstrip()}\n\nIn the year {self._rng.randint(1990, 2030)} it was changed.\n", "utf-8"
            )

    def _copy(self) -> None:
        """A copy under another name; one word differs, so that most but not all of it is contained."""
        path = self._rng.choice(self._files())
        copy = path.with_name(f"copy-{self._new}-{path.name[-20:]}")
        copy.write_text(_MARK.sub(self._mark(), path.read_text("utf-8")), "utf-8")
        self._edit(copy)

    def _mark(self) -> str:
        self._marks += 1
        return f"Shelf mark Q{self._marks}Z."

    def _write(self, place: int) -> None:
        judges, budget, year = (self._rng.randint(low, 10 * low) for low in (3, 20, 210))
        english = [
            f"The Court in {CITIES[place]} has {judges} judges. They serve for nine years in the court.",
            f"The budget of the office in {CITIES[place]} is {budget} million. It is adopted in {year + 1000}.",
            f"A duty of {judges} per cent is paid at the border near {CITIES[place]}. Lorries wait for the duty.",
            f"The Commission for pensions in {CITIES[place]} sits in the old house. It pays the pensions.",
        ]
        russian = [
            f"В суде в {IN_CITIES[place]} работает {judges} судей. Срок полномочий судьи составляет девять лет.",
            f"Бюджет управления в {IN_CITIES[place]} составляет {budget} миллионов. Он принят в {year + 1000} году.",
        ]
        paragraphs = english if place % 2 else russian
        header = f"---\ntitle: On {CITIES[place]}\n---\n"
        name = f"{place:02}-{self._new}.md"
        body = "\n\n".join(f"## Part {n}\n\n{paragraph}" for n, paragraph in enumerate(paragraphs, 1))
        (self.folder / name).write_text(f"{header}{body}\n\n{self._mark()}\n", "utf-8")


@dataclass(slots=True)
class Round:
    """One kill: what was started, when it was killed, what was wrong afterwards."""

    job: Job
    aim: str
    phase: str = ""
    problems: tuple[str, ...] = ()


class CrashTest:
    """A home, its texts, the reader, and the rounds."""

    def __init__(self, folder: Path, seed: int, corpus: Path | None) -> None:
        self.rng = random.Random(seed)  # noqa: S311 (repeatable, not secret)
        self.home, self.log, self._logged = folder / "home", folder / "answers.jsonl", 0
        self.texts = Texts(folder / "texts", self.rng, corpus)
        self.references = References(folder / "references")
        self.settings = Settings(self.home, "fake")
        self.encoder = FakeEncoder()
        self.asked = 0
        Job("add", str(self.home), str(self.texts.folder), 3).run()
        self.references.add(self.texts.folder)
        self.log.touch()
        command = [sys.executable, __file__, "--reader", str(self.home), str(self.log)]
        self.reader = subprocess.Popen(command)  # noqa: S603 (this script)
        self.next = Worker()

    def close(self) -> None:
        """End the processes."""
        self.reader.kill()
        self.reader.wait()
        self.next.end()

    def round(self) -> Round:
        """Change texts, start an operation, kill it, look, finish it, look again."""
        job, gone = self._job()
        before = {path.name: read_manifest(path).snapshot for path in generations(self.home)}
        vectors = self._vectors()
        wanted = self.references.add(self.texts.folder)
        aim = self.rng.choices(list(AIMS), [weight for weight, _ in AIMS.values()])[0]
        delay = self.rng.uniform(0, 0.4) if aim == ANY_TIME else self.rng.uniform(0, 0.005)
        worker, self.next = self.next, None
        result = Round(job, aim)
        try:
            result.phase = worker.kill_in(job, aim, self.rng.randint(1, AIMS[aim][1]), delay)
        finally:
            self.next = Worker()
        try:
            problems = self._after_kill({*before.values(), wanted})
            kept, least = (
                self._vectors(),
                0 if job.operation == "purge" else vectors + (0 if job.operation == "full" else worker.committed()),
            )
            problems += [f"{kept} vectors are kept, at least {least} were embedded"] if kept < least else []
            if self.rng.random() < 0.3:
                self._build_what_is_there()
            job.finish()
            problems += self._after_finish(wanted) + self._read_answers()
            problems += self._traces(gone) + (self._unlike_backup(job) if job.operation == "backup" else [])
        except Exception:  # any failure fails the round, with its traceback
            problems = [traceback.format_exc()]
        result.problems = tuple(problems)
        return result

    def _job(self) -> tuple[Job, str]:
        """What to do, and what must stand nowhere afterwards."""
        operations = dict(OPERATIONS)
        if len(generations(self.home)) < 2:
            del operations["rollback"]
        operation = self.rng.choices(list(operations), list(operations.values()))[0]
        if operation != "rollback" or self.rng.random() < 0.5:
            self.texts.change()
        if operation == "prune":
            self.texts.remove()
        elif operation != "add":
            with Library(self.settings.library) as library:
                add_paths(library, [self.texts.folder])
        document, gone = self.texts.remove_one() if operation == "purge" else ("", "")
        keep = self.rng.choice([1, 2, 3, 3])
        return Job(operation, str(self.home), str(self.texts.folder), keep, document), gone

    def _traces(self, gone: str) -> list[str]:
        """Files of the home that hold what was purged."""
        held = gone.encode()
        files = [path for path in self.home.rglob("*") if held and path.is_file() and held in path.read_bytes()]
        return [f"{path.relative_to(self.home)} holds what was purged: {gone}" for path in files]

    def _unlike_backup(self, job: Job) -> list[str]:
        """How what a backup restores differs from the home that it was made of."""
        with tempfile.TemporaryDirectory() as folder:
            restored = Settings(Path(folder) / "home", "fake")
            restore(restored, job.backup)
            problems = [f"restored: {problem}" for problem in verify(restored)]
            with Library(restored.library) as copy, Library(self.settings.library) as library:
                same = copy.fingerprints() == library.fingerprints()
        return problems if same else [*problems, "the backup holds other documents"]

    def _vectors(self) -> int:
        cache = VectorCache(self.home / "vectors.db")
        try:
            return len(cache._known(self.encoder))
        finally:
            cache.close()

    def _after_kill(self, possible: set[str]) -> list[str]:
        """What is wrong with the home as the kill left it."""
        with writing(self.home):
            pass
        return self._unsound() + self._wrong_answers(possible)

    def _unsound(self) -> list[str]:
        problems = verify(self.settings)
        for name in ("library.db", "vectors.db"):
            with closing(sqlite3.connect(self.home / name)) as database:
                found = database.execute("PRAGMA integrity_check").fetchone()[0]
            problems += [f"{name}: {found}"] if found != "ok" else []
        return problems

    def _wrong_answers(self, possible: set[str]) -> list[str]:
        notices: list[str] = []
        retriever = open_retriever(self.settings, notices.append, self.encoder)
        try:
            snapshot, hidden = retriever.index.manifest.snapshot, list(retriever.hidden)
            given = [json.loads(json.dumps(ask(retriever, question))) for question in QUESTIONS]
        finally:
            retriever.index.close()
        if snapshot not in possible:
            return [f"the snapshot {snapshot} is neither the old nor the new one"]
        expected = self.references.answers(snapshot, hidden)
        wrong = [f"{q}: {a}, expected {b}" for q, a, b in zip(QUESTIONS, given, expected, strict=True) if a != b]
        return wrong + [notice for notice in notices if "answering from" in notice]

    def _build_what_is_there(self) -> None:
        """What a person may do after a crash: build, with the texts that were taken in by then."""
        rebuild(self.settings, Rebuild(), print)
        self.references.add(self.texts.folder, self.settings.library)

    def _after_finish(self, wanted: str) -> list[str]:
        """What is wrong with the finished work."""
        left = [path.name for path in index_folder(self.home).iterdir() if path not in generations(self.home)]
        problems = [f"left behind: {name}" for name in left if name != "CURRENT"]
        problems += self._unsound() + self.references.compare(self.home, wanted)
        return problems + self._wrong_answers({wanted})

    def _read_answers(self) -> list[str]:
        """What is wrong with the answers that the reader got since the last look."""
        with self.log.open(encoding="utf-8") as file:
            file.seek(self._logged)
            lines = [line for line in iter(file.readline, "") if line.endswith("\n")]
            self._logged += sum(len(line.encode()) for line in lines)
        self.asked = len(lines)
        if self.reader.poll() is not None:
            return ["the reader has died"]
        return [problem for problem in map(self.references.differs, map(json.loads, lines)) if problem]


def kill(test: CrashTest, kills: int) -> dict[str, Any]:
    """Play rounds until so many kills hit a working process; returns the counts."""
    phases: Counter[str] = Counter()
    operations: Counter[str] = Counter()
    failed = answers = 0
    while phases.total() < kills and failed < MOST_FAILURES:
        started = time.monotonic()
        done = test.round()
        answers += test.asked
        counted = done.phase != "done"
        phases += Counter([done.phase] * counted)
        operations += Counter([done.job.operation] * counted)
        failed += bool(done.problems)
        where = f"in {done.phase}" if counted else "too late, not counted"
        print(
            f"{phases.total():4} {done.job.operation:8} keep {done.job.keep}  aim {done.aim:8}  killed {where:14}  "
            f"{current_generation(test.home).name}  {test.asked:3} answers  {time.monotonic() - started:.1f} s  "
            + ("FAILED" if done.problems else "ok"),
            flush=True,
        )
        for problem in done.problems:
            print(f"     {problem}", flush=True)
    counts = {"kills": phases.total(), "survived": phases.total() - failed, "answers": answers}
    return counts | {"by_operation": dict(operations.most_common()), "by_phase": dict(phases.most_common())}


def main() -> int:
    """Run the rounds, or be one of the processes."""
    parser = argparse.ArgumentParser(description="Kills builds and checks what is left.")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=Path, help="folder of texts to work on a copy of")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--reader", nargs=2, type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        return work()
    if arguments.reader:
        return read(*arguments.reader)
    use_encoder(FakeEncoder)
    with tempfile.TemporaryDirectory() as folder:
        test = CrashTest(Path(folder).resolve(), arguments.seed, arguments.corpus)
        try:
            result = kill(test, arguments.kills)
        finally:
            test.close()
    print(json.dumps(result))
    return 0 if result["survived"] == arguments.kills else 1


if __name__ == "__main__":
    sys.exit(main())
