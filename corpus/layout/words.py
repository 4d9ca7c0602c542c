"""Words at their places on a page, and the rows and lines they stand in.

Coordinates are points; x grows to the right and y downwards.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SMALL = 0.86
_HYPHEN = "-\u2010\u00ad"


@dataclass(frozen=True, slots=True)
class Word:
    """Characters without white space; `glued` when none stands between it and the word before.

    `size` is that of the font, `bottom` lies below the baseline by the font's descent.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    bold: bool = False
    glued: bool = False

    @property
    def middle(self) -> float:
        """Half of the height."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a column: `margins` are the column's left and right edge, `page` counts from 0.

    `size` is that of most of its characters; `first` is the width of its first word.
    """

    text: str
    left: float
    right: float
    bottom: float
    size: float
    bold: bool
    first: float
    margins: tuple[float, float]
    page: int


def rows_of(words: Iterable[Word]) -> list[list[Word]]:
    """Words that stand beside each other, rows from top to bottom, each from left to right."""
    rows: list[list[Word]] = []
    tallest: list[Word] = []
    for word in sorted(words, key=lambda w: (w.middle, w.left)):
        near = range(len(rows) - 1, max(len(rows) - 4, -1), -1)
        place = next((place for place in near if _beside(tallest[place], word)), None)
        if place is None:
            rows.append([word])
            tallest.append(word)
        else:
            rows[place].append(word)
            tallest[place] = max(tallest[place], word, key=lambda w: w.size)
    return [sorted(row, key=lambda w: w.left) for row in rows]


def _beside(tallest: Word, word: Word) -> bool:
    """Whether a word stands in the row whose largest one is `tallest`."""
    overlap = min(tallest.bottom, word.bottom) - max(tallest.top, word.top)
    return overlap > 0.5 * min(tallest.bottom - tallest.top, word.bottom - word.top)


def lines_of(words: Sequence[Word], page: int) -> list[Line]:
    """The lines of one column; its right edge is where most lines end, if many end there, else the outermost."""
    rows = rows_of(words)
    ends = sorted(max(word.right for word in row) for row in rows)
    edge, usual = max(
        ((end, bisect_left(ends, end + 1) - bisect_right(ends, end - 1)) for end in ends),
        key=lambda item: (item[1], item[0]),
    )
    margins = min(word.left for word in words), edge if 3 * usual >= len(rows) else max(ends)
    return [_line(row, margins, page) for row in rows]


def _line(row: Sequence[Word], margins: tuple[float, float], page: int) -> Line:
    size, bottom = size_of(row), median(word.bottom for word in row)
    letters = [word for word in row if any(map(str.isalnum, word.text))]
    return Line(
        text=row_text(row),
        left=row[0].left,
        right=max(word.right for word in row),
        bottom=bottom,
        size=size,
        bold=bool(letters) and all(word.bold for word in letters),
        first=row[0].right - row[0].left,
        margins=margins,
        page=page,
    )


def size_of(words: Iterable[Word]) -> float:
    """The font size of most characters, to half a point."""
    counts: Counter[float] = Counter()
    for word in words:
        counts[round(word.size * 2) / 2] += len(word.text)
    return max(counts, key=lambda size: (counts[size], size))


def row_text(row: Sequence[Word]) -> str:
    """The words of a row joined by spaces; raised small digits become superscript digits."""
    size = size_of(row)
    baseline = median(word.bottom for word in row if word.size >= _SMALL * size)
    text, edge = "", row[0].left
    for word in row:
        raised = word.size <= _SMALL * size and word.bottom < baseline - 0.1 * size
        narrowest_space = 0.3 if word.glued else 0.18 if word.text in _HYPHEN else 0.1
        glued = word.left - edge < narrowest_space * size
        text += ("" if glued or not text else " ") + (superscript(word.text) if raised else word.text)
        edge = word.right
    return text


def superscript(text: str) -> str:
    """The text with raised digits."""
    return text.translate(_SUPERSCRIPT)
