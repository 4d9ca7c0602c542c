import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

COURT = {
    "id": "court",
    "lang": "en",
    "question": "Where does the Court of the Union sit?",
    "kind": "fact",
    "gold_docs": ["court.md"],
    "gold_snippets": ["sits  in\nMinsk"],
    "answerable": True,
    "split": "tune",
}
SUD = COURT | {"id": "sud", "lang": "ru", "question": "Сколько лет длится срок судьи?", "gold_docs": ["court.md"]}
BAKING = {
    "id": "baking",
    "lang": "en",
    "question": "How is bread baked?",
    "kind": "offtopic",
    "answerable": False,
    "split": "test",
}


@pytest.fixture
def write_lines(tmp_path: Path) -> Callable[..., Path]:
    """Writes records, or lines as they are, into a file of JSON Lines."""

    def write(*lines: Any, name: str = "questions.jsonl") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{x if isinstance(x, str) else json.dumps(x)}\n" for x in lines), "utf-8")
        return path

    return write
