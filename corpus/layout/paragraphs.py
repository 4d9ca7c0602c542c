"""Lines in reading order into paragraphs, and those into one text with headings and pages."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from corpus.layout.hyphenation import HYPHENS, joined, words_in
from corpus.layout.words import Line, superscript

_BULLET = re.compile(r"[•▪◦■●]")
_ENTRY = re.compile(r"\[?(\d{1,3})[.\])]\s")
_RAISED = re.compile(r"[⁰¹²³⁴-⁹]+")
_NUMBER = re.compile(r"\d{1,3}(?=\s|[^\W\d_])")
_ENDS_SENTENCE = re.compile(r"[.!?…:;]['\"»”)\]⁰¹²³⁴-⁹]*$")
_LARGER, _SMALLER = 1.12, 0.93
_WIDE_GAP = 1.45
_INDENT_EM = 0.7
_LONGEST_HEADING = 250
_LONGEST_WORD = 200  # so much of a line says how the next is joined to it
_LONGEST_BOLD = 120

Marks = Set[tuple[int, str]]


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together; `level` is that of a heading, 1 for the largest font, or None."""

    lines: list[Line] = field(default_factory=list)
    level: int | None = None

    def text(self, known: Counter[str]) -> tuple[str, list[tuple[int, int]]]:
        """The lines joined, and (offset, page) of where each page begins in it."""
        done: list[str] = []
        length, end, pages = 0, "", [(0, self.lines[0].page)]
        for line in self.lines:
            end = joined(end, line.text, known) if end else line.text
            if line.page != pages[-1][1]:
                pages.append((length + len(end) - len(line.text), line.page))
            done.append(end[:-_LONGEST_WORD])
            length, end = length + len(done[-1]), end[-_LONGEST_WORD:]
        return "".join([*done, end]), pages


def paragraphs_of(columns: Sequence[Sequence[Line]]) -> list[Paragraph]:
    """The paragraphs of all columns in reading order; one that a column or page ends goes on in the next.

    Footnotes follow the paragraph that they interrupt.
    """
    body = _body_size([line for column in columns for line in column])
    leading = _leading(columns)
    paragraphs: list[Paragraph] = []
    notes: list[Paragraph] = []
    marks = _marks(columns)
    for column in columns:
        lines, below = _notes_apart(column, body, marks)
        for index, line in enumerate(lines):
            following = lines[index + 1] if index + 1 < len(lines) else None
            if paragraphs and not _begins(paragraphs[-1], line, following, body, leading):
                paragraphs[-1].lines.append(line)
                continue
            paragraphs += notes
            notes = []
            paragraphs.append(Paragraph([line]))
        notes += _separate_notes(below, marks)
    paragraphs += notes
    _find_headings(paragraphs, body)
    return paragraphs


def vocabulary(paragraphs: Sequence[Paragraph]) -> Counter[str]:
    """The words that stand whole in the paragraphs."""
    return words_in(line.text for paragraph in paragraphs for line in paragraph.lines)


def _body_size(lines: Sequence[Line]) -> float:
    counts: Counter[float] = Counter()
    for line in lines:
        counts[line.size] += len(line.text)
    return max(counts, key=lambda size: counts[size]) if counts else 0.0


def _leading(columns: Sequence[Sequence[Line]]) -> dict[float, float]:
    """The usual distance of baselines, by font size."""
    steps: dict[float, list[float]] = {}
    for column in columns:
        for line, below in pairwise(column):
            if line.size == below.size:
                steps.setdefault(line.size, []).append(below.bottom - line.bottom)
    return {size: median(distances) for size, distances in steps.items()}


def _marks(columns: Sequence[Sequence[Line]]) -> Marks:
    """(page, mark) of the raised numbers in the text."""
    return {(line.page, mark) for column in columns for line in column for mark in _RAISED.findall(line.text)}


def _is_note(line: Line, marks: Marks) -> bool:
    """Whether a line begins with a raised mark, or with a number that stands raised on the page."""
    if _RAISED.match(line.text) or line.text[0] in "*†‡":
        return True
    number = _NUMBER.match(line.text)
    return number is not None and (line.page, superscript(number.group())) in marks


