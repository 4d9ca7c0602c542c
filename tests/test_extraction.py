"""The bars of the extraction, on pages as saved from the web; `scripts/eval_extraction.py` measures every format."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_fields_of_first_pages_are_read_exactly(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(ROOT / "scripts"), *sys.path])
    from eval_extraction import BARS, evaluate, read_pages

    figures = evaluate(read_pages(ROOT / "tests" / "data" / "first_pages.jsonl"), "html", errors=False)
    assert {field: figures[field] for field in BARS if figures[field] < BARS[field]} == {}
