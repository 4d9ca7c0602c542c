"""A reader that does what the file's bytes say, for the tests of `corpus.isolation`."""

import ctypes
import os
import socket
import subprocess
import sys
import time

from corpus.errors import UnreadableFile
from corpus.records import Extraction, Field, Heading, Page, Span

WHOLE = Extraction(
    "Title\n\n\ud800 «text»",
    (Field("title", "Title", "heading"), Field("authors", ("A", "Б"), "metadata")),
    (Heading(0, 5, "Title", 2),),
    (Span(0, 5, "heading"),),
    (Page(0, "xii"),),
    ("a note",),
)


def _refused(action, *arguments) -> str:
    """ "no" and the reason when the system refuses an action."""
    try:
        return f"yes {action(*arguments)}"
    except OSError as exc:
        return f"no {exc.strerror}"


def read(data: bytes, name: str) -> Extraction:
    command, _, argument = data.decode("utf-8", "replace").partition(" ")
    if command == "environment":
        return Extraction(repr(dict(os.environ)))
    if command == "open":
        return Extraction(_refused(open, argument))
    if command == "write":
        return Extraction(_refused(open, argument, "w"))
    if command == "connect":
        return Extraction(_refused(lambda: socket.create_connection(("127.0.0.1", int(argument)))))
    if command == "fork":
        return Extraction(_refused(os.fork))
    if command == "run":
        return Extraction(_refused(subprocess.run, ["true"]))
    if command == "kill":
        return Extraction(_refused(os.kill, int(argument), 0))
    if command == "replace":
        sys.modules[__name__].read = lambda data, name: Extraction("replaced")
        return Extraction("replaced")
    if command == "forge":
        os.write(3, argument.encode())
        os._exit(0)
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
    if data == b"whole":
        return WHOLE
    return Extraction(f"{os.getpid()} {len(data)}")
