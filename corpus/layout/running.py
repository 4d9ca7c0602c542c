"""Running headers and footers: rows at the edges of pages that repeat, and the page numbers in them."""

import re
from collections import Counter
from collections.abc import Sequence
from operator import itemgetter

from corpus.layout.words import Word, row_text, rows_of

Page = Sequence[Word]
Row = list[Word]

_ROWS = 3
_FEWEST_NUMBERED = 3
_TOLERANCE = 6.0
_NUMBER = re.compile(r"\d{1,5}")
_ONLY_NUMBER = re.compile(r"\W*\d{1,5}\W*")
_OF_BROWSER = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{2,4}, \d{1,2}:\d\d\b.*|(?:https?|file)://\S+ \d+/\d+")


def without_running_rows(pages: Sequence[Page]) -> tuple[list[Row], list[Row], list[int | None]]:
    """The words of each page without running rows; the running rows of the first page; the printed page numbers.

    A row runs when one of the first or last three of a page stands so, and there, on another page too, but for numbers;
    when it is the first or last of a page and its number that of the page; or when a browser wrote it on a lone page.
    The numbers are those that grow by one from page to page; None for all pages where too few agree.
    """
    edges = [_edges(page) for page in pages]
    counts = Counter(key for rows in edges for key in {key for row in rows for key in _keys(row)})
    running = [[row for row in rows if _runs(row, counts, len(pages))] for rows in edges]
    for rows, found, number in zip(edges, running, _outer_numbers(edges), strict=True):
        found += [row for row in _outer(rows) if number in _numbers_at_ends(row) and row not in found]
    kept = []
    for page, found in zip(pages, running, strict=True):
        gone = {id(word) for row in found for word in row}
        kept.append([word for word in page if id(word) not in gone])
    first = [row for row in running[0] if not _ONLY_NUMBER.fullmatch(row_text(row))] if running else []
    return kept, first, _numbers(running)


def _edges(page: Page) -> list[Row]:
    """The outer rows, from top to bottom."""
    rows = rows_of(page)
    return rows if len(rows) <= 2 * _ROWS else rows[:_ROWS] + rows[-_ROWS:]


def _keys(row: Row) -> list[tuple[str, int]]:
    """What a row is known by on other pages: its words and, within some points, its height on the page."""
    text, height = _NUMBER.sub("#", row_text(row).casefold()), int(row[0].middle // _TOLERANCE)
    return [(text, height), (text, height + 1)]


def _runs(row: Row, counts: Counter[tuple[str, int]], pages: int) -> bool:
    text = row_text(row)
    alone = pages == 1 and (_ONLY_NUMBER.fullmatch(text) or _OF_BROWSER.fullmatch(text))
    return bool(alone) or any(counts[key] > 1 for key in _keys(row))


def _outer(rows: Sequence[Row]) -> list[Row]:
    return [rows[0], rows[-1]] if len(rows) > 1 else list(rows)


def _numbers_at_ends(row: Row) -> set[int]:
    return {int(word.text) for word in (row[0], row[-1]) if _NUMBER.fullmatch(word.text)}


def _outer_numbers(edges: Sequence[Sequence[Row]]) -> list[int | None]:
    """The number at an end of the first or last row of each page, where it grows with the pages on all but one.

    A short article may show each of its headers once: the author's on the second page, the title's on the third.
    """
    found = [{number for row in _outer(rows) for number in _numbers_at_ends(row)} for rows in edges]
    ahead = Counter(number - index for index, numbers in enumerate(found) for number in numbers)
    most, pages = max(ahead.items(), key=itemgetter(1), default=(0, 0))
    certain = pages >= max(_FEWEST_NUMBERED, len(edges) - 1)
    return [index + most if certain else None for index in range(len(edges))]


def _numbers(running: Sequence[Sequence[Row]]) -> list[int | None]:
    """Printed numbers: those ahead of the physical ones by the same on half of the pages or more."""
    ahead: Counter[int] = Counter()
    for index, rows in enumerate(running):
        found = {int(number) for row in rows for number in _NUMBER.findall(row_text(row))}
        ahead.update(number - index for number in found)
    if not ahead:
        return [None] * len(running)
    most, pages = max(ahead.items(), key=lambda item: (item[1], -abs(item[0])))
    if pages < 2 or 2 * pages < len(running) or most < 0:
        return [None] * len(running)
    return [index + most for index in range(len(running))]
