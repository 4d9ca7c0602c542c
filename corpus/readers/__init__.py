"""Readers: one module a format, one line each in `READERS`.

A reader is a function `read(data, name) -> Extraction`; it raises `UnreadableFile` with the
reason, and imports the library it needs only when called.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import PurePosixPath

from corpus.errors import UnreadableFile
from corpus.records import Extraction

Reader = Callable[[bytes, str], Extraction]

#: File suffix -> module of this package.
READERS = {
    ".txt": "plain",
    ".text": "plain",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".xml": "tota",
}


def read_file(data: bytes, name: str) -> Extraction:
    """The text and statements in a file's bytes, by the reader for its suffix.

    Raises `UnreadableFile` when no reader takes the suffix, the file is empty or not text of
    the format, or no letter or digit comes out.
    """
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in READERS:
        known = ", ".join(sorted(READERS))
        raise UnreadableFile(f"no reader for '{suffix or 'no suffix'}' files (readers: {known})")
    if not data.strip():
        raise UnreadableFile("the file is empty")
    reader: Reader = import_module(f"corpus.readers.{READERS[suffix]}").read
    extraction = reader(data, name)
    if not any(character.isalnum() for character in extraction.text):
        raise UnreadableFile("the file holds no text")
    return extraction
