"""What the HTTP service does under load: starts it, loads it from this process, compares with the targets.

Usage: python scripts/bench_service.py --corpus DIR [--minutes 10] [--quick]

DIR holds documents (the 35 treaties, say); the built-in library is added to them. One client searches,
with the encoder alone timed in between; then 32; then /ask is compared with the first token of a
stream; then one key's questions while 12 clients of another ask the dearest one; then mixed load for `--minutes`
with a rebuild a minute. `--only` names parts. The last line is one JSON object.
"""

import argparse
import json
import math
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from service_clients import Client, MixedLoad, Tally, at_once

from corpus import Library, add_builtin, add_paths
from embeddings import Encoder
from rag import Settings
from rag.home.maintenance import Rebuild, rebuild
from rag.service.gate.keys import add_key
from rag.service.gate.shared import open_shared

QUESTIONS = Path(__file__).parents[1] / "tests" / "data"
CLIENTS = 32
REBUILD_EVERY_S = 60
CROWD, PATIENT = 12, 60
#: As long as a question may be, all of it names that the glossary knows.
DEAREST = ("Евразийская экономическая комиссия " * 200)[:4000]
SETTLED_S = 60


@dataclass(frozen=True)
class Running:
    """A service that has started."""

    url: str
    key: str
    other_key: str
    pid: int

    def client(self) -> Client:
        """A new client of it."""
        return Client(self.url, self.key)

    def other_client(self) -> Client:
        """A new client with another key."""
        return Client(self.url, self.other_key)

    def memory_mb(self) -> tuple[float, float]:
        """(resident, of that not backed by files) in MiB."""
        status = Path(f"/proc/{self.pid}/status").read_text("ascii")
        return tuple(int(re.search(rf"^{name}:\s+(\d+)", status, re.M)[1]) / 1024 for name in ("VmRSS", "RssAnon"))


@contextmanager
def serving(home: Path) -> Iterator[Running]:
    """The service of a home on a free port, until the block ends."""
    with closing(open_shared(Settings(home))) as shared:
        key, other = add_key(shared, "bench", "admin"), add_key(shared, "other", "read")
    command = [sys.executable, "-c", "from rag.cli import main; main()", "serve", "--home", str(home), "--port", "0"]
    log = home.parent / "serve.log"
    with log.open("wb") as file:
        environment = os.environ | {"EURAG_SERVICE_REQUESTS_PER_MINUTE": "0"}
        process = subprocess.Popen(command, stderr=file, env=environment)  # noqa: S603 - no shell, made of constants here
    try:
        url = wait_for(lambda: re.search(r"http://[0-9.]+:\d+", log.read_text("utf-8")), "address")[0]
        running = Running(url, key, other, process.pid)
        wait_for(lambda: is_ready(running), "readiness")
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
        for line in log.read_text("utf-8").splitlines():
            if '"level": "info"' not in line:
                print(line, file=sys.stderr)


def wait_for(condition, what: str, timeout_s: float = 600):
    """What `condition` returns as soon as that is true; `what` is waited for."""
    until = time.monotonic() + timeout_s
    while not (found := condition()):
        if time.monotonic() > until:
            raise SystemExit(f"after {timeout_s:.0f} s there is no {what}")
        time.sleep(0.1)
    return found


def is_ready(running: Running) -> bool:
    """Whether index and encoder answer."""
    tally = Tally()
    tally.time("ready", lambda: running.client().get("/health/ready"))
    return not tally.failures


def questions() -> list[str]:
    """Questions about the library and the treaties, in both languages."""
    files = (QUESTIONS / f"questions_{name}.jsonl" for name in ("library", "treaties"))
    return [json.loads(line)["question"] for file in files for line in file.read_text("utf-8").splitlines()]


def ms(seconds: Sequence[float], percentile: int) -> float:
    """A percentile in milliseconds; infinite where nothing succeeded."""
    if len(seconds) < 2:
        return math.inf
    return round(statistics.quantiles(seconds, n=100, method="inclusive")[percentile - 1] * 1000, 2)


