"""OpenDocument texts (OASIS ODF 1.3), read with lxml from the zip; footnotes come at the end, numbered."""

import re
from collections.abc import Container, Iterator
from typing import Any

from corpus.archives import Archive
from corpus.errors import UnreadableFile
from corpus.layout.words import superscript
from corpus.readers.draft import Draft
from corpus.readers.markup import attribute, children, descendants, local_name, parse_xml
from corpus.readers.office import properties
from corpus.records import Extraction, Field

_MANIFEST = "META-INF/manifest.xml"
_RAISED = re.compile(r"super|[1-9]")
_SILENT = {"tracked-changes", "annotation", "annotation-end", "table-of-content", "sequence-decls", "forms"}


def read(data: bytes, name: str) -> Extraction:
    """Paragraphs, headings, lists, tables and notes in order. Raises `UnreadableFile`."""
    archive = Archive(data)
    if _MANIFEST in archive and list(descendants(parse_xml(archive.read(_MANIFEST)), "encryption-data")):
        raise UnreadableFile("encrypted with a password")
    content = parse_xml(archive.read("content.xml"))
    text = next(descendants(content, "text"), None)
    if text is None or not text.tag.endswith("office:1.0}text"):
        raise UnreadableFile("no OpenDocument text: it has no body of text")
    document = _Document(_raised_styles(content))
    document.write(text)
    document.draft.notes(document.notes)
    return document.draft.extraction([*document.statements, *_properties(archive)])


def _properties(archive: Archive) -> list[Field]:
    if "meta.xml" not in archive:
        return []
    meta = next(descendants(parse_xml(archive.read("meta.xml")), "meta"), None)
    return [] if meta is None else properties(meta)


def _raised_styles(content: Any) -> frozenset[str | None]:
    """The names of the text's own styles that raise characters."""
    return frozenset(
        attribute(style, "name")
        for style in descendants(content, "style")
        for properties in children(style, "text-properties")
        if _RAISED.match(attribute(properties, "text-position") or "")
    )


class _Document:
    """One text on its way to a draft."""

    def __init__(self, raised: Container[str | None]) -> None:
        self.draft = Draft()
        self._raised = raised
        self.statements: list[Field] = []
        self.notes: list[str] = []
        self._boxes: list[Any] = []

    def write(self, parent: Any) -> None:
        """Add the blocks in an element, lists and sections included."""
        for child in parent:
            name = local_name(child)
            if name in ("p", "h"):
                self._paragraph(child, name)
            elif name == "table":
                self._table(child)
            elif name and name not in _SILENT:
                self.write(child)

    def _paragraph(self, paragraph: Any, name: str) -> None:
        text = self._inline(paragraph)
        if attribute(paragraph, "style-name") == "Title":
            self.statements.append(Field("title", " ".join(text.split()), "heading"))
            self.draft.heading(text, 1)
        elif name == "h":
            self.draft.heading(text, _number(attribute(paragraph, "outline-level")))
        else:
            self.draft.paragraph(text)
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            self.write(box)

    def _table(self, table: Any) -> None:
        rows: list[list[str]] = []
        for row in _rows(table):
            cells = list(children(row, "table-cell"))
            if len(cells) == 1:
                self.draft.table(rows)
                rows = []
                self.write(cells[0])
            else:
                rows.append([" ".join(self._inline(p) for p in descendants(cell, "p", "h")) for cell in cells])
        self.draft.table(rows)

    def _inline(self, element: Any) -> str:
        """The text in a paragraph; its notes and text boxes are remembered."""
        pieces = [element.text or ""]
        for child in element:
            pieces += [self._child_text(child), child.tail or ""]
        return "".join(pieces)

    def _child_text(self, child: Any) -> str:
        name = local_name(child)
        if name == "note":
            bodies = children(child, "note-body")
            self.notes.append(" ".join(self._inline(p) for body in bodies for p in descendants(body, "p")))
            return ""
        if name == "text-box":
            self._boxes.append(child)
            return ""
        if name in ("s", "tab", "line-break"):
            return "\n" if name == "line-break" else " "
        text = "" if name in _SILENT or not name else self._inline(child)
        return superscript(text) if attribute(child, "style-name") in self._raised else text


def _rows(table: Any) -> Iterator[Any]:
    """A table's own rows, those of its groups and header included."""
    for child in children(table, "table-row", "table-rows", "table-row-group", "table-header-rows"):
        if local_name(child) == "table-row":
            yield child
        else:
            yield from _rows(child)


def _number(value: str | None) -> int:
    return int(value) if value and value.isdecimal() and len(value) < 3 else 1
