"""Readers whose libraries cannot be trusted with any file, run in a process of their own under limits.

Bytes go to the worker and plain data in JSON comes back, so that nothing a file does there reaches this process. The
worker serves one file after another; what kills it or takes too long costs that file alone. Memory and processor time
are bounded where the system can bound them (Linux; of macOS the time), the wall clock everywhere.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from threading import Lock, Timer
from typing import Any

from corpus.errors import UnreadableFile
from corpus.records import Extraction, Field, Heading, Page, Span

MAX_REPLY_BYTES = 256 * 2**20

_OUT_OF_MEMORY = 70  # exit code of the worker
_OUT_OF_TIME = -getattr(signal, "SIGXCPU", 24)


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take; the memory is the worker's address space, its libraries included."""

    memory_bytes: int = 2**30
    processor_s: int = 120
    wall_s: float = 300


class Isolated:
    """Reads files in a worker process, which starts with the first file and again after it died. Safe for threads."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._one_at_a_time = Lock()
        self._worker: subprocess.Popen[bytes] | None = None

    def read(self, module: str, data: bytes, name: str) -> Extraction:
        """What `read(data, name)` of a module gives. Raises `UnreadableFile`, also when the worker fails."""
        with self._one_at_a_time:
            reply = self._ask(module, data, name)
        if "refused" in reply:
            raise UnreadableFile(str(reply["refused"]))
        return _extraction(reply)

    def close(self) -> None:
        """End the worker, if there is one."""
        with self._one_at_a_time:
            self._end()

    def _ask(self, module: str, data: bytes, name: str) -> dict[str, Any]:
        if self._worker and self._worker.poll() is not None:
            self._end()
        worker = self._worker = self._worker or self._start()
        deadline = Timer(self.limits.wall_s, worker.kill)
        deadline.start()
        try:
            reply = _exchange(
                worker, {"module": module, "name": name, "bytes": len(data), "limits": asdict(self.limits)}, data
            )
        except BaseException:  # also Ctrl-C: the worker's reply would be taken for that of the next file
            self._end()
            raise
        finally:
            in_time = deadline.is_alive()
            deadline.cancel()
        if reply is None:
            raise UnreadableFile(self._why(self._end(), in_time=in_time))
        return reply

    def _start(self) -> "subprocess.Popen[bytes]":
        root = str(Path(__file__).parents[1])
        path = os.pathsep.join([root, *(entry for entry in sys.path if entry and entry != root)])
        return subprocess.Popen(
            [sys.executable, "-P", "-B", "-m", "corpus.isolation"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": path},
        )

    def _end(self) -> int | None:
        """End the worker, by force if it does not go; returns its exit code, negative for a signal."""
        worker, self._worker = self._worker, None
        if worker is None:
            return None
        with worker:
            with suppress(OSError):
                worker.stdin.close()  # type: ignore[union-attr]  # never None: started with PIPE
            try:
                worker.wait(timeout=1)
            except subprocess.TimeoutExpired:
                worker.kill()
        return worker.returncode

    def _why(self, code: int | None, *, in_time: bool) -> str:
        if not in_time or code == _OUT_OF_TIME:
            return f"reading it took more than {self.limits.processor_s} s of processor time or {self.limits.wall_s} s"
        if code == _OUT_OF_MEMORY:
            return f"reading it took more than {self.limits.memory_bytes / 2**20:.0f} MB of memory"
        return f"the library that reads such files crashed on it (exit code {code})"


def _exchange(worker: "subprocess.Popen[bytes]", order: dict[str, Any], data: bytes) -> dict[str, Any] | None:
    """Send a file and take the reply; None when the worker died."""
    if worker.stdin is None or worker.stdout is None:
        raise ValueError("the worker has no pipes")
    try:
        worker.stdin.write(json.dumps(order).encode() + b"\n")
        worker.stdin.write(data)
        worker.stdin.flush()
        line = worker.stdout.readline(MAX_REPLY_BYTES)
    except OSError:
        return None
    return dict(json.loads(line)) if line.endswith(b"\n") else None


def _extraction(reply: dict[str, Any]) -> Extraction:
    statements = [
        Field(s["name"], tuple(s["value"]) if isinstance(s["value"], list) else s["value"], s["origin"])
        for s in reply["statements"]
    ]
    return Extraction(
        reply["text"],
        tuple(statements),
        tuple(Heading(**heading) for heading in reply["headings"]),
        tuple(Span(**span) for span in reply["spans"]),
        tuple(Page(**page) for page in reply["pages"]),
        tuple(reply["notes"]),
    )


def _bound(limits: Limits) -> None:
    """Bound what this process may take for the next file, where the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    used_s = int(time.process_time()) + 1
    bounds = {"CORE": 0, "CPU": used_s + limits.processor_s, "AS": limits.memory_bytes}
    for name, most in bounds.items():
        which = getattr(resource, f"RLIMIT_{name}")
        with suppress(ValueError, OSError):  # macOS bounds no address space
            resource.setrlimit(which, (most, resource.getrlimit(which)[1]))


def _reply(order: dict[str, Any], data: bytes) -> dict[str, Any]:
    try:
        return asdict(import_module(order["module"]).read(data, order["name"]))
    except UnreadableFile as exc:
        return {"refused": str(exc)}
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)
    except Exception as exc:  # a library may raise anything on a hostile file, which must cost that file alone
        return {"refused": f"the reader failed on it ({type(exc).__name__}: {' '.join(str(exc).split())[:200]})"}


def main() -> None:
    """The worker: for every line of JSON and the bytes after it on standard input, a line of JSON on standard output.

    What a library prints goes nowhere.
    """
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while line := sys.stdin.buffer.readline():
        order = json.loads(line)
        data = sys.stdin.buffer.read(order["bytes"])
        _bound(Limits(**order["limits"]))
        replies.write(json.dumps(_reply(order, data)).encode() + b"\n")
        replies.flush()


#: Shared by all of this process, so that a thread never waits for a worker to start.
isolated = Isolated()
atexit.register(isolated.close)

if __name__ == "__main__":
    main()