def one_client(running: Running, encoder: Encoder, asked: Sequence[str]) -> dict:
    """Search by one client; before each request the encoder alone, in this process."""
    alone, tally, client = [], Tally(), running.client()
    for question in asked:
        started = time.perf_counter()
        encoder.encode_queries([question])
        alone.append(time.perf_counter() - started)
        tally.time("search", lambda question=question: client.post("/search", {"query": question}))
    found = {"encoder_p50_ms": ms(alone, 50), **spread(tally)}
    found["ok"] = found["p50_ms"] <= found["encoder_p50_ms"] + 10 and found["p99_ms"] <= 5 * found["p50_ms"]
    return found


def many_clients(running: Running, asked: Sequence[str]) -> dict:
    """The same number of searches by one client and by 32 at once."""
    tallies = {1: Tally(), CLIENTS: Tally()}
    rates = {}
    for count, tally in tallies.items():

        def work(client: Client, number: int, count: int = count, tally: Tally = tally) -> None:
            for question in asked[number::count]:
                tally.time("search", lambda: client.post("/search", {"query": question}))  # noqa: B023 (called at once)

        rates[count] = len(asked) / at_once(running.client, count, work)
    ratio = round(rates[CLIENTS] / rates[1], 2)
    found = {"clients": CLIENTS, "a_second": round(rates[CLIENTS], 1), "a_second_of_one": round(rates[1], 1)}
    found |= {"ratio": ratio, **spread(tallies[CLIENTS])}
    return found | {"ok": ratio >= 1.5 and not found["failed"]}


def spread(tally: Tally) -> dict:
    """Percentiles of all requests of a tally, and how many failed."""
    seconds = [value for values in tally.seconds.values() for value in values]
    return {"p50_ms": ms(seconds, 50), "p99_ms": ms(seconds, 99), "failed": sum(tally.failures.values())}


def streaming(running: Running, asked: Sequence[str]) -> dict:
    """The first token of a streamed answer against the whole answer of /ask, by turns."""
    client, tally, first = running.client(), Tally(), []
    for question in asked:
        tally.time("ask", lambda question=question: client.post("/ask", {"question": question}))
        tally.time("stream", lambda question=question: first.append(client.first_token(question)))
    whole, ratio = tally.seconds.get("ask", []), math.inf
    if first and whole:
        ratio = round(statistics.median(first) / statistics.median(whole), 3)
    found = {"ask_p50_ms": ms(whole, 50), "first_token_p50_ms": ms(first, 50), "ratio": ratio}
    return found | {"failed": sum(tally.failures.values()), "ok": ratio <= 1.3 and not tally.failures}


def fairness(running: Running, asked: Sequence[str]) -> dict:
    """One key's answers while nobody else asks, and while a crowd of another key's asks the dearest question."""
    tallies = {"quiet": Tally(), "crowd": Tally()}
    crowd, done = Tally(), threading.Event()

    def ask(tally: Tally) -> None:
        client = running.other_client()
        for question in (asked * PATIENT)[:PATIENT]:
            tally.time("ask", lambda question=question: client.post("/ask", {"question": question}))

    def push(client: Client, _: int) -> None:
        while not done.is_set():
            crowd.time("ask", lambda: client.post("/ask", {"question": DEAREST}))

    ask(tallies["quiet"])
    pushing = threading.Thread(target=at_once, args=(running.client, CROWD, push))
    pushing.start()
    time.sleep(2)
    ask(tallies["crowd"])
    done.set()
    pushing.join()
    p95 = {name: ms(tally.seconds.get("ask", []), 95) for name, tally in tallies.items()}
    refused = sum(tallies["crowd"].failures.values())
    ratio = round(p95["crowd"] / p95["quiet"], 2)
    found = {"quiet_p95_ms": p95["quiet"], "p95_ms": p95["crowd"], "ratio": ratio, "refused": refused}
    dearest = {"dearest_p50_ms": ms(crowd.seconds.get("ask", []), 50), "crowd_refused": sum(crowd.failures.values())}
    return found | dearest | {"ok": ratio <= 3 and not refused}


