"""The words of a PDF page with their places, as PDFium knows them."""

import ctypes
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from corpus.layout.words import Word

_HYPHEN = "\x02"  # PDFium's sign for a hyphen at the end of a line
#: What fonts of TeX draw for codes that mean no character elsewhere (the encodings T1, T2A and TS1).
_OF_TEX = dict(zip(map(chr, range(0x10, 0x17)), "“”„«»–—", strict=True)) | {"\x88": "•", "\x9c": "Ё", "\x9d": "№"}
_LIGATURES = dict(zip(map(chr, range(0x1B, 0x20)), ("ff", "fi", "fl", "ffi", "ffl"), strict=True))
_REPLACED = str.maketrans({"\uf0b7": "•", "\uf0a7": "•", "\uf02d": "–", _HYPHEN: "-"} | _OF_TEX | _LIGATURES)
_BOLD = re.compile(rb"bold|black|heavy|semib|CMBX|SFBX|SFRB|LCSSB", re.I)
_FONT_NAME_BYTES = 128
_FARTHEST = 1e7  # points
_OBLIQUE = 0.1  # of a quarter turn: italic made by slanting is upright still


Box = tuple[float, float, float, float]


@dataclass(slots=True)
class _Draft:
    """A word in the making; `nominal` is the font's size before the page scales it, `quarter` how it is turned.

    The edges are those of its characters, turned upright; `last` is where the last one ends.
    """

    nominal: float
    size: float
    quarter: int
    bold: bool
    glued: bool
    characters: list[str] = field(default_factory=list)
    left: float = math.inf
    top: float = math.inf
    right: float = -math.inf
    bottom: float = -math.inf
    last: float = 0.0
    middle: float = 0.0

    def takes(self, box: Box, nominal: float) -> bool:
        """Whether a character at this place is of the same word: of one size, beside the last one."""
        if abs(nominal - self.nominal) > 0.05 * self.nominal:
            return False
        left, top, _, bottom = _upright(box, self.quarter)
        return abs((top + bottom) / 2 - self.middle) < self.size / 2 and -self.size < left - self.last < self.size

    def add(self, character: str, box: Box) -> None:
        """Go on with a character."""
        left, top, right, bottom = _upright(box, self.quarter)
        self.characters.append(character)
        self.left, self.top = min(self.left, left), min(self.top, top)
        self.right, self.bottom = max(self.right, right), max(self.bottom, bottom)
        self.last, self.middle = right, (top + bottom) / 2

    @property
    def is_somewhere(self) -> bool:
        """Whether size and place are numbers that can be reckoned with; a damaged file may say anything."""
        edges = (self.left, self.top, self.right, self.bottom)
        return 0 < self.size < _FARTHEST and all(abs(edge) < _FARTHEST for edge in edges)

    def word(self) -> Word:
        """The finished word."""
        text = "".join(map(_known, "".join(self.characters).translate(_REPLACED)))
        edges = (self.left, self.top, self.right, self.bottom)
        return Word(unicodedata.normalize("NFC", text), *edges, self.size, self.bold, self.glued)


def words_of(pdf: Any, index: int) -> list[Word]:
    """The words of a page in the order in which they are drawn, upright; those at odd angles are left out."""
    page = pdf[index]
    try:
        drafts = list(_drafts(page.get_textpage()))
    finally:
        page.close()
    turned = Counter(draft.quarter for draft in drafts for _ in draft.characters)
    quarter = turned.most_common(1)[0][0] if turned else 0
    return [draft.word() for draft in drafts if draft.quarter == quarter >= 0 and draft.is_somewhere]


def _drafts(textpage: Any) -> Iterator[_Draft]:
    import pypdfium2.raw as pdfium

    box, glued = pdfium.FS_RECTF(), False
    draft: _Draft | None = None
    for index in range(textpage.count_chars()):
        character = chr(pdfium.FPDFText_GetUnicode(textpage, index))
        if character == "\0" or (character.isspace() and character not in _LIGATURES):
            if draft:
                yield draft
            draft, glued = None, False
            continue
        pdfium.FPDFText_GetLooseCharBox(textpage, index, box)
        place = (box.left, box.bottom, box.right, box.top)
        size = pdfium.FPDFText_GetFontSize(textpage, index)
        if draft and not draft.takes(place, size):
            yield draft
            draft, glued = None, True
        draft = draft or _draft(textpage, index, glued=glued)
        draft.add(character, place)
    if draft:
        yield draft


def _draft(textpage: Any, index: int, *, glued: bool) -> _Draft:
    import pypdfium2.raw as pdfium

    name, matrix = ctypes.create_string_buffer(_FONT_NAME_BYTES), pdfium.FS_MATRIX()
    pdfium.FPDFText_GetFontInfo(textpage, index, name, _FONT_NAME_BYTES, None)
    pdfium.FPDFText_GetMatrix(textpage, index, matrix)
    size = pdfium.FPDFText_GetFontSize(textpage, index)
    quarter = _quarter(pdfium.FPDFText_GetCharAngle(textpage, index))
    return _Draft(size, size * math.hypot(matrix.c, matrix.d), quarter, _BOLD.search(name.value) is not None, glued)


def _known(character: str) -> str:
    """The character, or the replacement character for a control, one of private use, or none at all."""
    return "\ufffd" if unicodedata.category(character) in ("Cc", "Cn", "Co", "Cs") else character


def _quarter(angle: float) -> int:
    """Quarter turns with the clock, 0 to 3; -1 for anything between."""
    turns = angle / (math.pi / 2)
    return round(turns) % 4 if abs(turns - round(turns)) < _OBLIQUE else -1


def _upright(box: Box, quarter: int) -> Box:
    """The box (left, top, right, bottom), y downwards, of text that is turned back."""
    left, bottom, right, top = box
    turned = [
        (left, -top, right, -bottom),
        (-top, -right, -bottom, -left),
        (-right, bottom, -left, top),
        (bottom, left, top, right),
    ]
    return turned[quarter]
