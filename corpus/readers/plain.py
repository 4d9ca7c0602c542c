"""Plain text, UTF-8: the text is the file's own characters, line ends included."""

from corpus.errors import UnreadableFile
from corpus.records import Extraction

_CONTROL = set(range(32)) - {9, 10, 11, 12, 13}


def read(data: bytes, name: str) -> Extraction:
    """Decode `data` as UTF-8, changing nothing. Raises `UnreadableFile` on anything else."""
    return Extraction(decode_utf8(data))


def decode_utf8(data: bytes) -> str:
    """The characters of UTF-8 bytes, as `open(..., newline='')` gives them."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFile("the file is UTF-16, expected UTF-8: save it as UTF-8 and add it again")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise UnreadableFile(
            f"not UTF-8 (byte {exc.object[exc.start]:#04x} at offset {exc.start}): "
            "save the file as UTF-8 and add it again"
        ) from exc
    controls = sum(ord(char) in _CONTROL for char in text)
    if "\0" in text or controls > len(text) // 100:
        raise UnreadableFile("the file is binary, expected text")
    return text
