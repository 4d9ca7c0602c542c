"""Word documents (OOXML, ECMA-376), read with lxml from the zip.

python-docx, the usual library, unpacks any archive whole and gives no footnotes, text boxes or tracked insertions.
What is deleted, hidden, or a table of contents is left out; footnotes and endnotes come at the end, numbered.
"""

import posixpath
from collections.abc import Iterator
from typing import Any

from corpus.archives import Archive
from corpus.errors import UnreadableFile
from corpus.layout.words import superscript
from corpus.readers.draft import Draft
from corpus.readers.markup import attribute, children, descendants, local_name, parse_xml
from corpus.readers.office import core_properties
from corpus.records import Extraction, Field

_TEXT = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_SILENT = {"pPr", "rPr", "del", "moveFrom", "instrText", "Fallback", "delText"}
_INSIDE = {"sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"}
_DEEPEST_STYLE = 10


def read(data: bytes, name: str) -> Extraction:
    """Paragraphs, headings, tables and notes in order. Raises `UnreadableFile`."""
    archive = Archive(data)
    package = _relations(archive, "")
    main = package.get("officeDocument", "word/document.xml")
    body = next(children(parse_xml(archive.read(main)), "body"), None)
    if body is None:
        raise UnreadableFile("no Word document: it has no body")
    related = _relations(archive, main)
    document = _Document(_styles(archive, related), _notes(archive, related))
    for part in (related.get("header", ""), related.get("footer", "")):
        document.running(parse_xml(archive.read(part)) if part in archive else ())
    document.write(body)
    document.draft.notes([document.notes.get(key, "") for key in document.noted])
    return document.draft.extraction([*document.statements, *core_properties(archive, package.get("core-properties"))])


def _relations(archive: Archive, part: str) -> dict[str, str]:
    """Kind -> part that a part (or the package, "") refers to, as in {"styles": "word/styles.xml"}."""
    folder, file_name = posixpath.split(part)
    rels = posixpath.join(folder, "_rels", f"{file_name}.rels")
    if rels not in archive:
        return {}
    return {
        (attribute(relation, "Type") or "").rpartition("/")[2]: posixpath.normpath(
            posixpath.join("/", folder, attribute(relation, "Target") or "")
        ).lstrip("/")
        for relation in reversed(list(descendants(parse_xml(archive.read(rels)), "Relationship")))
        if attribute(relation, "TargetMode") != "External"
    }


def _value(element: Any, *path: str) -> str | None:
    """The `val` of the element at the end of a path of local names, or None."""
    for name in path:
        element = next(children(element, name), None)
        if element is None:
            return None
    return attribute(element, "val")


class _Styles:
    """Paragraph styles: what level of heading they give."""

    def __init__(self, root: Any) -> None:
        styles = [] if root is None else list(children(root, "style"))
        self._by_id = {attribute(style, "styleId"): style for style in styles}

    def name(self, style_id: str | None) -> str:
        """The built-in or given name, in small letters."""
        style = self._by_id.get(style_id)
        return ("" if style is None else _value(style, "name") or "").lower()

    def level(self, style_id: str | None) -> int | None:
        """1 for the highest heading and the title, None for no heading."""
        for _ in range(_DEEPEST_STYLE):
            style = self._by_id.get(style_id)
            if style is None:
                return None
            name = self.name(style_id)
            if name == "title":
                return 1
            if name.startswith("heading ") and name[8:].isdecimal():
                return int(name[8:])
            if (outline := _value(style, "pPr", "outlineLvl")) is not None:
                return _outline_level(outline)
            style_id = _value(style, "basedOn")
        return None


def _outline_level(value: str) -> int | None:
    return int(value) + 1 if value.isdecimal() and int(value) < 9 else None


def _styles(archive: Archive, related: dict[str, str]) -> _Styles:
    part = related.get("styles", "")
    return _Styles(parse_xml(archive.read(part)) if part in archive else None)


