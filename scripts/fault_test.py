"""Fails every system call on the files of a home, one by one, and checks that nothing is lost or answered wrongly.

Usage: python scripts/fault_test.py [--only add,build] [--faults EIO,full] [--sample N --seed S] [--jobs N]

An operation is run with its n-th call failing (ENOSPC, EIO, EACCES), for every n until none is left to fail; and with
every writing call failing from the n-th on, as on a disk that is full or has become read-only. Each time: no
traceback, one line that says why, no wrong answer, `eurag verify` content; a disk that takes no writes stops no
question; and the operation done again ends as without faults. Encoder and reader are stand-ins. Exits 1 on any
failure; the last line is one JSON object.
"""

import argparse
import errno
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from fault_processes import (
    ERASED,
    OPERATIONS,
    Operation,
    Place,
    make_place,
    problems_of,
    state_of,
    traces,
    use_fakes,
)
from system_calls import Call, Ended, unsupported, watched

#: Name -> (error, whether it stays, whether only writers meet it).
FAULTS = {
    "ENOSPC": (errno.ENOSPC, False, False),
    "EIO": (errno.EIO, False, False),
    "EACCES": (errno.EACCES, False, False),
    "full": (errno.ENOSPC, True, True),
    "read-only": (errno.EROFS, True, True),
}
MOST_FAILURES = 20


@dataclass(slots=True)
class Fault:
    """Fails the n-th call, counted from 1; where it stays, all from there on. `failed` are those that it failed."""

    name: str
    number: int
    seen: int = 0
    failed: list[str] = field(default_factory=list)

    def __call__(self, call: Call) -> int:
        """The verdict on a call."""
        error, stays, writers = FAULTS[self.name]
        if writers and not call.writes:
            return 0
        self.seen += 1
        if self.seen != self.number and not (stays and self.seen > self.number):
            return 0
        if len(self.failed) < 3:
            self.failed.append(f"{call.name} {call.path.rpartition('/')[2]}")
        return error


@dataclass(slots=True)
class Trial:
    """What one fault did: `problems` is what was wrong."""

    operation: str
    fault: str
    number: int
    failed: list[str]
    code: int
    message: str
    problems: list[str]


class Trials:
    """An operation, the state it starts from, and what it ends with where nothing fails."""

    def __init__(self, operation: Operation, first: Place, folder: Path) -> None:
        self.operation, self.folder = operation, folder
        self.start = first.copy_to(folder / f"{operation.name}-start")
        for step in operation.before:
            ended = watched(lambda step=step: step(self.start))
            if ended.code:
                raise SystemExit(f"{operation.name} cannot be prepared: {ended.err}")
        place = self.start.copy_to(folder / f"{operation.name}-whole")
        calls: dict[bool, int] = {False: 0, True: 0}

        def count(call: Call) -> int:
            calls[False] += 1
            calls[True] += call.writes
            return 0

        self.ended = watched(lambda: operation.do(place), place.folder, count)
        if self.ended.code:
            raise SystemExit(f"{operation.name} fails by itself: {self.ended.err}")
        self.state, self.calls = _inside(lambda: state_of(place)), calls

    def run(self, fault: str, number: int, folder: Path) -> Trial | None:
        """One trial; None where the operation makes fewer calls."""
        place, failing = self.start.copy_to(folder), Fault(fault, number)
        ended = watched(lambda: self.operation.do(place), place.folder, failing)
        if not failing.failed:
            return None
        try:
            problems = self._ended_badly(ended, fault) + _inside(
                lambda: self._left_badly(place, ended, stays=FAULTS[fault][1])
            )
        except RuntimeError as exc:
            problems = [str(exc)]
        return Trial(self.operation.name, fault, number, failing.failed, ended.code, _last(ended.err), problems)

    def _ended_badly(self, ended: Ended, fault: str) -> list[str]:
        """What is wrong with how the operation with a fault ended."""
        problems = [f"a traceback: {ended.err}"] if "Traceback" in ended.err + ended.out else []
        if ended.code not in (0, 1):
            problems.append(f"the exit code {ended.code}: {ended.err}")
        if ended.code == 1 and not _last(ended.err).startswith("eurag: "):
            problems.append(f"no line that says why: {ended.err!r}")
        if self.operation.answers:
            problems += self._answered_badly(ended, writers_only=FAULTS[fault][2])
        return problems

    def _answered_badly(self, ended: Ended, *, writers_only: bool) -> list[str]:
        refused = [line for line in ended.err.splitlines() if line.startswith("refused: ")]
        if ended.code == 0 and ended.out != self.ended.out:
            return [f"the answer {ended.out!r}, expected {self.ended.out!r}; {ended.err}"]
        if writers_only and (ended.code or refused):
            return [f"a question was stopped by a disk that takes no writes: {refused or ended.err}"]
        return [line for line in refused if " 503 " not in line]

    def _left_badly(self, place: Place, ended: Ended, *, stays: bool) -> list[str]:
        """What is wrong with the home now, and after the operation was done again."""
        problems = problems_of(place) if place.settings.library.exists() else []
        if self.operation.name == "backup" and ended.code and place.backup.exists():
            problems.append("a backup that failed is there")
        if ended.code == 0 and not self.operation.answers:
            problems += [] if stays else self._unlike(place, "finished")
        if (ended.code or stays) and not self.operation.answers:
            if self.operation.name == "backup":
                place.backup.unlink(missing_ok=True)
            again = watched(lambda: self.operation.do(place))
            done = again.code == 0 or any(said in again.err for said in ("no document", "holds a library"))
            problems += [] if done else [f"done again it fails: {again.err}"]
        problems += self._unlike(place, "done again") + problems_of(place)
        return problems

    def _unlike(self, place: Place, when: str) -> list[str]:
        """How a home differs from that without faults."""
        state = state_of(place)
        wrong = [name for name in state if state[name] != self.state[name]]
        problems = [f"{when}, {name} is {state[name]}, expected {self.state[name]}" for name in wrong]
        if self.operation.name == "purge":
            problems += [f"{when}, {name} still holds {ERASED}" for name in traces(place)]
        return problems


