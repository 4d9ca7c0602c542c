"""Items of CSL-JSON as references in plain text, by citeproc-py, and what it needs help with."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from corpus.languages import is_cyrillic
from corpus.transliteration import romanised
from rag.bibliography.names import initials

_STYLES = Path(__file__).parent / "styles"
_KNOWN_TYPES = {"document": "webpage", "paper-conference": "chapter"}  # what the styles cannot print, as what they can
_LONG_PREPOSITION = re.compile(
    r"(?<!: )\b(about|after|against|among|before|between|during|through|towards?|under|with(?:in|out))\b"
)
_HALF_CAPITAL = re.compile(r"(?<!\S)[a-z](?=[a-z]*-[A-Z])")
_NOBODY = "Nobody"
_RENDERING = Lock()  # citeproc-py keeps the state of a rendering in the style

Item = dict[str, Any]


def gost(item: Item, page: str | None = None) -> str:
    """GOST R 7.0.5-2008, a reference in a list; `page` stands instead of the pages of the whole."""
    few = len(item.get("author", ())) <= 3
    names = {"author" if few else "composer": item.get("author", []), "editor": item.get("editor", [])}
    abbreviated = {
        role: [name | {"given": initials(name["given"])} if "given" in name else name for name in people]
        for role, people in names.items()
    }
    whole = {"author", "editor"} | ({"number-of-pages"} if page else set())
    rest = {name: value for name, value in item.items() if name not in whole}
    locale = "ru-RU" if is_cyrillic(item["language"]) else "en-US"
    return _rendered(rest | _present(abbreviated | {"page": page or rest.get("page")}), "gost-r-7-0-5-2008", locale)


def apa(item: Item, page: str | None = None) -> str:
    """APA, 7th edition, Cyrillic in Latin letters. `page` stands after the reference, in brackets."""
    item = _in_english(item)
    if _by_nobody(item):
        item["author"] = [{"literal": item.pop("title")}]  # citeproc-py prints a title in the author's place twice
    line = _rendered(item, "apa", "en-US")
    line = line.replace(" (Publication)", "")  # the number of a thesis, which there is none of
    line = re.sub(r"\beds?\.\)", lambda match: match.group().capitalize(), line)
    return _with_page(_joined_url(line, item), page)


def chicago(item: Item, page: str | None = None) -> str:
    """Chicago, 17th edition, an entry of a bibliography, Cyrillic in Latin letters; `page` as in `apa`."""
    item = _in_english(item)
    item |= {name: _for_headline(item[name]) for name in ("title", "container-title") if name in item}
    if _by_nobody(item):
        item["author"] = [{"literal": _NOBODY}]  # the same fault; here a title at the front must keep its quotes
    if item["type"] == "webpage" and not {"issued", "accessed"} & set(item):
        item["issued"] = {"literal": "n.d."}
    line = _rendered(item, "chicago-notes-bibliography-17th-edition", "en-US").removeprefix(f"{_NOBODY}. ")
    line = re.sub(r"(?<=[?!…])”\.", "”", line)
    line = re.sub(r"”([.,])", r"\1”", line)  # citeproc-py leaves them outside the quotes
    return _with_page(_joined_url(line, item), page)


def _in_english(item: Item) -> Item:
    """The item as a style set in English takes it: romanised, an article of a treaty in its title."""
    item = {name: _each_text(value, romanised) for name, value in item.items() if name != "note"}
    item["type"] = _KNOWN_TYPES.get(item["type"], item["type"])
    if item["type"] == "thesis":
        item["genre"] = "Thesis"  # of what degree, records do not say
    if "section" in item:
        item["title"] += f', <span class="nocase">art.</span> {item.pop("section")}'
    return item


def _for_headline(title: str) -> str:
    """The title with what citeproc-py's title case would spoil in English mended: "post-Soviet", "within"."""
    capital = _HALF_CAPITAL.sub(lambda match: match.group().upper(), title)
    return _LONG_PREPOSITION.sub(r'<span class="nocase">\1</span>', capital)


def _by_nobody(item: Item) -> bool:
    """Whether a style would put the title where the author's name should stand."""
    return "author" not in item and item["type"] != "treaty"


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, list):
        return [_each_text(part, change) for part in value]
    if isinstance(value, dict):
        return {name: _each_text(part, change) for name, part in value.items()}
    return change(value) if isinstance(value, str) else value


def _joined_url(line: str, item: Item) -> str:
    """Of a treaty the address follows a comma, as in legal references."""
    return line.replace(f". {item['URL']}", f", {item['URL']}") if item["type"] == "treaty" and "URL" in item else line


def _with_page(line: str, page: str | None) -> str:
    sign = "pp." if page and "–" in page else "p."
    return f"{line.removesuffix('.')} ({sign} {page})." if page else line


def _present(item: Item) -> Item:
    return {name: value for name, value in item.items() if value}


def _rendered(item: Item, style: str, locale: str) -> str:
    from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
    from citeproc.source.json import CiteProcJSON

    with _RENDERING:
        bibliography = CitationStylesBibliography(_style(style, locale), CiteProcJSON([item]), formatter.plain)
        bibliography.register(Citation([CitationItem(item["id"])]))
        return re.sub(r"([?!…])\.(?=\s|$)", r"\1", "".join(map(str, bibliography.bibliography())))


@cache
def _style(name: str, locale: str) -> Any:
    from citeproc import CitationStylesStyle

    style = CitationStylesStyle(str(_STYLES / f"{name}.csl"), locale, validate=False)
    if name.startswith("chicago"):
        style.root.attrib.pop(
            "initialize-with"
        )  # citeproc-py does not know initialize="false", which spares full names
    return style
