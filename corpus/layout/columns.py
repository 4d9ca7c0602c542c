"""Columns: the words of a page in pieces that are each read from top to bottom, in reading order.

A gutter is a strip that no word enters beside several rows of text on either side. What crosses it (a title over
both columns) parts what is above from what is below. After Nagy and Seth's recursive cuts (1984).
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from statistics import median

from corpus.layout.words import Word, rows_of, size_of

Stretch = tuple[float, float]

_GUTTER_EM = 0.8
_LEAST_ROWS = 4
_LEAST_CHARACTERS = 16  # of a usual row: fewer are cells of a table
_EDGE_SHARE = 0.15
_CROSSED = 14  # a line of one column has about ten words, of which one crosses any place


def columns_of(words: Sequence[Word], deepest: int = 2) -> list[list[Word]]:
    """The words in reading order: pieces of one column each, at most 2 ** `deepest` side by side."""
    gutter = _gutter(words) if deepest and words else None
    if gutter is None:
        return [list(words)] if words else []
    x, stretches = gutter
    pieces: list[list[Word]] = []
    above = float("-inf")
    for top, bottom in stretches:
        pieces.append([word for word in words if above <= word.middle < top])
        beside = [word for word in words if top <= word.middle < bottom]
        pieces += columns_of([word for word in beside if word.left < x], deepest - 1)
        pieces += columns_of([word for word in beside if word.left >= x], deepest - 1)
        above = bottom
    pieces.append([word for word in words if word.middle >= above])
    return [piece for piece in pieces if piece]


def _gutter(words: Sequence[Word]) -> tuple[float, list[Stretch]] | None:
    """Where the best gutter is, and the stretches of height over which it parts columns."""
    left, right = min(w.left for w in words), max(w.right for w in words)
    size, edge = size_of(words), _EDGE_SHARE * (right - left)
    if len(words) < 2 * _LEAST_ROWS or right - left < 20 * size:
        return None
    words = sorted(words, key=lambda word: word.middle)
    best: tuple[int, float, list[Stretch]] = (0, 0.0, [])
    for x in _candidates(words, left + edge, right - edge, size):
        found = list(_stretches(words, x, size))
        best = max(best, (sum(rows for rows, _ in found), x, [stretch for _, stretch in found]), key=lambda b: b[0])
    return (best[1], best[2]) if best[0] else None


def _candidates(words: Sequence[Word], start: float, stop: float, size: float) -> Iterator[float]:
    """Places at which several words begin, and into the strip before which few words reach."""
    starts = sorted(word.left for word in words if start < word.left < stop)
    past = start
    for x, later in zip(starts, starts[_LEAST_ROWS - 1 :], strict=False):
        if x > past and later - x < 1:
            past = x + 1
            crossing = sum(word.left < x - 0.5 and word.right > x - _GUTTER_EM * size for word in words)
            if crossing * _CROSSED < len(words):
                yield x - 0.5


def _stretches(words: Sequence[Word], x: float, size: float) -> Iterator[tuple[int, Stretch]]:
    """(rows, (top, bottom)) of every stretch over which the strip before `x` parts columns; words by their height."""
    strip = x - _GUTTER_EM * size
    crossing = sorted((w.top, w.bottom) for w in words if w.left < x and w.right > strip)
    above = float("-inf")
    for top, bottom in [*crossing, (float("inf"), float("inf"))]:
        if top - above > _LEAST_ROWS * size:
            first, last = (bisect_left(words, height, key=lambda word: word.middle) for height in (above, top))
            beside = words[first:last]
            rows = min(_rows([w for w in beside if w.left < x]), _rows([w for w in beside if w.left >= x]))
            if rows:
                yield rows, (above, top)
        above = max(above, bottom)


def _rows(words: Sequence[Word]) -> int:
    """How many rows of running text these are; 0 for what may be a table."""
    rows = rows_of(words)
    if len(rows) < _LEAST_ROWS:
        return 0
    usual = median(sum(len(word.text) + 1 for word in row) for row in rows)
    return len(rows) if usual >= _LEAST_CHARACTERS else 0
