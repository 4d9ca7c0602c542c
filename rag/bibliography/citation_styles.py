"""References in the styles that scholars use, and in the formats that their programs read."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from corpus import Record
from rag.answer.answer import Answer
from rag.bibliography import csl_text
from rag.bibliography.bibtex import bibtex
from rag.bibliography.csl_items import csl_item
from rag.bibliography.ris import ris
from rag.errors import UnknownStyle

Items = Sequence[dict[str, Any]]
_PLAIN = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Style:
    """A style: its full title, the media type of what it makes, and `write`, from CSL-JSON items to text.

    `text` is the reference of one item for reading, with an optional page; exports for programs have none.
    """

    title: str
    media_type: str
    write: Callable[[Items], str]
    text: Callable[[dict[str, Any], str | None], str] | None = None


def _text_style(title: str, text: Callable[[dict[str, Any], str | None], str]) -> Style:
    return Style(title, _PLAIN, lambda items: "\n".join(text(item, None) for item in items), text)


STYLES = {
    "gost": _text_style("GOST R 7.0.5-2008", csl_text.gost),
    "apa": _text_style("APA, 7th edition", csl_text.apa),
    "chicago": _text_style("Chicago, 17th edition, bibliography", csl_text.chicago),
    "bibtex": Style("BibTeX", "application/x-bibtex; charset=utf-8", lambda items: "\n\n".join(map(bibtex, items))),
    "ris": Style("RIS", "application/x-research-info-systems; charset=utf-8", lambda items: "\n".join(map(ris, items))),
    "csl-json": Style(
        "CSL-JSON",
        "application/vnd.citationstyles.csl+json",
        lambda items: json.dumps(items, ensure_ascii=False, indent=2),
    ),
}


def cite(record: Record, style: str, *, section: str | None = None, page: str | None = None) -> str:
    """The reference of a record, a list of one in CSL-JSON.

    Of a treaty, `section` ("Article 5. Competence") names the article. `page` stands in the styles for reading only.
    Raises `UnknownStyle`.
    """
    chosen, item = find_style(style), csl_item(record, section)
    return chosen.text(item, page) if chosen.text else chosen.write([item])


def cite_all(answer: Answer, style: str) -> str:
    """The references of an answer's documents, each once, in order of citation. Raises `UnknownStyle`."""
    quotes = [quote for sentence in answer.sentences for quote in sentence.quotes]
    records = {quote.passage.document.id: quote.passage.document.record for quote in quotes}
    return find_style(style).write(_with_own_ids([csl_item(record) for record in records.values()]))


def find_style(name: str) -> Style:
    """The style of this name. Raises `UnknownStyle`."""
    if name not in STYLES:
        raise UnknownStyle(f"there is no reference style '{name}'; there are {', '.join(STYLES)}")
    return STYLES[name]


def _with_own_ids(items: Items) -> Items:
    """The items, a number added to an id that an earlier one has: haas1958uniting, haas1958uniting-2."""
    seen: Counter[str] = Counter()
    for item in items:
        seen[item["id"]] += 1
        if seen[item["id"]] > 1:
            item["id"] += f"-{seen[item['id']]}"
    return items
