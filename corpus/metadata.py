"""Statements from data that somebody wrote about a document: front matter, sidecar files, edits.

A sidecar is a YAML or JSON mapping beside the file, named `FILE.meta.yaml` or `FILE.meta.json`
(for `a.txt`: `a.txt.meta.yaml`). Its fields override what the text shows.
"""

import datetime
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any

from corpus.dates import is_date
from corpus.errors import CorpusError, UnreadableFile
from corpus.languages import language_code, language_of
from corpus.records import Field, Record

SIDECAR_SUFFIXES = (".meta.yaml", ".meta.yml", ".meta.json")

_DERIVED = {"origins", "also", "replaced"}
_DEEPEST = 20
_NAMES = {field.name for field in fields(Record)} - _DERIVED
_SYNONYMS = {
    "author": "authors",
    "editor": "editors",
    "book": "journal",
    "language": "languages",
    "lang": "languages",
    "license": "licence",
    "year": "date",
    "number": "issue",
    "type": "kind",
    "abstract": "abstracts",
    "keyword": "keywords",
}
_LISTS = {"authors", "editors", "languages", "parties", "topics", "sources", "keywords"}
_DATES = {"date", "date_in_force", "accessed"}
_BY_LANGUAGE = {"titles", "abstracts", "keywords"}
_OPEN_RANGE = re.compile(r"^[-–—]|[-–—]$")
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.I)
_BACK = "@"


def statements_from_mapping(data: Mapping[Any, Any], origin: str) -> list[Field]:
    """The statements in a mapping of field names to values; names that no record has are skipped.

    What goes by language is a mapping of codes, or has its code in the name ("abstract.en"), or is sorted by its
    own language. Raises `UnreadableFile` when a value is not what the field holds.
    """
    return [
        Field(statement, checked, origin)
        for key, value in data.items()
        if value is not None and (name := _field_name(str(key)))
        for statement, checked in _statements(name, value)
    ]


def edits_from(assignments: Sequence[str], record: Record) -> list[Field]:
    """The edits that texts like "title=The Union" ask for; semicolons separate what is a list, nothing clears.

    "title=@" takes an edit back: what it replaced comes with its own origin.

    Raises `CorpusError` when a text assigns nothing, or to a field that no record has, or a wrong value.
    """
    edits = []
    for assignment in assignments:
        key, equals, value = assignment.partition("=")
        name = _field_name(key.strip())
        if not equals or not name or name == "sources":
            known = ", ".join(sorted(_NAMES - {"sources"}))
            raise CorpusError(f"expected field=value with one of the fields {known}; found '{assignment}'")
        if value.strip() == _BACK:
            edits += _taken_back(name, record)
            continue
        if not value.strip():
            edits += [Field(cleared, None, "edit") for cleared in _cleared(name, record)]
            continue
        listed = name.partition(".")[0] in _LISTS
        parts = [part.strip() for part in value.split(";") if part.strip()]
        edits += statements_from_mapping({name: parts if listed else value.strip()}, "edit")
    return edits


def _taken_back(name: str, record: Record) -> list[Field]:
    """What edits of a field, or of its keys, replaced. Raises `CorpusError` when nobody edited it."""
    edited = [edit.name for edit in record.edits if edit.name == name or edit.name.startswith(f"{name}.")]
    if not edited:
        raise CorpusError(f"the field '{name}' was not edited: there is nothing to take back")
    return [Field(key, *record.replaced.get(key, (None, "text"))) for key in edited]


def _field_name(key: str) -> str | None:
    """The field, or field and key, that somebody's name for it means; None when no record has it."""
    name, _, part = key.partition(".")
    name = _SYNONYMS.get(name.lower(), name.lower())
    if part and name == "title":
        name = "titles"
    if name not in _NAMES or (part and name not in _BY_LANGUAGE | {"author_forms"}):
        return None
    return f"{name}.{part}" if part else name


def _cleared(name: str, record: Record) -> list[str]:
    keys = record.value(name) if name in _BY_LANGUAGE | {"author_forms"} else None
    return [name] if keys is None else [f"{name}.{key}" for key in keys]


