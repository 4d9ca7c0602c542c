"""A reader that does what the file's bytes say, for the tests of `corpus.isolation`."""

import ctypes
import os
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
    if data == b"whole":
        return WHOLE
    return Extraction(f"{os.getpid()} {len(data)}")
