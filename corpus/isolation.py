"""Readers whose libraries cannot be trusted with any file, each file in a process of its own that can do nothing else.

A worker with an empty environment and the readers' modules imported waits for files. For each it makes a child, which
gives up files, network and other processes (`corpus.sandbox`), has limits on memory, time and what it writes, reads the
file and answers with plain data in JSON; what stands in that is checked. So nothing that a file does reaches this
process, the next file or the machine, and what kills its reader or takes too long costs that file alone. All of them
end when this process does.
"""

import atexit
import gc
import json
import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Lock, Timer
from typing import Any, TypeVar, get_args

from corpus.errors import UnreadableFile
from corpus.records import ORIGINS, Extraction, Field, Heading, Page, Part, Record, Span
from corpus.sandbox import Sandbox, die_with_parent

MAX_REPLY_BYTES = 256 * 2**20
MAX_OPEN_FILES = 64

Plain = TypeVar("Plain")

_OUT_OF_MEMORY, _NO_REPLY = 70, 71  # exit codes of a child
_REPLY_TO, _PART_BYTES = 3, 2**20
_LONGEST_HEAD, _LONGEST_REASON = 200, 500
#: Of the environment only what Python needs to start.
_KEPT = ("LD_LIBRARY_PATH", "PYTHONHOME", "SYSTEMROOT")
_FIELDS = frozenset(field.name for field in fields(Record)) - {"origins", "also", "replaced"}
_OUT_OF_TIME = -getattr(signal, "SIGXCPU", 24)


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take; the memory is the worker's address space, its libraries included."""

    memory_bytes: int = 2**30
    processor_s: int = 120
    wall_s: float = 300


class Isolated:
    """Reads files by way of a worker, which starts with the first file and again after it died. Safe for threads."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._one_at_a_time = Lock()
        self._worker: subprocess.Popen[bytes] | None = None

    def read(self, module: str, data: bytes, name: str) -> Extraction:
        """What `read(data, name)` of a module gives. Raises `UnreadableFile`, also when its process fails.

        A module that has a function `warm` has it called once, before any file is read.
        """
        order = {"module": module, "name": name, "bytes": len(data)}
        with self._one_at_a_time:
            code, reply = self._ask(order | {"limits": asdict(self.limits)}, data)
        if code:
            raise UnreadableFile(self._why(code, in_time=True))
        try:
            told = json.loads(reply)
            refused = told.get("refused")
            if refused is None:
                return _extraction(told)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as exc:
            raise UnreadableFile("what its reader answered is not what a reader answers") from exc
        raise UnreadableFile(" ".join(str(refused).split())[:_LONGEST_REASON])

    def close(self) -> None:
        """End the worker, if there is one."""
        with self._one_at_a_time:
            self._end()

    def _ask(self, order: dict[str, Any], data: bytes) -> tuple[int, bytes]:
        """The exit code of the file's process and what it wrote."""
        if self._worker and self._worker.poll() is not None:
            self._end()
        worker = self._worker = self._worker or self._start()
        deadline = Timer(self.limits.wall_s, worker.kill)
        deadline.start()
        try:
            reply = _exchange(worker, order, data)
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
            env={name: os.environ[name] for name in _KEPT if name in os.environ} | {"PYTHONPATH": path},
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


def _exchange(worker: "subprocess.Popen[bytes]", order: dict[str, Any], data: bytes) -> tuple[int, bytes] | None:
    """Send a file and take the exit code of its process and the reply; None when the worker died."""
    if worker.stdin is None or worker.stdout is None:
        raise ValueError("the worker has no pipes")
    try:
        worker.stdin.write(json.dumps(order).encode() + b"\n")
        worker.stdin.write(data)
        worker.stdin.flush()
        line = worker.stdout.readline(_LONGEST_HEAD)
        if not line.endswith(b"\n"):
            return None
        head = json.loads(line)
        reply = worker.stdout.read(head["bytes"])
    except OSError:
        return None
    return (int(head["code"]), reply) if len(reply) == head["bytes"] else None


def _extraction(reply: dict[str, Any]) -> Extraction:
    """The extraction that a reply tells. Raises `TypeError`, `ValueError` or `KeyError` where it tells none."""
    text = _checked(reply["text"], str)
    return Extraction(
        text,
        tuple(map(_field, _checked(reply["statements"], list))),
        tuple(_heading(text, heading) for heading in _checked(reply["headings"], list)),
        tuple(_span(text, span) for span in _checked(reply["spans"], list)),
        tuple(_page(text, page) for page in _checked(reply["pages"], list)),
        tuple(_checked(note, str) for note in _checked(reply["notes"], list)),
    )