def _statements(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """(name of the statement, value) for each key of a field that has keys, else for the field."""
    name, _, part = name.partition(".")
    if name == "author_forms":
        forms = {part: value} if part else value if isinstance(value, dict) else {}
        yield from ((f"{name}.{author}", str(form)) for author, form in forms.items())
    elif name not in _BY_LANGUAGE:
        yield name, _value(name, value)
    else:
        keyed = {part: value} if part else value if isinstance(value, dict) else _by_language(name, value)
        for key, of_language in keyed.items():
            yield f"{name}.{_language(str(key))}", _value(name, of_language)


def _by_language(name: str, value: Any) -> dict[str, Any]:
    """A text, or the items of a list, under the codes of their own languages."""
    if name != "keywords":
        return {language_of(str(value)) or "und": value}
    items = value if isinstance(value, list | tuple) else re.split(r"[;,]", str(value))
    found: dict[str, list[str]] = {}
    for item in filter(None, (str(item).strip() for item in items)):
        found.setdefault(language_of(item) or "und", []).append(item)
    return found


def read_sidecar(data: bytes, name: str) -> list[Field]:
    """The statements in a sidecar file's bytes. Raises `UnreadableFile`, naming the sidecar."""
    try:
        source = data.decode("utf-8")
        content = json.loads(source) if name.endswith(".json") else load_yaml(source)
        if not isinstance(content, dict):
            raise UnreadableFile("not a mapping of names to values")
        return statements_from_mapping(content, "sidecar")
    except (UnreadableFile, ValueError, RecursionError) as exc:
        raise UnreadableFile(f"its sidecar {name}: {exc}") from exc


def load_yaml(source: str) -> Any:
    """Plain data from YAML. Raises `UnreadableFile`, also on what makes little text cost much time or memory."""
    import yaml

    depth = 0
    try:
        for event in yaml.parse(source, yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise UnreadableFile("YAML aliases are not taken: write the value out")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise UnreadableFile(f"not YAML of at most {_DEEPEST} levels")
        return yaml.safe_load(source)
    except (yaml.YAMLError, ValueError) as exc:
        raise UnreadableFile(f"not YAML: {str(exc).splitlines()[0]}") from exc


def _value(name: str, value: Any) -> Any:
    if name == "sources":
        return tuple(_plain(item) for item in value if isinstance(item, dict)) if isinstance(value, list) else ()
    if name in _LISTS:
        items = value if isinstance(value, list | tuple) else [value]
        texts = tuple(str(item) for item in items if item is not None)
        return tuple(_language(text) for text in texts) if name == "languages" else texts
    if isinstance(value, datetime.date):
        value = value.isoformat()[:10]
    if isinstance(value, dict | list):
        raise UnreadableFile(f"the field '{name}' must be one value, found {type(value).__name__}")
    if name in _DATES and not is_date(str(value)):
        raise UnreadableFile(f"the field '{name}' must be a date like 2014-05-29, found '{value}'")
    if name == "pages" and _OPEN_RANGE.search(str(value).strip()):
        raise UnreadableFile(f"the field 'pages' must be a page or a range like 45-58, found '{value}'")
    return _doi(str(value)) if name == "doi" else str(value)


def _doi(value: str) -> str:
    found = _DOI.fullmatch(value.strip())
    if not found:
        raise UnreadableFile(f"the field 'doi' must be a DOI like 10.1000/182, found '{value}'")
    return found.group(1)


def _language(value: str) -> str:
    code = language_code(value)
    if code != "und" and code not in _known_languages():
        raise UnreadableFile(f"a language must be a code like ru (ISO 639-1), found '{value}'")
    return code


@cache
def _known_languages() -> frozenset[str]:
    from babel import Locale

    return frozenset(code for code in map(str, Locale("en").languages) if len(code) == 2)


def _plain(value: Any) -> Any:
    """The value as JSON can hold it: dates and other types of YAML as text."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, str | int | float) else str(value)
