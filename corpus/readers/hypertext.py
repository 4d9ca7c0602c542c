"""HTML and XHTML in full: every block that a browser would show, in order. `html` looks for the main text instead."""

import re
from typing import Any

from corpus.readers.draft import Draft
from corpus.readers.markup import children, descendants, entity_text, inner_text, local_name, raise_digits, set_apart

_SILENT = {"script", "style", "noscript", "template", "head", "svg", "button", "select", "iframe", "object"}
_BLOCKS = set(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form"
    " header hr html li main nav ol p pre section summary td th tr ul".split()
)
_TWO_BREAKS = re.compile(r"\n\s*\n")
_HEADINGS = {f"h{level}": level for level in range(1, 7)}


def write_hypertext(draft: Draft, element: Any) -> None:
    """Add all blocks of an element of lxml, HTML or XHTML: headings, paragraphs, list items, tables."""
    set_apart(element, _BLOCKS | {"br"})
    raise_digits(element)
    flow = _Flow(draft)
    flow.walk(element)
    flow.flush()


class _Flow:
    """Running text that collects until a block begins or ends."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.pieces: list[str] = []

    def flush(self) -> None:
        """What has collected becomes a paragraph, its line breaks kept; two in a row are the end of one."""
        for paragraph in _TWO_BREAKS.split("".join(self.pieces)):
            self.draft.paragraph("\n".join(" ".join(line.split()) for line in paragraph.splitlines()))
        self.pieces.clear()

    def walk(self, element: Any) -> None:
        """Add an element, without what follows it."""
        name = local_name(element).lower()
        if name in _SILENT:
            return
        if name in _HEADINGS:
            self.flush()
            self.draft.heading(inner_text(element), _HEADINGS[name])
        elif name == "table" and _holds_data(element):
            self.flush()
            self.draft.table(_cells(element))
        elif name in _BLOCKS or name == "table":
            self.flush()
            self._inside(element)
            self.flush()
        else:
            self.pieces.append("\n" if name == "br" else entity_text(element))
            self._inside(element)

    def _inside(self, element: Any) -> None:
        if isinstance(element.tag, str):
            self.pieces.append(_one_line(element.text))
        for child in element:
            self.walk(child)
            self.pieces.append(_one_line(child.tail))


def _one_line(text: str | None) -> str:
    return (text or "").replace("\r", " ").replace("\n", " ")


def _holds_data(table: Any) -> bool:
    """Whether a table is one, not a page laid out in cells."""
    blocks = ("table", "ul", "ol", "p", *_HEADINGS)
    return all(
        sum(local_name(found) in blocks for found in cell.iterdescendants()) <= 1
        for cell in descendants(table, "td", "th")
    ) and not any(found is not table for found in descendants(table, "table"))


def _cells(table: Any) -> list[list[str]]:
    rows = [[inner_text(caption)] for caption in children(table, "caption")]
    return rows + [[inner_text(cell) for cell in children(row, "td", "th")] for row in descendants(table, "tr")]
