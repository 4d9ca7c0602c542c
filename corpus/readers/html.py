"""HTML: the main text of a page by `trafilatura`, without menus, notices, sharing, comments and further reading.

What its lists know by name goes first. A page that is little or hardly anything else is then read in full, up to the
end of its main text: trafilatura may leave headings and lists out. Journals describe their articles in `meta` elements
(of Highwire Press, which Google Scholar reads, and of Dublin Core); `page_metadata` knows those.
"""

import logging
from collections.abc import Iterable
from typing import Any

from corpus.errors import UnreadableFile
from corpus.normalisation import squash, without_note_mark
from corpus.readers.draft import CELL_SEPARATOR, Draft
from corpus.readers.encodings import decode
from corpus.readers.hypertext import write_hypertext
from corpus.readers.markup import inner_text, set_apart
from corpus.readers.page_metadata import page_statements
from corpus.records import Extraction, Field

_BREAKS = ("lb", "p", "item", "list", "quote", "row", "cell", "head")
_BLOCKS = ("head", "p", "item", "quote", "table")
_LITTLE_TEXT, _MOST, _NO_NOTICE = 1000, 0.9, 0.4
_FRAME = """//nav | //aside | //footer | //dialog | //button | //script | //style | //noscript
| //*[@hidden] | //header[not(ancestor::article or ancestor::main)]
| //*[contains(' alertdialog banner complementary contentinfo dialog navigation search ', concat(' ', @role, ' '))]"""
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

    _prune(tree)
    whole = Draft()
    write_hypertext(whole, tree)
    try:
        page: Any = bare_extraction(
            tree, include_comments=False, favor_recall=True, with_metadata=True, date_extraction_params=_DATES
        )
    except (ValueError, TypeError, AttributeError) as exc:
        raise UnreadableFile(f"the page cannot be parsed as HTML: {exc}") from exc
    main = Draft() if page is None or page.body is None else _main_text(page.body)
    is_all_text = len(whole.text) < _LITTLE_TEXT or len(main.text) > _MOST * len(whole.text)
    draft.append(_without_tail(whole, main) if is_all_text or not main.text else main)
    return page


def _prune(tree: Any) -> None:
    """Drop what frames a page, and what trafilatura knows by its name: comments, sharing, notices, further reading.

    What names authors stays, and what holds a good part of the page, as the one form of many old sites does.
    """
    from trafilatura.xpaths import OVERALL_DISCARD_XPATH, REMOVE_COMMENTS_AND_LISTS_XPATH

    _drop(tree.xpath(_FRAME))
    _drop(found for look in REMOVE_COMMENTS_AND_LISTS_XPATH for found in look(tree))
    most = _NO_NOTICE * len(tree.text_content())
    named = (found for look in OVERALL_DISCARD_XPATH for found in look(tree))
    small = (found for found in (*tree.iter("form"), *named) if len(found.text_content()) < most)
    _drop(found for found in list(small) if "author" not in found.get("class", ""))


def _drop(elements: Iterable[Any]) -> None:
    for element in elements:
        if element.getparent() is not None:
            element.drop_tree()


def _without_tail(whole: Draft, main: Draft) -> Draft:
    """All of a page up to its last table or paragraph of the main text: further reading and forms follow that."""
    text = squash(main.text)
    held = [
        number
        for number, paragraph in enumerate(whole.paragraphs, start=1)
        if CELL_SEPARATOR in paragraph or squash(paragraph) in text
    ]
    return whole.beginning(held[-1]) if main.text and held else whole


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
