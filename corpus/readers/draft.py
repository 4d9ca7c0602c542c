"""A text in the making: paragraphs on blank lines, with headings and known parts at their offsets.

Soft hyphens go: they say where a line may end, nothing of the word.
"""

from collections.abc import Iterable, Sequence

from corpus.records import Extraction, Field, Heading, Part, Span

CELL_SEPARATOR = " | "


class Draft:
    """What a reader writes down paragraph by paragraph; `extraction` gives the whole."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._headings: list[Heading] = []
        self._spans: list[Span] = []

    @property
    def text(self) -> str:
        """The text so far."""
        return "\n\n".join(self._parts)

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The paragraphs so far, headings and tables among them."""
        return tuple(self._parts)

    def paragraph(self, text: str, part: Part | None = None) -> None:
        """Add a paragraph, its lines kept and the white space in them squeezed; nothing when it is empty.

        `part` is given where the format says what the paragraph is.
        """
        start, end = self._append(text)
        if part and start < end:
            self._spans.append(Span(start, end, part))

    def heading(self, text: str, level: int) -> None:
        """Add a heading, on one line; it names what follows."""
        start, end = self._append(" ".join(text.split()))
        if start < end:
            self._headings.append(Heading(start, end, self._parts[-1], level))
            self._spans.append(Span(start, end, "heading"))

    def section(self, label: str) -> None:
        """Begin a section that has no heading in the text."""
        self._headings.append(Heading(self._length, self._length, label))

    def table(self, rows: Iterable[Sequence[str]]) -> None:
        """Add a table: a row a line, its cells joined by " | "; empty rows are left out."""
        lines = ([" ".join(cell.split()) for cell in row] for row in rows)
        self.paragraph("\n".join(CELL_SEPARATOR.join(cells) for cells in lines if any(cells)))

    def notes(self, notes: Sequence[str]) -> None:
        """Add footnotes at the end, numbered, in a section of their own."""
        if any(notes):
            self.section("Notes")
        for number, note in enumerate(notes, start=1):
            self.paragraph(f"[{number}] {note}" if note.strip() else "")

    def append(self, other: "Draft") -> None:
        """Add another draft at the end of this one."""
        start = self._place()
        self._parts += other._parts
        self._length = start + other._length if other._parts else self._length
        self._headings += [Heading(start + h.start, start + h.end, h.label, h.level) for h in other._headings]
        self._spans += [Span(start + span.start, start + span.end, span.part) for span in other._spans]

    def beginning(self, count: int) -> "Draft":
        """The first `count` paragraphs, as a draft."""
        first = Draft()
        first._parts = self._parts[:count]
        first._length = len(first.text)
        first._headings = [heading for heading in self._headings if heading.end <= first._length]
        first._spans = [span for span in self._spans if span.end <= first._length]
        return first

    def extraction(self, statements: Iterable[Field] = ()) -> Extraction:
        """The text so far, its headings and known parts, and the statements."""
        return Extraction(self.text, tuple(statements), tuple(self._headings), tuple(self._spans))

    def _append(self, text: str) -> tuple[int, int]:
        lines = (" ".join(line.split()) for line in text.replace("\u00ad", "").splitlines())
        content = "\n".join(line for line in lines if line)
        if not content:
            return self._length, self._length
        start = self._place()
        self._parts.append(content)
        self._length = start + len(content)
        return start, self._length

    def _place(self) -> int:
        """Where the next paragraph begins."""
        return self._length + 2 if self._parts else 0
