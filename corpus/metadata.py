"""Statements from data that somebody wrote about a document: front matter and sidecar files.

A sidecar is a YAML or JSON mapping beside the file, named `FILE.meta.yaml` or `FILE.meta.json`
(for `a.txt`: `a.txt.meta.yaml`). Its fields override what the text shows.
"""

import datetime
import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from corpus.errors import UnreadableFile
from corpus.records import Field, Record

SIDECAR_SUFFIXES = (".meta.yaml", ".meta.yml", ".meta.json")

_DERIVED = {"origins", "also"}
_NAMES = {field.name for field in fields(Record)} - _DERIVED
_SYNONYMS = {
    "author": "authors",
    "language": "languages",
    "lang": "languages",
    "license": "licence",
    "year": "date",
    "number": "issue",
    "type": "kind",
    "keywords": "topics",
}
_LISTS = {"authors", "languages", "parties", "topics", "sources"}
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


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
    import yaml

    try:
        content = yaml.safe_load(data.decode("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as exc:
        reason = str(exc).splitlines()[0]
        raise UnreadableFile(f"its sidecar {name} is not YAML or JSON: {reason}") from exc
    if not isinstance(content, dict):
        raise UnreadableFile(f"its sidecar {name} is not a mapping of names to values")
    return statements_from_mapping(content, "sidecar")


def _value(name: str, value: Any) -> Any:
    if name == "sources":
        return tuple(item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()
    if name in _LISTS:
        items = value if isinstance(value, list) else [value]
        return tuple(str(item) for item in items)
    if isinstance(value, datetime.date):
        value = value.isoformat()
    if isinstance(value, dict | list):
        raise UnreadableFile(f"the field '{name}' must be one value, found {type(value).__name__}")
    if name in ("date", "date_in_force") and not _DATE.fullmatch(str(value)):
        raise UnreadableFile(f"the field '{name}' must be a date like 2014-05-29, found '{value}'")
    return str(value)
