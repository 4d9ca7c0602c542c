"""HTML: the main text of the page by `trafilatura`, without menus, footers and share buttons."""

from typing import Any

from corpus.errors import UnreadableFile
from corpus.records import Extraction, Field, Heading, Span

_FRAME = ("nav", "header", "footer", "aside", "form", "button", "script", "style", "noscript")
_BREAKS = ("lb", "p", "item", "list", "quote", "row", "cell", "head")
_KINDS = {"head": "heading", "p": "text", "item": "text", "quote": "text", "cell": "text"}


_DATES = {"extensive_search": False, "original_date": True}


def read(data: bytes, name: str) -> Extraction:
    """Paragraphs separated by blank lines, headings on lines of their own.

    Raises `UnreadableFile` when the bytes are not HTML or the page has no main text.
    """
    from trafilatura import bare_extraction, load_html

    try:
        tree = load_html(data)
        page: Any = (
            None
            if tree is None
            else bare_extraction(
                _without_frame(tree), include_comments=False, with_metadata=True, date_extraction_params=_DATES
            )
        )
    except (ValueError, RecursionError) as exc:
        raise UnreadableFile(f"the page cannot be parsed as HTML: {exc}") from exc
    if page is None or page.body is None:
        raise UnreadableFile("the page holds no main text")
    text, headings = _flatten(page.body)
    spans = tuple(Span(heading.start, heading.end, "heading") for heading in headings)
    return Extraction(text, tuple(_statements(page)), tuple(headings), spans)


def _without_frame(tree: Any) -> Any:
    """The page without menus, headers, footers, forms and scripts, which short pages let through."""
    for element in list(tree.iter(*_FRAME)):
        if element.getparent() is not None:
            element.drop_tree()
    return tree


def _flatten(body: Any) -> tuple[str, list[Heading]]:
    text, headings = "", []
    for element in body.iter(*_BREAKS):
        element.text, element.tail = f" {element.text or ''}", f" {element.tail or ''}"
    for element in body.iter(*_KINDS):
        if any(ancestor.tag in _KINDS for ancestor in element.iterancestors()):
            continue
        content = " ".join("".join(element.itertext()).split())
        if not content:
            continue
        text += "\n\n" if text else ""
        if element.tag == "head":
            level = int((element.get("rend") or "h2").lstrip("h") or 2)
            headings.append(Heading(len(text), len(text) + len(content), content, level))
        text += content
    return text, headings


def _statements(page: Any) -> list[Field]:
    authors = tuple(name.strip() for name in (page.author or "").split(";") if name.strip())
    found = {
        "title": page.title,
        "authors": authors,
        "date": page.date,
        "url": page.url,
        "licence": page.license,
        "journal": page.sitename,
    }
    return [Field(name, value, "metadata") for name, value in found.items() if value]
