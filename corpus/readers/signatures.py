"""What a file's first bytes show it to be, whatever its name says."""

import re

from corpus.archives import Archive
from corpus.errors import UnreadableFile

_ZIPPED = b"PK\x03\x04"
_OLD_OFFICE = "an old Word file, or one with a password: save it as .docx without one"
#: First bytes -> what they begin, and the suffixes it may have.
_SIGNATURES: tuple[tuple[bytes, str, tuple[str, ...]], ...] = (
    (b"%PDF-", "a PDF", (".pdf",)),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLD_OFFICE, ()),
    (b"{\\rtf", "RTF: save it as .docx", ()),
    (b"\x1f\x8b\x08", "gzip: unpack it", ()),
    (b"Rar!\x1a\x07", "a RAR archive: unpack it", ()),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it", ()),
    (b"\x89PNG\r\n\x1a\n", "an image (PNG)", ()),
    (b"\xff\xd8\xff", "an image (JPEG)", ()),
    (b"GIF8", "an image (GIF)", ()),
    (b"AT&TFORM", "a DjVu: make a PDF of it with a text layer", ()),
    (b"\x7fELF", "a program", ()),
    (b"<?xml", "XML", (".xml", ".html", ".htm", ".xhtml")),
)
_NEEDED = {".docx": _ZIPPED, ".odt": _ZIPPED, ".epub": _ZIPPED, ".zip": _ZIPPED}
#: A declaration or the first tag, with the zeros of UTF-16 left out and byte order marks before it.
_HTML = re.compile(
    rb"[\xef\xbb\xbf\xfe\xff\s]*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?"
    rb"<(?:!doctype\s+html|html|head|body|meta|section|div|table|h[1-6]|p|ul|ol|span|center|font)\b[^<>]*>",
    re.I | re.S,
)
HTML_WITHIN = 4096


def is_html(data: bytes) -> bool:
    """Whether the bytes begin as a page or a part of one does, in any encoding."""
    return _HTML.match(data[:HTML_WITHIN].replace(b"\0", b"")) is not None


def refuse_wrong_suffix(data: bytes, suffix: str) -> None:
    """Raises `UnreadableFile` when the bytes begin like another format than the suffix names."""
    for signature, name, suffixes in _SIGNATURES:
        if data.startswith(signature) and suffix not in suffixes:
            raise UnreadableFile(f"not what '{suffix}' says: it looks like {name}")
    if data.startswith(_ZIPPED) and (suffix not in _NEEDED or suffix != _zipped_suffix(data)):
        raise UnreadableFile(f"not what '{suffix}' says: it looks like a '{_zipped_suffix(data)}' file")


def _zipped_suffix(data: bytes) -> str:
    archive = Archive(data)
    marks = {
        "META-INF/container.xml": ".epub",
        "content.xml": ".odt",
        "xl/workbook.xml": ".xlsx",
        "ppt/presentation.xml": ".pptx",
        "[Content_Types].xml": ".docx",
    }
    return next((suffix for member, suffix in marks.items() if member in archive), ".zip")
