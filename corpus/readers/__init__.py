"""Readers: one module a format, one line each in `READERS`.

A reader is a function `read(data, name) -> Extraction`; it raises `UnreadableFile` with the
reason, and imports the library it needs only when called.
"""

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import PurePosixPath

from corpus.errors import UnreadableFile
from corpus.readers.signatures import is_html, refuse_wrong_suffix
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
    ".xml": "xml",
    ".docx": "docx",
    ".odt": "odt",
    ".epub": "epub",
    ".eml": "mail",
    ".pdf": "pdf",
}

#: Suffixes of files that hold files and no text of their own.
ARCHIVES = (".zip",)

#: The modules whose libraries cannot be trusted with any file: they run in a process of their own.
ISOLATED = frozenset({"docx", "epub", "html", "mail", "odt", "pdf", "xml"})


def read_file(data: bytes, name: str) -> Extraction:
    """The text and statements in a file's bytes, by the reader for its suffix; HTML called plain text is read as HTML.

    Raises `UnreadableFile` when no reader takes the suffix, the file is empty or not text of
    the format, or no letter or digit comes out.
    """
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in READERS:
        raise UnreadableFile(f"no reader for '{suffix or 'no suffix'}' files")
    if not data.strip():
        raise UnreadableFile("the file is empty")
    disguised = READERS[suffix] == "plain" and is_html(data)
    if not disguised:
        refuse_wrong_suffix(data, suffix)
    extraction = _read("html" if disguised else READERS[suffix], data, name)
    if not any(character.isalnum() for character in extraction.text):
        deep = ", or its elements nest too deeply to be read" if READERS[suffix] == "html" else ""
        raise UnreadableFile(f"the file holds no text{deep}")
    return replace(extraction, notes=("read as HTML", *extraction.notes)) if disguised else extraction


def _read(module: str, data: bytes, name: str) -> Extraction:
    if module in ISOLATED:
        from corpus.isolation import isolated

        return isolated.read(f"corpus.readers.{module}", data, name)
    reader: Reader = import_module(f"corpus.readers.{module}").read
    try:
        return reader(data, name)
    except RecursionError as exc:
        raise UnreadableFile("its parts are nested too deep") from exc
