"""Cuts the power at random moments, in a recording, and checks that the home opens with all that was reported as done.

Usage: python scripts/power_test.py --replays N --seed S

Additions, builds, a key, a purge and a backup are recorded once. Then the folder is made anew N times as a disk may
hold it when the power went (`power_loss`): `eurag verify` must be content, what was done must be there, what was purged
must not, the question must be answered as before or after what was going on, and the rest done again must end as
without the failure. Exits 1 on any failure; the last line is one JSON object.
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fault_processes import (
    NEW,
    TEXTS,
    Place,
    add,
    ask,
    backup,
    build,
    make_texts,
    problems_of,
    purge,
    restore,
    state_of,
    traces,
    use_fakes,
)
from power_loss import Event, Recorder, done_before, remake
from system_calls import unsupported, watched

from corpus import Library
from embeddings.generation import generations
from rag.home.audit import changes
from rag.service.gate.keys import add_key
from rag.service.gate.shared import open_shared


def _add_old(place: Place) -> int:
    return add(place, "old")


def _make_key(place: Place) -> int:
    with closing(open_shared(place.settings)) as shared:
        add_key(shared, "test", "read")
    return 0


#: In this order; what each is called in the record of changes.
STEPS = {
    "add old": _add_old,
    "build old": build,
    "add key": _make_key,
    "add new": add,
    "build new": build,
    "purge": purge,
    "backup": backup,
}
MOST_FAILURES = 10


@dataclass(frozen=True, slots=True)
class Recording:
    """What the steps did to a disk, what was answered after each, and what they ended with."""

    events: list[Event]
    answers: dict[str, str]
    state: dict[str, Any]


def record(place: Place) -> Recording:
    """Do all steps under a recorder."""
    place.folder.mkdir()
    recorder, answers = Recorder(place.folder), {}
    for name, step in STEPS.items():
        ended = watched(lambda step=step: step(place), place.folder, recorder)
        if ended.code:
            raise SystemExit(f"{name} fails by itself: {ended.err}")
        recorder.mark(name)
        if name != "add old":
            answers[name] = watched(lambda: ask(place)).out
    return Recording(recorder.events, answers, state_of(place))


def wrong_after(recording: Recording, moment: int, place: Place, rng: random.Random) -> list[str]:
    """What is wrong with a disk as the power going at this moment may leave it."""
    shutil.rmtree(place.folder, ignore_errors=True)
    remake(recording.events, moment, place.folder, rng)
    done = done_before(recording.events, moment)
    problems = [f"verify: {problem}" for problem in problems_of(place)]
    if "build old" not in done:  # between naming the first generation and pointing to it; readers are given it
        problems = [problem for problem in problems if "CURRENT is missing" not in problem]
    problems += _lost(place, done) + _answered_badly(recording, place, done)
    problems += _repeated_badly(recording, place, done)
    return problems


def _lost(place: Place, done: list[str]) -> list[str]:
    """What was reported as done and is not there."""
    lost = []
    with closing(Library(place.settings.library, read_only=True)) as library:
        held = {entry.source for entry in library.entries()}
    expected = set(TEXTS) if "add old" in done else set()
    expected |= set(NEW) if "add new" in done else set()
    expected -= {"secret.md"} if "add new" in done and len(done) >= list(STEPS).index("purge") else set()
    lost += [f"the document {name} is lost" for name in expected - held]
    built = sum(name.startswith("build") for name in done)
    there = int(next((folder.name[1:] for folder in generations(place.home)), "0"))
    lost += [f"of {built} builds {there} are there"] if there < built else []
    if "add key" in done:
        with closing(open_shared(place.settings)) as shared:
            lost += [] if shared.all_keys() else ["the key is lost"]
    recorded = Counter(change.action for change in changes(place.settings))
    wanted = Counter(name.split()[0] for name in done if name not in ("add key", "backup"))
    lost += [f"the record of changes lacks {dict(wanted - recorded)}"] if wanted - recorded else []
    if "purge" in done:
        lost += [f"{name} still holds what was purged" for name in traces(place)]
    return lost


def _answered_badly(recording: Recording, place: Place, done: list[str]) -> list[str]:
    if "build old" not in done:
        return []
    steps = list(STEPS)
    possible = [_said(recording.answers[name]) for name in (done[-1], *steps[len(done) : len(done) + 1])]
    ended = watched(lambda: ask(place))
    if ended.code or _said(ended.out) not in possible:
        return [f"the answer {ended.out!r} ({ended.err}), expected one of {possible}"]
    return []


def _said(answer: str) -> list[Any]:
    """The words of an answer and where they stand; what a purge has hidden so far changes how sure it is."""
    told = json.loads(answer)
    return [told["snapshot"], told["answer"], [(c["document"], c["passage"]) for c in told["citations"]]]


def _repeated_badly(recording: Recording, place: Place, done: list[str]) -> list[str]:
    """What is wrong once the step that was cut short, and those after it, are done again."""
    problems = []
    if "backup" in done:
        problems += _restored_badly(recording, place)
    elif place.backup.exists():
        place.backup.unlink()
    for name in list(STEPS)[len(done) :]:
        ended = watched(lambda name=name: STEPS[name](place))
        if ended.code and not (name == "purge" and "no document" in ended.err):
            problems.append(f"{name} done again fails: {ended.err}")
    state = state_of(place)
    problems += [
        f"in the end {name} is {state[name]}, expected {recording.state[name]}"
        for name in ("documents", "rows", "snapshot", "left")
        if state[name] != recording.state[name]
    ]
    return problems + [f"in the end {name} holds what was purged" for name in traces(place)]


def _restored_badly(recording: Recording, place: Place) -> list[str]:
    other = Place(place.folder.with_name("restored"), place.texts)
    shutil.rmtree(other.folder, ignore_errors=True)
    other.folder.mkdir()
    shutil.copy(place.backup, other.backup)
    ended = watched(lambda: restore(other))
    if ended.code:
        return [f"the backup cannot be restored: {ended.err}"]
    same = state_of(other)["documents"] == recording.state["documents"]
    return problems_of(other) + ([] if same else ["the backup holds other documents"])


def replay(recording: Recording, place: Place, replays: int, seed: int) -> dict[str, Any]:
    """Cut the power so many times; returns the counts."""
    during: Counter[str] = Counter()
    failed = 0
    for number in range(replays):
        rng = random.Random(f"{seed} {number}")  # noqa: S311 (repeatable, not secret)
        moment = rng.randint(1, len(recording.events))
        going_on = [*STEPS, "nothing"][len(done_before(recording.events, moment))]
        during[going_on] += 1

        def look(moment: int = moment, rng: random.Random = rng) -> int:
            print(f"\n{json.dumps(wrong_after(recording, moment, place, rng))}")
            return 0

        ended = watched(look)
        problems = [ended.err] if ended.code else json.loads(ended.out.splitlines()[-1])
        failed += bool(problems)
        if problems:
            print(f"FAILED replay {number}, after {moment} of {len(recording.events)}, during {going_on}", flush=True)
            for problem in problems:
                print(f"     {problem}", flush=True)
        if failed >= MOST_FAILURES:
            break
    counts = {"replays": during.total(), "survived": during.total() - failed, "events": len(recording.events)}
    return counts | {"by_step": dict(during.most_common())}


def main() -> int:
    """Record, and replay."""
    parser = argparse.ArgumentParser(description="Cuts the power in a recording and checks what is left.")
    parser.add_argument("--replays", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if reason := unsupported():
        print(f"skipped: {reason}")
        return 0
    use_fakes()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made).resolve()
        make_texts(folder / "texts")
        recording = record(Place(folder / "recorded", folder / "texts"))
        result = replay(recording, Place(folder / "replayed", folder / "texts"), arguments.replays, arguments.seed)
    print(json.dumps(result))
    return 0 if result["survived"] == arguments.replays else 1


if __name__ == "__main__":
    sys.exit(main())
