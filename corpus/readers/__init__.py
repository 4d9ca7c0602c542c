"""Readers: one module a format, one line each in `READERS`.

A reader is a function `read(data, name) -> Extraction`; it raises `UnreadableFile` with the
reason, and imports the library it needs only when called.
"""

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path, PurePosixPath

from corpus.errors import UnreadableFile
from corpus.readers.signatures import HTML_WITHIN, is_html, refuse_wrong_suffix
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

#: Reader -> what it imports when it is called, so that nothing needs to be found when its process is closed.
LIBRARIES = {
    "markdown": ("yaml",),
    "html": ("lxml.html", "trafilatura", "trafilatura.xpaths"),
    "xml": ("corpus.readers.jats", "corpus.readers.tota", "lxml.etree"),
    "docx": ("lxml.etree",),
    "odt": ("lxml.etree",),
    "epub": ("lxml.etree", "lxml.html"),
    "pdf": ("pypdfium2", "pypdfium2.raw"),
}


def read_file(data: bytes, name: str) -> Extraction:
    """The text and statements in a file's bytes, by the reader for its suffix; HTML called plain text is read as HTML.

    Files of strangers are read by this in a process of its own (`corpus.isolation`).

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


def is_plain(path: Path) -> bool:
    """Whether a file is plain text by its suffix and its first bytes, so that none of the libraries reads it."""
    if READERS.get(path.suffix.lower()) not in ("plain", "markdown"):
        return False
    try:
        if not path.is_file():  # a pipe would be waited for
            return True
        with path.open("rb") as file:
            return not is_html(file.read(HTML_WITHIN))
    except OSError:
        return True  # what is wrong with it is said when it is read


def _read(module: str, data: bytes, name: str) -> Extraction:
    reader: Reader = import_module(f"corpus.readers.{module}").read
    try:
        return reader(data, name)
    except RecursionError as exc:
        raise UnreadableFile("its parts are nested too deep") from exc
