"""The bibliographic reference of a citation."""

import re

from corpus import Record, squash
from corpus.dates import in_words
from corpus.languages import is_cyrillic
from embeddings import StoredDocument
from rag.bibliography.citation_styles import cite
from rag.bibliography.csl_items import web_url

_ODD_URL = re.compile(r"[\s\"<>]")


def reference(
    document: StoredDocument,
    section: str | None = None,
    page: str | None = None,
    part: str = "body",
    style: str | None = None,
) -> str:
    """The reference in a style of `citation_styles`, or eurag's own line, which names the source file.

    That line has authors, title, place of publication, date, identifier and where in it, as far as known. An entry
    of a list of references is marked as that: it is what the document cites. Raises `UnknownStyle`.
    """
    record = document.record
    listed = "In the references of: " if part == "reference" else ""
    if style:
        return listed + cite(record, style, section=section, page=page)
    parts = [_names(record), record.title or document.source, _place(record)]
    if section and record.kind == "treaty":
        parts.append(section)
    if page:
        parts.append(page_reference(record, page))
    if record.doi:
        parts.append(f"https://doi.org/{record.doi}")
    elif (url := web_url(record)) and not _ODD_URL.search(url):
        parts.append(url)
    line = ". ".join(part.rstrip(". ") for part in parts if part)
    copies = f" [also in {', '.join(document.also_in)}]" if document.also_in else ""
    return f"{listed}{line}. ({squash(document.source)}){copies}"


def _names(record: Record) -> str:
    """The authors, parted by semicolons where a name has a comma of its own ("Smith, John")."""
    return ("; " if any("," in name for name in record.authors) else ", ").join(record.authors)


def page_reference(record: Record, page: str) -> str:
    """A page or pages as the text's own language names them: "p. 12", "pp. 12–14", «с. 12»."""
    if is_cyrillic((record.languages or ("en",))[0]):
        return f"с. {page}"
    return f"{'pp.' if '–' in page else 'p.'} {page}"


def _place(record: Record) -> str:
    date = in_words(record.date) if record.date else ""
    if not record.journal:
        return f"signed {date}" if record.kind == "treaty" and date else date
    volume = record.volume or ""
    issue = f"({record.issue})" if record.issue else ""
    pages = f": {record.pages}" if record.pages else ""
    return f"{record.journal}. {record.year or ''}; {volume}{issue}{pages}".replace("; :", ":").rstrip("; ")