def _notes(archive: Archive, related: dict[str, str]) -> dict[tuple[str, str | None], str]:
    """(kind, id) -> text of every footnote and endnote."""
    found = {}
    for kind in ("footnote", "endnote"):
        part = related.get(f"{kind}s", "")
        root = parse_xml(archive.read(part)) if part in archive else ()
        for note in children(root, kind):
            found[kind, attribute(note, "id")] = " ".join(_Document.plain(note))
    return found


class _Document:
    """One document on its way to a draft."""

    def __init__(self, styles: _Styles, notes: dict[tuple[str, str | None], str]) -> None:
        self.draft = Draft()
        self.statements: list[Field] = []
        self.notes = notes
        self.noted: list[tuple[str, str | None]] = []
        self._styles = styles
        self._boxes: list[Any] = []

    @classmethod
    def plain(cls, element: Any) -> list[str]:
        """The texts of the paragraphs below an element."""
        document = cls(_Styles(None), {})
        return [document._inline(paragraph) for paragraph in descendants(element, "p")]

    def running(self, part: Any) -> None:
        """Add what stands at the edge of every page: it may name the journal, and answers nothing."""
        for text in filter(str.strip, _Document.plain(part) if len(part) else []):
            self.draft.paragraph(text, "boilerplate")

    def write(self, parent: Any) -> None:
        """Add the blocks directly in an element, or in what only wraps them."""
        for child in parent:
            name = local_name(child)
            if name == "p":
                self._paragraph(child)
            elif name == "tbl":
                self._table(child)
            elif name in _INSIDE:
                self.write(child)

    def _paragraph(self, paragraph: Any) -> None:
        text = self._inline(paragraph)
        style = _value(paragraph, "pPr", "pStyle")
        level = _outline_level(_value(paragraph, "pPr", "outlineLvl") or "") or self._styles.level(style)
        if self._styles.name(style).startswith("toc "):
            return
        if self._styles.name(style) == "title":
            self.statements.append(Field("title", " ".join(text.split()), "heading"))
        if level:
            self.draft.heading(text, level)
        else:
            self.draft.paragraph(text)
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            self.write(box)

    def _table(self, table: Any) -> None:
        """Rows of cells; a row of one cell is layout, and its blocks are the document's own."""
        rows: list[list[str]] = []
        for cells in (list(_within(row, "tc")) for row in _within(table, "tr")):
            if len(cells) == 1:
                self.draft.table(rows)
                rows = []
                self.write(cells[0])
            else:
                rows.append([" ".join(self.plain(cell)) for cell in cells])
        self.draft.table(rows)

    def _inline(self, element: Any) -> str:
        """The text in a paragraph; its notes and text boxes are remembered."""
        name = local_name(element)
        if name in _SILENT or (name == "r" and _is_hidden(element)):
            return ""
        if name == "t":
            return element.text or ""
        if name in ("footnoteReference", "endnoteReference"):
            self.noted.append((name.removesuffix("Reference"), attribute(element, "id")))
            return ""
        if name == "txbxContent":
            self._boxes.append(element)
            return ""
        text = _TEXT.get(name) or "".join(self._inline(child) for child in element)
        return superscript(text) if name == "r" and _is_raised(element) else text


def _within(parent: Any, name: str) -> Iterator[Any]:
    """The children of a name, also those in what only wraps them."""
    for child in parent:
        if local_name(child) == name:
            yield child
        elif local_name(child) in _INSIDE:
            yield from _within(child, name)


def _is_raised(run: Any) -> bool:
    height = _value(run, "rPr", "position") or ""
    return _value(run, "rPr", "vertAlign") == "superscript" or (height.isdecimal() and height.strip("0") != "")


def _is_hidden(run: Any) -> bool:
    hidden = next((mark for properties in children(run, "rPr") for mark in children(properties, "vanish")), None)
    return hidden is not None and attribute(hidden, "val") not in ("0", "false", "off")
