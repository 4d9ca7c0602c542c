"""Functions that do what the file's bytes say, for the tests of `corpus.isolation`."""

import ctypes
import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import corpus.readers.plain
from corpus import sandbox
from corpus.errors import UnreadableFile
from corpus.reading import Reading
from corpus.records import Block, Extraction, Field, Heading, Page, Record, Span

WHOLE = Extraction(
    "Title\n\n«text»",
    (Field("title", "Title", "heading"), Field("year", 2014, "metadata")),
    (Heading(0, 5, "Title", 2),),
    (Span(0, 5, "heading"),),
    (Page(0, "xii"),),
    ("a note",),
)


def read(data: bytes, name: str) -> Extraction:
    if data == b"refuse":
        raise UnreadableFile(f"{name} is refused")
    if data == b"fail":
        raise LookupError("two\nlines")
    if data == b"crash":
        ctypes.string_at(0)
    if data == b"exit":
        os._exit(3)
    if data == b"hang":
        time.sleep(60)
    if data == b"work":
        while True:
            pass
    if data == b"eat":
        bytearray(4 * 2**30)
    if data == b"print":
        print("noise", flush=True)
        print("noise", file=sys.stderr, flush=True)
    if data == b"surrogate":
        return Extraction("\ud800")
    if data == b"whole":
        return WHOLE
    return Extraction(f"{os.getpid()} {len(data)}")


def count(data: bytes) -> Iterator[int]:
    """Counts up to a number, and fails after a thousand."""
    for number in range(int(data)):
        if number == 1000:
            raise UnreadableFile("too many")
        yield number


def attempt(deed: str, *arguments: str) -> str:
    """What comes of a deed: what it gave, or the name of the error."""
    try:
        return str(DEEDS[deed](*arguments))
    except Exception as exc:
        return type(exc).__name__


def attempt_in_the_open(deed: str, *arguments: str) -> str:
    """The same in a process that has closed nothing, by which the tests show that only the sandbox refuses."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.write(writing, attempt(deed, *arguments).encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    told = os.read(reading, 1000).decode()
    os.close(reading)
    return told


def forge(line: bytes) -> Reading:
    """Sends its own reply, as one who took the process over would, by every descriptor that takes it."""
    for descriptor in range(3, 32):
        try:
            os.write(descriptor, line)
        except OSError:
            continue
    time.sleep(30)
    raise UnreadableFile("nobody listened")


def flood(data: bytes) -> Reading:
    """Sends a reply that never ends."""
    while True:
        for descriptor in range(3, 32):
            try:
                os.write(descriptor, data)
            except OSError:
                continue


def replace_reader(data: bytes) -> str:
    """Puts another reader in the place of that of plain text, and reads by it."""
    corpus.readers.plain.read = lambda *_: Extraction("what the last file wanted")
    return read_plain(data)


def read_plain(data: bytes) -> str:
    return corpus.readers.plain.read(data, "a.txt").text


def _environment() -> str:
    found = [f"{name}={value}" for name, value in os.environ.items()]
    for process in ("self", str(os.getppid())):
        try:
            found.append(Path(f"/proc/{process}/environ").read_bytes().decode())
        except OSError:
            continue
    return " ".join(found)


def _connect(port: str) -> str:
    socket.create_connection(("127.0.0.1", int(port)), timeout=5).close()
    return "connected"


def _listen() -> str:
    with socket.socket(socket.AF_UNIX):
        return "listening"


def _run(program: str) -> str:
    os.execv(program, [program])
    return ""


def _signal(process: str) -> str:
    os.kill(int(process), 0)
    return "signalled"


def _fork() -> str:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    return "forked"


def _write(path: str) -> str:
    Path(path).write_text("written", "utf-8")
    return "written"


def _raise_limits() -> str:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1))
    return "raised"


DEEDS = {
    "see the environment": _environment,
    "connect": _connect,
    "listen": _listen,
    "run": _run,
    "signal": _signal,
    "fork": _fork,
    "write": _write,
    "read": lambda path: Path(path).read_text("utf-8"),
    "list": lambda path: bool(list(Path(path).iterdir())),
    "remove": lambda path: Path(path).unlink() or "removed",
    "raise limits": _raise_limits,
    "trace": lambda: ctypes.CDLL(None, use_errno=True).ptrace(0, 0, 0, 0),
    "held": lambda: "; ".join(sandbox.held()),
}


def a_reading() -> Reading:
    """One that is as it must be."""
    return Reading("Words.", Record(title="Words"), (Block(0, 6, "body", None, "en"),))


def parent_and_child() -> str:
    """The template's id and this process's."""
    return f"{os.getppid()} {os.getpid()}"
