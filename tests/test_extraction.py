"""The bars of the extraction, on pages as saved from the web; `scripts/eval_extraction.py` measures every format."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", ["first_pages.jsonl", "first_pages_blind.jsonl"])
def test_fields_of_first_pages_are_read_exactly(monkeypatch, name):
    monkeypatch.setattr(sys, "path", [str(ROOT / "scripts"), *sys.path])
    from eval_extraction import BARS, evaluate, read_pages

    figures = evaluate(read_pages(ROOT / "tests" / "data" / name), "html", errors=False)
    assert {field: figures[field] for field in BARS if figures[field] < BARS[field]} == {}
