"""Lines of JSON, one object a line, chosen by their fields."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rag.errors import EvaluationError

#: (field, value) pairs that a record must have; a value that is no text is compared as JSON ("true").
Only = Sequence[tuple[str, str]]


def read_lines(path: Path) -> Iterator[tuple[str, str]]:
    """("FILE, line N", line) for each line that is not blank. Raises `EvaluationError`."""
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as exc:
        raise EvaluationError(f"{path} cannot be read: {exc}") from exc
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield f"{path}, line {number}", line


def read_records(path: Path, only: Only = ()) -> Iterator[tuple[str, dict[str, Any]]]:
    """("FILE, line N", object) for each line whose object has all fields of `only`. Raises `EvaluationError`."""
    for where, line in read_lines(path):
        try:
            record = json.loads(line)
        except ValueError as exc:
            raise EvaluationError(f"{where}: not JSON: {exc}") from exc
        if not isinstance(record, dict):
            raise EvaluationError(f"{where}: expected an object, found {line.strip()[:40]}")
        if all(field in record and _as_text(record[field]) == value for field, value in only):
            yield where, record


def text_of(record: dict[str, Any], field: str, where: str) -> str:
    """A field that must hold text with something in it. Raises `EvaluationError`."""
    value = record.get(field)
    if not isinstance(value, str) or not value.strip():
        raise EvaluationError(f"{where}: '{field}' must be text that is not empty, found {_found(record, field)}")
    return value


def texts_of(record: dict[str, Any], field: str, where: str) -> list[str]:
    """A field that holds a list of texts, [] where it is absent. Raises `EvaluationError`."""
    value = record.get(field, [])
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise EvaluationError(f"{where}: '{field}' must be a list of texts, found {_found(record, field)}")
    return value


def bool_of(record: dict[str, Any], field: str, where: str) -> bool:
    """A field that must be true or false. Raises `EvaluationError`."""
    value = record.get(field)
    if not isinstance(value, bool):
        raise EvaluationError(f"{where}: '{field}' must be true or false, found {_found(record, field)}")
    return value


def _found(record: dict[str, Any], field: str) -> str:
    return json.dumps(record[field], ensure_ascii=False)[:60] if field in record else "nothing"


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