def mixed(running: Running, asked: Sequence[str], minutes: float) -> dict:
    """Mixed load with a changed document and a rebuild a minute; memory after the first minute and at the end."""
    memory, rebuilds = [], []
    with MixedLoad(running.client, asked) as load:
        started = time.monotonic()
        while (now := time.monotonic() - started) < minutes * 60:
            if now >= len(rebuilds) * REBUILD_EVERY_S:
                rebuilds.append(begin_rebuild(running, len(rebuilds)))
            memory.append((now, *running.memory_mb()))
            time.sleep(1)
    state = wait_for(lambda: ended_job(running), "end of the rebuild")
    tally = load.tally
    settled, end = memory_around(memory, min(SETTLED_S, minutes * 30)), memory_around(memory, minutes * 60)
    growth = round(end[0] / settled[0] - 1, 3)
    for failure, count in tally.failures.most_common(10):
        print(f"FAILED {count} times: {failure}")
    return {
        "minutes": minutes,
        "requests": {kind: len(seconds) for kind, seconds in sorted(tally.seconds.items())},
        "failed": sum(tally.failures.values()),
        "rebuilds": len(rebuilds),
        "last_rebuild": state,
        "search_p50_ms": ms(tally.seconds.get("search", []), 50),
        "search_p99_ms": ms(tally.seconds.get("search", []), 99),
        "memory_mb": {"settled": settled[0], "end": end[0], "anonymous_settled": settled[1], "anonymous_end": end[1]},
        "memory_growth": growth,
        "ok": not tally.failures and growth <= 0.1 and state == "done",
    }


def begin_rebuild(running: Running, number: int) -> int:
    """Change a document and begin to rebuild."""
    wait_for(lambda: ended_job(running), "end of the rebuild")
    admin = running.client()
    admin.upload("bench.txt", f"Version {number} of this text says that tea is grown on the hills of Adjara.")
    return admin.post("/rebuild", {})["job"]["id"]


def ended_job(running: Running) -> str | None:
    """The state of the last job unless it runs; "none" before the first."""
    job = running.client().get("/rebuild")["job"]
    if job is None:
        return "none"
    return None if job["state"] == "running" else job["state"]


def memory_around(samples: Sequence[tuple[float, float, float]], moment_s: float) -> tuple[float, float]:
    """Medians of the last thirty samples before a moment: resident and anonymous MiB."""
    near = [sample for sample in samples if sample[0] <= moment_s][-30:] or samples[:1]
    return tuple(round(statistics.median(values), 1) for values in list(zip(*near, strict=True))[1:])


def prepare(home: Path, corpus: Path) -> Encoder:
    """A home with the documents and the library, indexed; returns the encoder for timing it alone."""
    from embeddings import DEFAULT_ENCODER, open_encoder

    with Library(home / "library.db") as library:
        add_builtin(library)
        add_paths(library, [corpus])
    rebuild(Settings(home), Rebuild(), print)
    return open_encoder(DEFAULT_ENCODER, home / "model")


def main() -> None:
    """Print a line a part, then the JSON line; exit code 1 when a figure misses its target."""
    parser = argparse.ArgumentParser(description="What the service does under load.")
    parser.add_argument("--corpus", type=Path, required=True, help="folder of documents")
    parser.add_argument("--minutes", type=float, default=10, help="of mixed load; 0 for none")
    parser.add_argument("--quick", action="store_true", help="a third of the requests")
    parser.add_argument("--only", nargs="*", default=[], help="parts to measure, by default all")
    arguments = parser.parse_args()
    asked = questions()[:: 3 if arguments.quick else 1]
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary) / "home"
        encoder = prepare(home, arguments.corpus)
        with serving(home) as running:
            for question in asked[:10]:
                running.client().post("/ask", {"question": question})
            parts = {
                "one_client": lambda: one_client(running, encoder, asked),
                "many_clients": lambda: many_clients(running, asked * 3),
                "streaming": lambda: streaming(running, asked),
                "fairness": lambda: fairness(running, asked),
                "mixed": lambda: mixed(running, asked, arguments.minutes),
            }
            if not arguments.minutes:
                del parts["mixed"]
            result = {}
            chosen = {name: part for name, part in parts.items() if name in (arguments.only or parts)}
            for name, measure in chosen.items():
                result[name] = measure()
                print(name, result[name], flush=True)
    print(json.dumps(result))
    sys.exit(not all(part["ok"] for part in result.values()))


if __name__ == "__main__":
    main()
