"""Everything at once against a running service: uploads, purges, rebuilds, rollbacks, backups, and questions.

Usage: python scripts/race_test.py [--seconds 60] [--seed 1]

Clients act at random for so long. No response may be 5xx but 503, every quote of an answer must be the text that its
citation names, of the snapshot that it names (unless the document was purged or the snapshot dropped since), every
backup must restore to a home that verifies, and so must the home itself in the end. Exits 1 on any failure; the last
line is one JSON object.
"""

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote, urlsplit

from bench_service import Running, serving

from corpus import Library, add_builtin
from rag.errors import BackupUnusable
from rag.home.backup import back_up, restore
from rag.home.maintenance import Rebuild, rebuild, verify
from rag.settings import Settings

QUESTIONS = (
    "How many judges does the Court of the EAEU have?",
    "Сколько судей в Суде ЕАЭС?",
    "Where is tea grown?",
    "When did the EAEU begin its work?",
    "Где растёт чай?",
)
GONE = {404, 503}
#: What each kind of client may be told.
ALLOWED = {
    "upload": {201, 503},
    "purge": {202, 404, 409, 503},
    "remove": {200, 404, 503},
    "rebuild": {202, 409, 503},
    "rollback": {200, 404, 409, 503},
    "ask": {200, 503},
    "list": {200, 503},
}


class Race:
    """The clients and what came of their requests."""

    def __init__(self, running: Running, home: Path, seed: int) -> None:
        self.running, self.home, self.seed = running, home, seed
        self.statuses: dict[str, Counter[int]] = {name: Counter() for name in ALLOWED}
        self.problems: list[str] = []
        self.quotes = self.backups = 0
        self._stop, self._lock = threading.Event(), threading.Lock()

    def run(self, seconds: float) -> None:
        """Let all act for so long."""
        kinds = [self.upload, self.purge, self.change, self.back_up, *[self.ask] * 3]
        threads = [threading.Thread(target=self._keep, args=(kind, n)) for n, kind in enumerate(kinds)]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        self._stop.set()
        for thread in threads:
            thread.join()

    def upload(self, rng: random.Random) -> None:
        """A new text, or another one under the name of an old."""
        number = rng.randrange(30)
        text = f"# Tea {number}\n\nTea number {rng.randrange(10**6)} is grown on the hills of Adjara near Batumi.\n"
        self._call("upload", "POST", f"/documents?filename=tea-{number}.md", text.encode())
        time.sleep(rng.uniform(0, 0.3))

    def purge(self, rng: random.Random) -> None:
        """Purge or remove one of the texts."""
        shown = self._call("list", "GET", "/documents?text=tea&limit=50")
        if shown and shown["documents"]:
            id_ = rng.choice(shown["documents"])["document"]
            kind = rng.choice(["purge", "remove"])
            self._call(kind, "DELETE", f"/documents/{id_}{'?purge=true' if kind == 'purge' else ''}")
        time.sleep(rng.uniform(0.2, 1))

    def change(self, rng: random.Random) -> None:
        """Rebuild, or go back."""
        kind = rng.choice(["rebuild", "rebuild", "rollback"])
        self._call(kind, "POST", f"/{kind}", b"{}")
        time.sleep(rng.uniform(2, 6))

    def back_up(self, rng: random.Random) -> None:
        """Back up, restore, verify what was restored."""
        with tempfile.TemporaryDirectory() as folder:
            file, copy = Path(folder) / "backup.tar", Settings(Path(folder) / "home")
            try:
                back_up(Settings(self.home), file)
            except BackupUnusable as exc:
                self._fail(f"backup: {exc}")
                return
            restore(copy, file)
            (copy.home / "model").symlink_to(self.home / "model")
            for problem in verify(copy):
                self._fail(f"restored: {problem}")
            self.backups += 1
        time.sleep(rng.uniform(0.5, 2))

    def ask(self, rng: random.Random) -> None:
        """Ask, and look every quote up."""
        answer = self._call("ask", "POST", "/ask", json.dumps({"question": rng.choice(QUESTIONS)}).encode())
        for citation in (answer or {}).get("citations", []):
            place = f"start={citation['start']}&end={citation['end']}&snapshot={answer['snapshot']}"
            status, found = self._send("GET", f"/documents/{quote(citation['document'])}/text?{place}")
            if status not in GONE and (status != 200 or found["text"] != citation["quote"]):
                self._fail(f"{citation['quote']!r} is not what stands at its place: {status} {found}")
            self.quotes += status == 200

    def _keep(self, act: Callable[[random.Random], None], number: int) -> None:
        rng = random.Random(self.seed * 100 + number)  # noqa: S311 (repeatable, not secret)
        while not self._stop.is_set():
            try:
                act(rng)
            except Exception as exc:  # whatever a client meets is a finding, and is reported
                self._fail(f"{act.__name__}: {exc!r}")

    def _call(self, kind: str, method: str, path: str, body: bytes | None = None) -> dict | None:
        """What came back where it was answered; what may not come is noted."""
        status, found = self._send(method, path, body)
        with self._lock:
            self.statuses[kind][status] += 1
        if status not in ALLOWED[kind]:
            self._fail(f"{method} {path}: {status} {found}")
        return found if status < 300 else None

    def _send(self, method: str, path: str, body: bytes | None = None) -> tuple[int, dict]:
        connection = HTTPConnection(urlsplit(self.running.url).netloc, timeout=120)
        headers = {"Authorization": f"Bearer {self.running.key}"}
        if path in ("/ask", "/rebuild", "/rollback"):
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read() or b"{}")
        except (OSError, HTTPException, ValueError) as exc:
            return 0, {"error": repr(exc)}
        finally:
            connection.close()

    def _fail(self, problem: str) -> None:
        with self._lock:
            self.problems.append(problem[:400])


def main() -> int:
    """Race, then look at the home."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with Library(home / "library.db") as library:
            add_builtin(library)
        rebuild(Settings(home), Rebuild(), print)
        with serving(home) as running:
            race = Race(running, home, arguments.seed)
            race.run(arguments.seconds)
        race.problems += [f"in the end: {problem}" for problem in verify(Settings(home))]
    for problem in race.problems[:20]:
        print(problem)
    statuses = {kind: dict(sorted(found.items())) for kind, found in race.statuses.items()}
    found = {"seconds": arguments.seconds, "statuses": statuses, "quotes": race.quotes, "backups": race.backups}
    print(json.dumps(found | {"problems": len(race.problems)}))
    return 1 if race.problems or not race.quotes else 0


if __name__ == "__main__":
    sys.exit(main())