def _field(told: dict[str, Any]) -> Field:
    name, origin, value = _checked(told["name"], str), told["origin"], told["value"]
    if name.partition(".")[0] not in _FIELDS or origin not in ORIGINS:
        raise ValueError(f"no statement: {name}, {origin}")
    return Field(name, tuple(value) if isinstance(value, list) else value, origin)


def _heading(text: str, told: dict[str, Any]) -> Heading:
    return Heading(*_place(text, told), _checked(told["label"], str), _checked(told["level"], int))


def _span(text: str, told: dict[str, Any]) -> Span:
    if told["part"] not in get_args(Part):
        raise ValueError(f"no part: {told['part']}")
    return Span(*_place(text, told), told["part"])


def _page(text: str, told: dict[str, Any]) -> Page:
    start, _ = _place(text, told | {"end": len(text)})
    return Page(start, _checked(told["label"], str))


def _place(text: str, told: dict[str, Any]) -> tuple[int, int]:
    start, end = _checked(told["start"], int), _checked(told["end"], int)
    if not 0 <= start <= end <= len(text):
        raise ValueError(f"no place: {start}, {end}")
    return start, end


def _checked(value: Any, kind: type[Plain]) -> Plain:
    if type(value) is not kind:
        raise TypeError(f"expected {kind.__name__}, found {type(value).__name__}")
    return value


def _bound(limits: Limits) -> None:
    """Bound what this process may take, where the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    bounds = {"CORE": 0, "CPU": limits.processor_s, "AS": limits.memory_bytes, "FSIZE": 0, "NPROC": 0}
    for name, most in (bounds | {"NOFILE": MAX_OPEN_FILES}).items():
        with suppress(ValueError, OSError):  # macOS bounds no address space
            resource.setrlimit(
                getattr(resource, f"RLIMIT_{name}"), (most, most + (name == "CPU"))
            )  # the last is killed


def _reply(order: dict[str, Any], data: bytes) -> dict[str, Any]:
    try:
        return asdict(import_module(order["module"]).read(data, order["name"]))
    except UnreadableFile as exc:
        return {"refused": str(exc)}
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)
    except Exception as exc:  # a library may raise anything on a hostile file, which must cost that file alone
        return {"refused": f"the reader failed on it ({type(exc).__name__}: {' '.join(str(exc).split())[:200]})"}


def _read_here(sandbox: Sandbox, order: dict[str, Any], data: bytes, out: int) -> None:
    """The child: give up all but reading, read, answer on `out`."""
    die_with_parent()
    sandbox.enter()
    os.closerange(out + 1, MAX_OPEN_FILES)  # the worker's own ends of pipes
    os.close(0)
    _bound(Limits(**order["limits"]))
    with os.fdopen(out, "wb") as reply:
        reply.write(json.dumps(_reply(order, data)).encode())


def _in_child(sandbox: Sandbox, order: dict[str, Any], data: bytes) -> tuple[int, bytes]:
    """The exit code of a child that reads the file, and what it answered; both end when the process above does."""
    theirs, ours = os.pipe()
    child = os.fork()
    if not child:
        try:
            _read_here(sandbox, order, data, os.dup2(ours, _REPLY_TO))
        finally:
            os._exit(_NO_REPLY if sys.exc_info()[0] else 0)
    os.close(ours)
    parts: list[bytes] = []
    while sum(map(len, parts)) <= MAX_REPLY_BYTES:
        ready, _, _ = select.select([theirs, 0], [], [])
        if 0 in ready:  # nothing is sent while a file is read: the pipe was closed
            os.kill(child, signal.SIGKILL)
            os._exit(0)
        if not (part := os.read(theirs, _PART_BYTES)):
            break
        parts.append(part)
    else:
        os.kill(child, signal.SIGKILL)
    os.close(theirs)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), b"".join(parts)


@cache
def _warm(module: str) -> None:
    """Load what a reader needs, for all children to come."""
    getattr(import_module(module), "warm", lambda: None)()
    gc.freeze()  # else a collection in a child would copy the pages of all that is shared


def main() -> None:
    """The worker: for every line of JSON and the bytes after it on standard input, a line of JSON and bytes as answer.

    What a library prints goes nowhere.
    """
    replies, sandbox = os.fdopen(os.dup(1), "wb"), Sandbox()
    os.dup2(2, 1)
    while line := sys.stdin.buffer.readline():
        order = json.loads(line)
        data = sys.stdin.buffer.read(order["bytes"])
        _warm(order["module"])
        code, reply = _in_child(sandbox, order, data)
        replies.write(json.dumps({"code": code, "bytes": len(reply)}).encode() + b"\n" + reply)
        replies.flush()


#: Shared by all of this process, so that a thread never waits for a worker to start.
isolated = Isolated()
atexit.register(isolated.close)

if __name__ == "__main__":
    main()
