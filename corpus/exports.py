"""Bibliographic exports: BibTeX, RIS and CSL-JSON, as Zotero and other reference managers write them.

An entry that cannot be read is one problem, and the others are read. `join` finds the files that entries describe:
those they name (the `file` field of BibTeX, `L1` of RIS), or for an export of one entry the file of its own name
(`article.bib` or `article.pdf.bib` beside `article.pdf`).
"""

import json
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import UnreadableFile
from corpus.normalisation import squash
from corpus.readers.encodings import decode
from corpus.readers.statements import doi_in, iso_date, page_range, stated
from corpus.records import Field

_KINDS = {
    **dict.fromkeys(("article", "article-journal", "article-magazine", "jour", "mgzn"), "article"),
    **dict.fromkeys(("inproceedings", "conference", "paper-conference", "cpaper", "conf"), "conference paper"),
    **dict.fromkeys(("incollection", "inbook", "chapter", "chap"), "chapter"),
    **dict.fromkeys(("book", "collection", "mvbook"), "book"),
    **dict.fromkeys(("phdthesis", "mastersthesis", "thesis", "thes"), "thesis"),
    **dict.fromkeys(("techreport", "report", "rprt"), "report"),
    **dict.fromkeys(("online", "webpage", "post-weblog", "elec"), "web page"),
}
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_RIS_END = re.compile(r"^ER\s\s?-.*$", re.M)
_RIS_FILES = ("L1", "L2", "L3", "L4")
_UNESCAPED = r"(?<!\\)"


@dataclass(frozen=True, slots=True)
class Entry:
    """What an export says of one work: `key` names it, `files` are paths as the export gives them.

    What no path can hold raises `ValueError`.
    """

    key: str
    statements: tuple[Field, ...]
    files: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if any("\0" in file for file in self.files):
            raise ValueError("a path holds a zero byte")


