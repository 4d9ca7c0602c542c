"""Clients of a running service, for `bench_service.py`: timed requests over connections that are kept."""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import quote, urlsplit

FRONT_RUNNERS = 4


class Failed(Exception):
    """A request that was not answered as it should be."""


class Client:
    """One client with one connection; every call returns when the answer is whole."""

    def __init__(self, url: str, key: str) -> None:
        self._address = urlsplit(url).netloc
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._connection = HTTPConnection(self._address, timeout=120)

    def get(self, path: str) -> dict:
        """The answer as JSON. Raises `Failed`."""
        return self._call("GET", path, None)

    def post(self, path: str, body: dict) -> dict:
        """The answer as JSON. Raises `Failed`."""
        return self._call("POST", path, json.dumps(body).encode())

    def upload(self, name: str, text: str) -> dict:
        """Add a document."""
        return self._call("POST", f"/documents?filename={quote(name)}", text.encode())

    def first_token(self, question: str) -> float:
        """Seconds until the first content of a streamed answer; the stream is read to its end."""
        started, first, last = time.perf_counter(), 0.0, b""
        response = self._send("POST", "/v1/chat/completions", json.dumps(_chat(question)).encode())
        for line in response:
            if not first and line.startswith(b"data: {") and json.loads(line[6:])["choices"][0]["delta"].get("content"):
                first = time.perf_counter() - started
            last = line.strip() or last
        if last != b"data: [DONE]":
            raise Failed(f"the stream ended with {last!r}")
        return first

    def hang_up(self, question: str) -> None:
        """Ask for a stream and leave before it comes."""
        connection = HTTPConnection(self._address, timeout=120)
        connection.request("POST", "/v1/chat/completions", json.dumps(_chat(question)).encode(), self._headers)
        time.sleep(random.uniform(0, 0.05))  # noqa: S311 (nothing secret is drawn)
        connection.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _call(self, method: str, path: str, body: bytes | None) -> dict:
        return json.loads(self._send(method, path, body).read())

    def _send(self, method: str, path: str, body: bytes | None):
        try:
            self._connection.request(method, path, body, self._headers)
            response = self._connection.getresponse()
        except (OSError, HTTPException) as exc:
            raise Failed(f"{method} {path}: {exc!r}") from exc
        if response.status >= 300:
            raise Failed(f"{method} {path}: {response.status} {response.read(300)!r}")
        return response


def _chat(question: str) -> dict:
    return {"model": "eurag", "stream": True, "messages": [{"role": "user", "content": question}]}


@dataclass
class Tally:
    """What came of many requests: seconds of each that succeeded, by kind, and what failed."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    failures: Counter[str] = field(default_factory=Counter)

    def time(self, kind: str, call: Callable[[], object]) -> None:
        """Make a request and note its seconds, or its failure."""
        started = time.perf_counter()
        try:
            call()
        except (Failed, OSError, HTTPException, ValueError) as exc:
            self.failures[f"{kind}: {exc}"[:300]] += 1
        else:
            self.seconds.setdefault(kind, []).append(time.perf_counter() - started)


def at_once(make: Callable[[], Client], count: int, work: Callable[[Client, int], None]) -> float:
    """Let `count` clients do `work(client, number)` at the same time; returns the seconds that took."""

    def run(number: int) -> None:
        client = make()
        ready.wait()
        work(client, number)
        client.close()

    ready = threading.Barrier(count + 1)
    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    ready.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - started


class MixedLoad:
    """Clients that do everything readers do, until told to stop; some hang up half way."""

    def __init__(self, make: Callable[[], Client], questions: Sequence[str], clients: int = FRONT_RUNNERS) -> None:
        self.tally = Tally()
        self._questions, self._stop = questions, threading.Event()
        self._thread = threading.Thread(target=at_once, args=(make, clients, self._work))

    def __enter__(self) -> "MixedLoad":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _work(self, client: Client, number: int) -> None:
        rng = random.Random(number)  # noqa: S311 (repeatable, not secret)
        kinds = {"search": 40, "ask": 20, "stream": 20, "documents": 10, "hang up": 10}
        while not self._stop.is_set():
            (kind,) = rng.choices(list(kinds), list(kinds.values()))
            self.tally.time(kind, lambda kind=kind: self._do(kind, client, rng))

    def _do(self, kind: str, client: Client, rng: random.Random) -> None:
        question = rng.choice(self._questions)
        if kind == "search":
            client.post("/search", {"query": question})
        elif kind == "ask":
            client.post("/ask", {"question": question})
        elif kind == "stream":
            client.first_token(question)
        elif kind == "hang up":
            client.hang_up(question)
        else:
            self._read(client, rng)

    def _read(self, client: Client, rng: random.Random) -> None:
        entry = rng.choice(client.get("/documents?limit=50")["documents"])
        client.get(f"/documents/{entry['document']}")
        client.get(f"/documents/{entry['document']}/text?start=0&end=500")
