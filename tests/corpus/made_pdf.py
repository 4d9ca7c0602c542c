"""PDFs with Cyrillic text at given places, in points from the upper left corner."""

import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path

import font_roboto
from fpdf import FPDF

_FONTS = Path(font_roboto.__file__).parent / "files"
LEADING = 1.2


class MadePdf(FPDF):
    """An empty PDF of A4 pages; `output()` gives its bytes."""

    def __init__(self) -> None:
        super().__init__(unit="pt", format="A4")
        self.set_creation_date(datetime(2021, 5, 6, tzinfo=UTC))
        self.set_auto_page_break(False)
        for style, name in (("", "Roboto-Regular"), ("B", "Roboto-Bold")):
            self.add_font("Roboto", style, str(_FONTS / f"{name}.ttf"))

    def lines(self, left: float, top: float, lines: list[str], size: float = 10, style: str = "") -> float:
        """Lines below each other as they are; returns where the next one would stand."""
        self.set_font("Roboto", style, size)
        for line in lines:
            self.set_xy(left, top)
            self.cell(text=line)
            top += LEADING * size
        return top

    def paragraph(self, left: float, top: float, width: float, text: str, size: float = 10, align: str = "J") -> float:
        """A paragraph set in a column; returns where the next line would stand."""
        self.set_font("Roboto", "", size)
        self.set_xy(left, top)
        self.multi_cell(width, LEADING * size, text, align=align)
        return self.get_y()

    def picture(self, left: float, top: float, width: float) -> None:
        """An image: a grey square."""
        self.image(_grey_png(), left, top, width)


def _grey_png(side: int = 8) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * side) * side)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def pdf_of(pages: list[list[str]]) -> bytes:
    """A PDF of these lines, page by page."""
    made = MadePdf()
    for lines in pages:
        made.add_page()
        made.lines(60, 60, lines)
    return bytes(made.output())
