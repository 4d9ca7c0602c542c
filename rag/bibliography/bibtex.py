"""Items of CSL-JSON as BibTeX, in UTF-8 as BibLaTeX and recent BibTeX read it."""

from typing import Any

from corpus.dates import in_words
from corpus.languages import LANGUAGES, is_cyrillic

_TYPES = {
    "article-journal": "article",
    "book": "book",
    "chapter": "incollection",
    "paper-conference": "inproceedings",
    "report": "techreport",
    "thesis": "phdthesis",
    # BibLaTeX's, which plain BibTeX prints as misc. For treaties it has legal, too, but Zotero drops such entries.
    "treaty": "legislation",
    "webpage": "online",
}
_CONTAINERS = {"incollection": "booktitle", "inproceedings": "booktitle"}
_PUBLISHERS = {"techreport": "institution", "phdthesis": "school"}
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_SPECIAL = {character: f"\\{character}" for character in "&%$#_{}"}
_SPECIAL |= {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_ESCAPES = str.maketrans(_SPECIAL)


def bibtex(item: dict[str, Any]) -> str:
    """One entry, its title in two pairs of braces since capitals of names must stay in every style."""
    kind = _TYPES.get(item["type"], "misc")
    year, month, *_ = [*_date_parts(item), None, None]
    fields = {
        "author": _names(item.get("author", [])),
        "title": f"{{{_escaped(item['title'])}}}",
        _CONTAINERS.get(kind, "journal"): _escaped(item.get("container-title", "")),
        "editor": _names(item.get("editor", [])),
        _PUBLISHERS.get(kind, "publisher"): _escaped(item.get("publisher", "")),
        "address": _escaped(item.get("publisher-place", "")),
        "type": "Thesis" if kind == "phdthesis" else None,  # else it is printed as a doctor's
        "year": year,
        "month": month,
        "volume": _escaped(item.get("volume", "")),
        "number": _escaped(item.get("issue", "")),
        "pages": item.get("page", "").replace("-", "--").replace("–", "--"),
        "pagetotal": item.get("number-of-pages"),
        "doi": item.get("DOI"),
        "url": item.get("URL"),
        "urldate": _iso(item, "accessed"),
        "note": _escaped(_note(item)),
        "langid": _language(item["language"]),
    }
    lines = [f"  {name} = {_value(name, value)}" for name, value in fields.items() if value]
    return f"@{kind}{{{item['id']},\n" + ",\n".join(lines) + "\n}"


def _value(name: str, value: Any) -> str:
    return _MONTHS[value - 1] if name == "month" else f"{{{value}}}"


def _language(code: str) -> str | None:
    """The name that BibLaTeX's `langid` has for a language."""
    return LANGUAGES[code].english.lower() if code in LANGUAGES else None


def _names(names: list[dict[str, str]]) -> str:
    return " and ".join(
        _escaped(f"{name['family']}, {name['given']}") if "family" in name else f"{{{_escaped(name['literal'])}}}"
        for name in names
    )


def _note(item: dict[str, Any]) -> str:
    """What BibTeX has no fields for: the article of a treaty, its date, its parties."""
    date = _iso(item) if item["type"] == "treaty" else ""
    if is_cyrillic(item["language"]):
        article, signed = "Статья", f"Дата подписания: {'.'.join(reversed(date.split('-')))}"
    else:
        article, signed = "Article", f"Signed {in_words(date)}"
    named = f"{article} {item['section']}" if "section" in item else ""
    return ". ".join(filter(None, (named, signed if date else "", item.get("note"))))


def _date_parts(item: dict[str, Any], name: str = "issued") -> list[int]:
    return item[name]["date-parts"][0] if name in item else []


def _iso(item: dict[str, Any], name: str = "issued") -> str:
    return "-".join(f"{part:02d}" for part in _date_parts(item, name))


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)
