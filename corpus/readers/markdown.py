"""Markdown with YAML front matter; the text is the file's own characters.

Front matter gives the record. Headings (ATX, CommonMark section 4.2) give the sections; the
front matter itself and the marks of headings are no answer material.
"""

import re

from corpus.errors import UnreadableFile
from corpus.metadata import load_yaml, statements_from_mapping
from corpus.readers.encodings import decode
from corpus.records import Extraction, Field, Heading, Span

_FRONT_MATTER = re.compile(r"\A\ufeff?---[^\S\n]*\r?\n(.*?)^(?:---|\.\.\.)[^\S\n]*(?:\r?\n|\Z)", re.S | re.M)
_HEADING = re.compile(r"^ {0,3}(#{1,6})[^\S\n]([^\n]*)$", re.M)
_CLOSING = re.compile(r"(?:^|(?<=\s))#+$")
_FENCE = re.compile(r"^ {0,3}(```|~~~).*?^ {0,3}\1[^\S\n]*$", re.S | re.M)


def read(data: bytes, name: str) -> Extraction:
    """Decode, then read the front matter and the headings. Raises `UnreadableFile`."""
    text, notes = decode(data)
    front = _FRONT_MATTER.match(text)
    statements = _front_matter(front.group(1)) if front else []
    headings = _headings(text, front.end() if front else 0)
    if headings and headings[0].level == 1:
        statements.append(Field("title", headings[0].label, "heading"))
    spans = [Span(heading.start, heading.end, "heading") for heading in headings]
    if front:
        spans.insert(0, Span(0, front.end(), "boilerplate"))
    return Extraction(text, tuple(statements), tuple(headings), tuple(spans), notes=notes)


def _front_matter(source: str) -> list[Field]:
    try:
        data = load_yaml(source) or {}
        if not isinstance(data, dict):
            raise UnreadableFile("not a mapping of names to values")
        return statements_from_mapping(data, "front matter")
    except UnreadableFile as exc:
        raise UnreadableFile(f"its front matter: {exc}") from exc


def _headings(text: str, start: int) -> list[Heading]:
    fences = [(fence.start(), fence.end()) for fence in _FENCE.finditer(text, start)]
    return [
        Heading(found.start(), found.end(), label, len(found.group(1)))
        for found in _HEADING.finditer(text, start)
        if (label := _CLOSING.sub("", found.group(2).strip()).strip())
        and not any(a <= found.start() < b for a, b in fences)
    ]
