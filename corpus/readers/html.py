"""HTML: the main text of the page by `trafilatura`, without menus, footers and share buttons.

A page that is little or hardly anything else is read in full: trafilatura may leave headings and lists out. Journals
describe their articles in `meta` elements (of Highwire Press, which Google Scholar reads, and of Dublin Core);
`page_metadata` knows those.
"""

import logging
from typing import Any

from corpus.errors import UnreadableFile
from corpus.normalisation import without_note_mark
from corpus.readers.draft import Draft
from corpus.readers.encodings import decode
from corpus.readers.hypertext import FRAME, write_hypertext
from corpus.readers.markup import inner_text, set_apart
from corpus.readers.page_metadata import page_statements
from corpus.records import Extraction, Field

_BREAKS = ("lb", "p", "item", "list", "quote", "row", "cell", "head")
_BLOCKS = ("head", "p", "item", "quote", "table")
_LITTLE_TEXT, _MOST = 1000, 0.9
_DATES = {"extensive_search": False, "original_date": True}


def read(data: bytes, name: str) -> Extraction:
    """Paragraphs separated by blank lines, headings on lines of their own.

    Raises `UnreadableFile` when the bytes are not HTML.
    """
    tree = _parsed(data)
    statements = page_statements(tree)
    draft = Draft()
    page = _write(tree, draft)
    return draft.extraction(statements + ([] if page is None else _statements(page)))


def write_html(data: bytes, draft: Draft) -> None:
    """Add the main text of a page to a text in the making. Raises `UnreadableFile`."""
    _write(_parsed(data), draft)


def _parsed(data: bytes) -> Any:
    from lxml.etree import ParserError
    from lxml.html import fromstring
    from trafilatura import load_html

    for library in ("trafilatura", "htmldate"):
        logging.getLogger(library).setLevel(logging.CRITICAL)  # what they cannot read is reported here
    try:
        tree = load_html(data)
        return fromstring(decode(data)[0]) if tree is None else tree
    except (ValueError, LookupError, ParserError) as exc:
        raise UnreadableFile(f"the page cannot be parsed as HTML: {exc}") from exc


def _write(tree: Any, draft: Draft) -> Any:
    """Add a page's text; returns what trafilatura made of the page, or None."""
    from trafilatura import bare_extraction

    for element in list(tree.iter(*FRAME)):
        if element.getparent() is not None:
            element.drop_tree()
    whole = Draft()
    write_hypertext(whole, tree)
    try:
        page: Any = bare_extraction(tree, include_comments=False, with_metadata=True, date_extraction_params=_DATES)
    except (ValueError, TypeError, AttributeError) as exc:
        raise UnreadableFile(f"the page cannot be parsed as HTML: {exc}") from exc
    main = Draft() if page is None or page.body is None else _main_text(page.body)
    is_all_text = len(whole.text) < _LITTLE_TEXT or len(main.text) > _MOST * len(whole.text)
    draft.append(whole if is_all_text or not main.text else main)
    return page


def _main_text(body: Any) -> Draft:
    """The blocks of trafilatura's own XML, in which an element inside another is part of its block."""
    draft = Draft()
    set_apart(body, _BREAKS)
    for element in body.iter(*_BLOCKS):
        if any(ancestor.tag in _BLOCKS for ancestor in element.iterancestors()):
            continue
        if element.tag == "table":
            draft.table([[inner_text(cell) for cell in row.iter("cell")] for row in element.iter("row")])
        elif element.tag == "head":
            draft.heading(inner_text(element), int((element.get("rend") or "h2").lstrip("h") or 2))
        else:
            draft.paragraph(inner_text(element))
    return draft


def _statements(page: Any) -> list[Field]:
    authors = tuple(name.strip() for name in (page.author or "").split(";") if name.strip())
    found = {
        "title": without_note_mark(page.title or ""),
        "authors": authors,
        "date": page.date,
        "url": page.url,
        "licence": page.license,
        "journal": page.sitename,
    }
    return [Field(name, value, "properties") for name, value in found.items() if value]
