"""A record as an item of CSL-JSON, which every style and export is made from."""

import re
import unicodedata
from typing import Any
from urllib.parse import quote

from corpus import Record, squash
from corpus.languages import is_cyrillic, language_of
from corpus.transliteration import romanised
from rag.bibliography.names import parse_name

_ARTICLE_OF_TREATY = re.compile(r"(?:Article|Art\b\.?|Стать[яиею]|Ст\b\.?)\s*(\d+(?:[.-]\d+)*)", re.I)
_IN_A_VOLUME = {
    "article": "article-journal",
    "abstract": "article-journal",
    "chapter": "chapter",
    "conference paper": "paper-conference",
}
_ON_ITS_OWN = {"treaty": "treaty", "book": "book", "report": "report", "thesis": "thesis", "conference paper": "speech"}
#: So much of a title, a name or another field is printed: the time of citeproc-py grows with the square of its length.
_LONGEST = 2_000
_URL_CHARACTERS = ":/?#[]@!$&'()*+,;=%~"


def csl_item(record: Record, section: str | None = None) -> dict[str, Any]:
    """The item of a record; of a treaty's `section` ("Article 5. Competence") the article's number is kept.

    `language` is that of the title. Only what is known has a key. Follows CSL 1.0.2 (csl-data.json); the parties to
    a treaty have no variable there and stand in `note`.
    """
    language = language_of(record.title) or (record.languages or ("en",))[0]
    title = squash(record.title).rstrip(" .") or ("[Без названия]" if is_cyrillic(language) else "[Untitled]")
    parties = "Стороны" if is_cyrillic(language) else "Parties"
    item = {
        "id": _key(record, title),
        "type": _type(record),
        "title": title,
        "language": language,
        "author": [parse_name(name[:_LONGEST]) for name in record.authors],
        "editor": [parse_name(name[:_LONGEST]) for name in record.editors],
        "issued": _date(record.date),
        "container-title": record.journal,
        "publisher": record.publisher,
        "publisher-place": record.place,
        "volume": record.volume,
        "issue": record.issue,
        "number-of-pages" if _counts_pages(record) else "page": record.pages,
        "section": article_number(section) if record.kind == "treaty" and section else None,
        "DOI": re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", record.doi or "", flags=re.I),
        "URL": quote(web_url(record) or "", safe=_URL_CHARACTERS),
        "accessed": _date(record.accessed),
        "note": f"{parties}: {', '.join(record.parties)}" if record.parties else None,
    }
    return {
        name: squash(value[:_LONGEST]) if isinstance(value, str) else value for name, value in item.items() if value
    }


def web_url(record: Record) -> str | None:
    """The record's address where it is one of the web: other schemes are code or files to who follows them."""
    return record.url if record.url and record.url.lower().startswith(("http://", "https://")) else None


def article_number(section: str) -> str | None:
    """The number of the article that the name of a section begins with: "5" of "Article 5. Competence"; else None."""
    found = _ARTICLE_OF_TREATY.match(section)
    return found.group(1) if found else None


def _counts_pages(record: Record) -> bool:
    """Whether its `pages` are how many a work has, not where it stands in another."""
    return record.kind == "book" or (record.kind in ("report", "thesis") and (record.pages or "").isdecimal())


def _type(record: Record) -> str:
    if record.journal and record.kind in _IN_A_VOLUME:
        return _IN_A_VOLUME[record.kind]
    return _ON_ITS_OWN.get(record.kind) or ("webpage" if web_url(record) else "document")


def _date(date: str | None) -> dict[str, Any] | None:
    return {"date-parts": [[int(part) for part in date.split("-")]]} if date else None


def _key(record: Record, title: str) -> str:
    """A citation key of ASCII letters and digits: bakhlova2022interregional."""
    name = parse_name(record.authors[0]) if record.authors else {}
    words = re.findall(r"\w{4,}", title) or ["untitled"]
    first = name.get("family") or name.get("literal", "").partition(" ")[0] or words.pop(0)
    latin = unicodedata.normalize("NFKD", romanised("".join([first, str(record.year or "nd"), *words[:1]])))
    return re.sub(r"[^a-z0-9]", "", latin.lower())
