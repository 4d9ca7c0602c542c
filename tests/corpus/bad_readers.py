"""Functions that do what the file's bytes say, for the tests of `corpus.isolation` and `corpus.sandbox`."""

import ctypes
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from corpus.errors import UnreadableFile
from corpus.records import Extraction, Field, Heading, Page, Span

WHOLE = Extraction(
    "Title\n\n«text»",
    (Field("title", "Title", "heading"), Field("authors", "A", "metadata")),
    (Heading(0, 5, "Title", 2),),
    (Span(0, 5, "heading"),),
    (Page(0, "xii"),),
    ("a note",),
)
_replies = ["honest"]


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
