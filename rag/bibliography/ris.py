"""Items of CSL-JSON as RIS, the tagged format that Zotero, EndNote and Mendeley read."""

import re
from collections.abc import Iterator
from typing import Any

_TYPES = {
    "article-journal": "JOUR",
    "book": "BOOK",
    "chapter": "CHAP",
    "paper-conference": "CPAPER",
    "speech": "CPAPER",
    "report": "RPRT",
    "thesis": "THES",
    "treaty": "STAT",  # RIS has no treaties; Zotero reads GEN as an article of a journal, LEGAL as a case
    "webpage": "ELEC",
}
_TAGS = {
    "title": "TI",
    "container-title": "T2",
    "publisher": "PB",
    "publisher-place": "CY",
    "volume": "VL",
    "issue": "IS",
    "number-of-pages": "SP",
    "section": "SE",
    "DOI": "DO",
    "URL": "UR",
    "note": "N1",
    "language": "LA",
}


def ris(item: dict[str, Any]) -> str:
    """One reference, from TY to ER, lines ended by line feeds."""
    return "\n".join(f"{tag}  - {value}" for tag, value in _lines(item))


def _lines(item: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "TY", _TYPES.get(item["type"], "GEN")
    yield "ID", item["id"]
    for role, tag in (("author", "AU"), ("editor", "A2")):
        for name in item.get(role, []):
            yield tag, f"{name['family']}, {name['given']}" if "family" in name else name["literal"]
    for date, tag in (("issued", "DA"), ("accessed", "Y2")):
        if date in item:
            year, *rest = item[date]["date-parts"][0]
            yield from [("PY", str(year))] if date == "issued" else []
            yield tag, "/".join([str(year), *(f"{part:02d}" for part in rest)])
    pages = map(str.strip, re.split("[-–]", item.get("page", ""), maxsplit=1))
    yield from zip(("SP", "EP"), filter(None, pages), strict=False)
    for name, tag in _TAGS.items():
        if name in item:
            yield tag, item[name]
    if item["type"] == "treaty":
        yield "M2", "Type: treaty"  # Zotero's field Extra, where this gives the item its type in CSL
    yield "ER", ""