def _inside(work: Callable[[], Any]) -> Any:
    """What `work` gives, done in a forked process: nothing that it opens stays open here."""

    def told() -> int:
        print(f"\n{json.dumps(work())}")
        return 0

    ended = watched(told)
    if ended.code:
        raise RuntimeError(f"looking at the home failed: {ended.err}")
    return json.loads(ended.out.splitlines()[-1])


def _last(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1]


_trials: dict[str, Trials] = {}


def _run(task: tuple[str, str, int, str]) -> Trial | None:
    operation, fault, number, folder = task
    name = get_context().current_process().name
    return _trials[operation].run(fault, number, Path(folder) / f"trial-{name}")


def tasks_of(names: list[str], faults: list[str], folder: Path) -> list[tuple[str, str, int, str]]:
    """Every call of every operation with every fault."""
    return [
        (name, fault, number, str(folder))
        for name in names
        for fault in faults
        for number in range(1, _trials[name].calls[FAULTS[fault][2]] + 1)
    ]


def run(tasks: list[tuple[str, str, int, str]], jobs: int) -> dict[str, Any]:
    """Run the trials and say how they went; returns the counts."""
    passed: Counter[str] = Counter()
    failed = fewer = 0
    started = time.monotonic()
    with get_context("fork").Pool(jobs) as pool:
        for trial in pool.imap_unordered(_run, tasks):
            if trial is None:  # what a thread or a file's chance content made fewer this time
                fewer += 1
                continue
            if not trial.problems:
                passed[f"{trial.operation} {trial.fault}"] += 1
                continue
            failed += 1
            where = f"{trial.operation} {trial.fault} {trial.number}: {', '.join(trial.failed)}"
            print(f"FAILED {where}: code {trial.code}, {trial.message}", flush=True)
            for problem in dict.fromkeys(trial.problems):
                print(f"     {problem}", flush=True)
            if failed >= MOST_FAILURES:
                break
    counts = {"trials": len(tasks), "passed": passed.total(), "failed": failed, "made_fewer_calls": fewer}
    return counts | {"by_operation": dict(sorted(passed.items())), "seconds": round(time.monotonic() - started)}


def main() -> int:
    """Run the trials."""
    parser = argparse.ArgumentParser(description="Fails system calls and checks what is left.")
    parser.add_argument("--only", help="operations, separated by commas")
    parser.add_argument("--faults", help=f"of {', '.join(FAULTS)}")
    parser.add_argument("--number", type=int, help="only this call")
    parser.add_argument("--sample", type=int, help="so many trials by chance, else all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    if reason := unsupported():
        print(f"skipped: {reason}")
        return 0
    use_fakes()
    names = arguments.only.split(",") if arguments.only else list(OPERATIONS)
    faults = arguments.faults.split(",") if arguments.faults else list(FAULTS)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made).resolve()
        first = make_place(folder)
        _trials.update({name: Trials(OPERATIONS[name], first, folder) for name in names})
        calls = {name: trials.calls[False] for name, trials in _trials.items()}
        tasks = tasks_of(names, faults, folder)
        if arguments.number:
            tasks = [task for task in tasks if task[2] == arguments.number]
        if arguments.sample:
            tasks = random.Random(arguments.seed).sample(tasks, min(arguments.sample, len(tasks)))  # noqa: S311 (repeatable, not secret)
        result = run(tasks, arguments.jobs)
    print(json.dumps({"calls": calls, **result}))
    return 0 if not result["failed"] else 1


if __name__ == "__main__":
    sys.exit(main())
