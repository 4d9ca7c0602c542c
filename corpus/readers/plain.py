"""Plain text: the text is the file's own characters, line ends included."""

from corpus.readers.encodings import decode
from corpus.records import Extraction


def read(data: bytes, name: str) -> Extraction:
    """Decode `data`, changing nothing but what is certainly misread. Raises `UnreadableFile`."""
    text, notes = decode(data)
    return Extraction(text, notes=notes)