def _notes_apart(column: Sequence[Line], body: float, marks: Marks) -> tuple[Sequence[Line], Sequence[Line]]:
    """The column without its footnotes, and the lines of those: small and at its end."""
    start = len(column)
    for index in range(len(column) - 1, 0, -1):
        if column[index].size > _SMALLER * body:
            break
        if _is_note(column[index], marks):
            start = index
    return column[:start], column[start:]


def _separate_notes(lines: Sequence[Line], marks: Marks) -> list[Paragraph]:
    notes: list[Paragraph] = []
    for line in lines:
        if _is_note(line, marks):
            notes.append(Paragraph())
        notes[-1].lines.append(line)
    return notes


def _begins(paragraph: Paragraph, line: Line, following: Line | None, body: float, leading: dict[float, float]) -> bool:
    """Whether a line begins a paragraph rather than going on with this one."""
    before = paragraph.lines[-1]
    if abs(line.size - before.size) > 0.06 * before.size or line.bold != before.bold:
        return True
    same_column = line.page == before.page and line.margins == before.margins and line.bottom > before.bottom
    usual = leading.get(line.size if line.size <= _LARGER * body else body, 1.3 * body) * max(1, line.size / body)
    if same_column and line.bottom - before.bottom > _WIDE_GAP * usual:
        return True
    if line.size > _LARGER * body or (line.bold and _is_centred(line) and _is_centred(before)):
        return False  # a title is broken where it looks well
    return (
        _BULLET.match(line.text) is not None
        or _is_next_entry(paragraph, line)
        or _is_broken_off(before, line)
        or _is_indented(paragraph, line, following)
    )


def _is_centred(line: Line) -> bool:
    left, right = line.left - line.margins[0], line.margins[1] - line.right
    return left > line.size and abs(left - right) < line.size


def _is_next_entry(paragraph: Paragraph, line: Line) -> bool:
    """Whether paragraph and line begin with numbers that follow each other, as entries of a list do."""
    own, next_ = _ENTRY.match(paragraph.lines[0].text), _ENTRY.match(line.text)
    return bool(own and next_ and int(next_.group(1)) == int(own.group(1)) + 1)


def _is_broken_off(before: Line, line: Line) -> bool:
    """Whether the line before ends although the first word of this one would have fitted in."""
    indent = line.left - line.margins[0]
    is_narrow = indent > line.size and abs(before.margins[1] - before.right - indent) < 1  # on both sides alike
    if is_narrow or before.text[-1] in HYPHENS + "–—":
        return False
    return before.margins[1] - before.right > line.first + 0.6 * line.size


def _is_indented(paragraph: Paragraph, line: Line, following: Line | None) -> bool:
    """An indented first line, or the first line of an entry whose other lines are indented."""
    step, before = _INDENT_EM * line.size, paragraph.lines[-1]
    place, place_before = line.left - line.margins[0], before.left - before.margins[0]
    if place - place_before > step:
        aligned = following is not None and abs(following.left - line.left) < step
        hanging = len(paragraph.lines) == 1 and (aligned or not _ENDS_SENTENCE.search(before.text))
        return not hanging
    hung = len(paragraph.lines) > 1 and before.left - paragraph.lines[0].left > step
    return hung and place_before - place > step


def _find_headings(paragraphs: Sequence[Paragraph], body: float) -> None:
    """Mark as headings what is set larger than the body, and short paragraphs in bold."""
    sizes: set[float] = set()
    for paragraph in paragraphs:
        line, length = paragraph.lines[0], sum(len(line.text) for line in paragraph.lines)
        larger = line.size > _LARGER * body and length <= _LONGEST_HEADING
        bold = line.bold and length <= _LONGEST_BOLD and line.size > _SMALLER * body
        if (larger or bold) and any(map(str.isalpha, line.text)):
            sizes.add(line.size)
            paragraph.level = 0
    ranks = {size: rank for rank, size in enumerate(sorted(sizes, reverse=True), start=1)}
    for paragraph in paragraphs:
        if paragraph.level is not None:
            paragraph.level = ranks[paragraph.lines[0].size]


def pages_in(paragraphs: Sequence[tuple[int, list[tuple[int, int]]]]) -> Iterator[tuple[int, int]]:
    """(offset, page) wherever the page changes, from the start of each paragraph and the changes inside it."""
    current = None
    for start, changes in paragraphs:
        for offset, page in changes:
            if page != current:
                current = page
                yield start + offset, page
