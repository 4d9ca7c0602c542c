import json
import sys
from itertools import product
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1] / "scripts"
PARAGRAPHS = {
    "en": [
        ("The tower was finished in 1907. It is 90 metres high.", [("How high is the tower?", "90 metres")]),
        ("The bridge carries two roads. It is 12 metres wide.", [("How wide is the bridge?", "12 metres")]),
    ],
    "ru": [
        ("Башня достроена в 1907 году. Её высота 90 метров.", [("Какова высота башни?", "90 метров")]),
        ("По мосту идут две дороги. Его ширина 12 метров.", [("Какова ширина моста?", "12 метров")]),
    ],
}


@pytest.fixture
def bench(monkeypatch):
    """The script as a module."""
    monkeypatch.setattr(sys, "path", [str(SCRIPTS), *sys.path])
    import bench_xquad

    return bench_xquad


@pytest.fixture
def data(tmp_path):
    """A folder in the layout of XQuAD: two paragraphs, each in both languages, a question to each."""
    for code, paragraphs in PARAGRAPHS.items():
        found = [
            {
                "context": text,
                "qas": [{"question": q, "answers": [{"text": a, "answer_start": text.index(a)}]} for q, a in asked],
            }
            for text, asked in paragraphs
        ]
        (tmp_path / f"xquad.{code}.dev.json").write_text(json.dumps({"data": [{"paragraphs": found}]}), "utf-8")
    return tmp_path


def test_the_rankings_of_all_modes_are_measured_by_language(bench, data, e5, tmp_path):
    questions = bench.prepare(tmp_path / "home", data)
    retriever = bench.Retriever(bench.open_index(tmp_path / "home"), e5, bench.load_glossary())
    results = bench.evaluate_search(retriever, questions)
    assert {(mode, code) for mode in results for code in results[mode]} == set(product(bench.MODES, ("en", "ru")))
    assert results["fused"]["en"] == {"same_r1": 1, "same_mrr10": 1, "cross_r1": 1, "both10": 1, "map": 1}
    retriever.index.close()
