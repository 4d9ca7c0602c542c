"""Statements from data that somebody wrote about a document: front matter and sidecar files.

A sidecar is a YAML or JSON mapping beside the file, named `FILE.meta.yaml` or `FILE.meta.json`
(for `a.txt`: `a.txt.meta.yaml`). Its fields override what the text shows.
"""

import datetime
import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from corpus.dates import is_date
from corpus.errors import UnreadableFile
from corpus.records import Field, Record

SIDECAR_SUFFIXES = (".meta.yaml", ".meta.yml", ".meta.json")

_DERIVED = {"origins", "also"}
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
    "keywords": "topics",
}
_LISTS = {"authors", "editors", "languages", "parties", "topics", "sources"}


def statements_from_mapping(data: Mapping[Any, Any], origin: str) -> list[Field]:
    """The statements in a mapping of field names to values; names that no record has are skipped.

    Raises `UnreadableFile` when a date is not ISO 8601 or a value has the wrong type.
    """
    statements = []
    for key, value in data.items():
        name = _SYNONYMS.get(str(key).lower(), str(key).lower())
        if name in _NAMES and value is not None:
            statements.append(Field(name, _value(name, value), origin))
    return statements


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
        items = value if isinstance(value, list) else [value]
        return tuple(str(item) for item in items if item is not None)
    if isinstance(value, datetime.date):
        value = value.isoformat()[:10]
    if isinstance(value, dict | list):
        raise UnreadableFile(f"the field '{name}' must be one value, found {type(value).__name__}")
    if name in ("date", "date_in_force", "accessed") and not is_date(str(value)):
        raise UnreadableFile(f"the field '{name}' must be a date like 2014-05-29, found '{value}'")
    return str(value)


def _plain(value: Any) -> Any:
    """The value as JSON can hold it: dates and other types of YAML as text."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, str | int | float) else str(value)