@dataclass(frozen=True, slots=True)
class Export:
    """The entries of a file, and a line about each that cannot be read."""

    entries: tuple[Entry, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Joined:
    """Which files entries describe; the entries that describe none, with the files that they name."""

    described: Mapping[Path, tuple[Field, ...]]
    alone: tuple[tuple[Entry, tuple[str, ...]], ...]


def read_export(data: bytes, name: str) -> Export:
    """The entries in an export's bytes, of the kind that its suffix names. Raises `UnreadableFile` when it has none."""
    text = decode(data)[0]
    export = EXPORTS[Path(name).suffix.lower()](text)
    if not export.entries and not export.problems:
        raise UnreadableFile("no bibliographic export: it holds no entries")
    return export


def join(export: Export, path: Path, files: Iterable[Path]) -> Joined:
    """Join the entries of the export at `path` to those of `files` (all resolved) that they describe."""
    known = set(files)
    described: dict[Path, tuple[Field, ...]] = {}
    alone = []
    for entry in export.entries:
        named = {file: (path.parent / file).resolve() for file in entry.files}
        if not named and len(export.entries) == 1:
            named = {file.name: file for file in known if file in _namesakes(path, file)}
        present = [target for target in named.values() if target in known]
        described |= dict.fromkeys(present, entry.statements)
        if not present:
            alone.append((entry, tuple(named)))
    return Joined(described, tuple(alone))


def _namesakes(path: Path, file: Path) -> tuple[Path, ...]:
    """The file itself where the export beside it has its name, with or without its suffix."""
    same = file.parent == path.parent and path.stem in (file.name, file.stem) and file.suffix not in EXPORTS
    return (file,) if same else ()


def _bibtex(text: str) -> Export:
    import bibtexparser.entrypoint
    from bibtexparser.middlewares import SeparateCoAuthors

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it cannot read is reported here
    library = bibtexparser.entrypoint.parse_string(text, append_middleware=[SeparateCoAuthors()])
    entries = []
    for block in library.entries:
        values = {field.key.lower(): field.value for field in block.fields}
        plain = {name: _each(value, _without_latex) for name, value in values.items() if name not in ("file", "url")}
        statements = _bibtex_statements(block.entry_type.lower(), plain | {"url": values.get("url")})
        entries.append(Entry(block.key, statements, tuple(_bibtex_files(str(values.get("file", ""))))))
    problems = (
        f"the entry on line {(block.start_line or 0) + 1} cannot be read: {_reason(block)}"
        for block in library.failed_blocks
    )
    return Export(tuple(entries), tuple(problems))


def _reason(block: Any) -> str:
    return squash(str(block.error)).partition(". ")[0] or "it is no BibTeX"


def _bibtex_statements(kind: str, values: Mapping[str, Any]) -> tuple[Field, ...]:
    month = str(values.get("month", "")).lower()[:3]
    year = str(values.get("year", ""))
    dated = f"{year}-{_MONTHS.index(month) + 1:02d}" if year and month in _MONTHS else year
    return _statements(
        {
            "kind": _KINDS.get(kind),
            "title": _titled(values.get("title"), values.get("subtitle")),
            "authors": values.get("author"),
            "editors": values.get("editor"),
            "date": iso_date(str(values.get("date", ""))) or iso_date(dated),
            "journal": values.get("journal") or values.get("journaltitle") or values.get("booktitle"),
            "publisher": values.get("publisher") or values.get("institution") or values.get("school"),
            "place": values.get("address") or values.get("location"),
            "volume": values.get("volume"),
            "issue": values.get("number") or values.get("issue"),
            "pages": "-".join(map(str.strip, re.split("[-–]+", str(values.get("pages", ""))))),
            "doi": doi_in([str(values.get("doi", ""))]),
            "url": values.get("url"),
            "accessed": iso_date(str(values.get("urldate", ""))),
            "languages": values.get("langid") or values.get("language"),
            "abstracts": values.get("abstract"),
            "keywords": values.get("keywords"),
        }
    )


def _bibtex_files(value: str) -> Iterator[str]:
    """The paths in "title:path:type;title:path:type", or bare ones; semicolons, colons and backslashes are escaped."""
    for item in re.split(rf"{_UNESCAPED};", value):
        parts = re.split(rf"{_UNESCAPED}:", item.strip())
        path = parts[1] if len(parts) > 2 else item.strip()
        if path:
            yield re.sub(r"\\(.)", r"\1", path)


def _without_latex(text: str) -> str:
    if not re.search(r"[\\{}$~]", text):
        return text
    from pylatexenc.latex2text import LatexNodes2Text

    return squash(str(LatexNodes2Text(math_mode="verbatim").latex_to_text(re.sub(r"(?<!\\)%", r"\\%", text))))


def _each(value: Any, change: Any) -> Any:
    return [change(item) for item in value] if isinstance(value, list) else change(str(value))


def _ris(text: str) -> Export:
    import rispy

    mapping = {tag: tag for tag in rispy.RisParser.DEFAULT_MAPPING}
    listed = ["AU", "A1", "A2", "ED", "KW", *_RIS_FILES]
    entries, problems = [], []
    for number, record in enumerate(filter(str.strip, _RIS_END.split(text)), start=1):
        try:
            (values,) = rispy.loads(
                f"{record.strip()}\nER  - \n", mapping=mapping, list_tags=listed, skip_unknown_tags=True
            )
        except (ValueError, OSError, KeyError) as exc:
            problems.append(f"entry {number} cannot be read: {squash(str(exc)) or 'it is no RIS'}")
            continue
        files = [file for tag in _RIS_FILES for file in values.get(tag, []) if "://" not in file]
        entries.append(Entry(values.get("ID") or str(number), _ris_statements(values), tuple(files)))
    return Export(tuple(entries), tuple(problems))


def _ris_statements(values: Mapping[str, Any]) -> tuple[Field, ...]:
    def first(*tags: str) -> Any:
        return next((values[tag] for tag in tags if values.get(tag)), None)

    urls = first("UR")
    return _statements(
        {
            "kind": _KINDS.get(str(values.get("TY", "")).lower()),
            "title": first("TI", "T1"),
            "authors": first("AU", "A1"),
            "editors": first("A2", "ED"),
            "date": iso_date(first("DA", "Y1", "PY")) or iso_date(first("PY")),
            "journal": first("T2", "JO", "JF", "BT"),
            "publisher": first("PB"),
            "place": first("CY"),
            "volume": first("VL"),
            "issue": first("IS"),
            "pages": page_range(first("SP"), first("EP")),
            "doi": doi_in([first("DO") or ""]),
            "url": urls[0] if isinstance(urls, list) else urls,
            "accessed": iso_date(first("Y2")),
            "languages": first("LA"),
            "abstracts": first("AB", "N2"),
            "keywords": first("KW"),
        }
    )


def _csl_json(text: str) -> Export:
    try:
        data = json.loads(text)
    except RecursionError as exc:
        raise UnreadableFile("not JSON that can be read: nested too deeply") from exc
    except ValueError as exc:
        raise UnreadableFile(f"not JSON: {exc}") from exc
    items = data if isinstance(data, list) else data.get("items", [data]) if isinstance(data, dict) else []
    entries, problems = [], []
    for number, item in enumerate(items, start=1):
        if isinstance(item, dict) and isinstance(item.get("title"), str) and isinstance(item.get("type"), str):
            entries.append(Entry(str(item.get("id", number)), _csl_statements(item)))
        else:
            problems.append(f"entry {number} is no item of CSL-JSON: it has no type and title")
    if not entries:
        raise UnreadableFile("no bibliographic export: no item of CSL-JSON has a type and a title")
    return Export(tuple(entries), tuple(problems))


def _csl_statements(item: Mapping[str, Any]) -> tuple[Field, ...]:
    names = {"container-title": "journal", "publisher-place": "place", "page": "pages", "URL": "url"}
    same = ("title", "publisher", "volume", "issue")
    values: dict[str, Any] = {names.get(name, name): item.get(name) for name in (*names, *same)}
    return _statements(
        values
        | {
            "kind": _KINDS.get(item["type"]),
            "authors": [_csl_name(name) for name in _dicts(item.get("author"))],
            "editors": [_csl_name(name) for name in _dicts(item.get("editor"))],
            "date": _csl_date(item.get("issued")),
            "accessed": _csl_date(item.get("accessed")),
            "doi": doi_in([str(item.get("DOI", ""))]),
            "languages": item.get("language"),
            "abstracts": item.get("abstract"),
            "keywords": item.get("keyword"),
        }
    )


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _csl_name(name: Mapping[str, Any]) -> str:
    family = " ".join(str(name[part]) for part in ("non-dropping-particle", "family") if name.get(part))
    given = " ".join(str(name[part]) for part in ("given", "dropping-particle") if name.get(part))
    return str(name.get("literal") or ", ".join(filter(None, (family, given))))


def _csl_date(date: Any) -> str | None:
    if not isinstance(date, dict):
        return None
    parts = date.get("date-parts")
    if isinstance(parts, list) and parts and isinstance(parts[0], list):
        return iso_date("-".join(str(part) for part in parts[0]))
    return iso_date(str(date.get("raw") or date.get("literal") or ""))


def _titled(title: Any, subtitle: Any) -> str:
    return ": ".join(str(part) for part in (title, subtitle) if part)


def _statements(values: Mapping[str, Any]) -> tuple[Field, ...]:
    return tuple(stated({name: _each(value, squash) for name, value in values.items() if value}, "sidecar"))


#: Suffix of a file -> what reads its entries.
EXPORTS = {".bib": _bibtex, ".ris": _ris, ".json": _csl_json}
