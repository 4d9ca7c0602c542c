import json
import sys
from itertools import product
from pathlib import Path
from types import SimpleNamespace

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


def quote(name, start, end):
    collection, source = name.split("/")
    document = SimpleNamespace(collection=collection, source=source)
    return SimpleNamespace(passage=SimpleNamespace(document=document), start=start, end=end)


def test_a_question_knows_where_its_answer_begins_in_both_languages(bench, data):
    found = bench.read_sought(data)
    assert [sought.text for sought in found["ru"]] == ["Какова высота башни?", "Какова ширина моста?"]
    assert found["en"][0].places == found["ru"][0].places == {"en/000.txt": 38, "ru/000.txt": 39}


@pytest.mark.parametrize(
    ("name", "start", "end", "held"),
    [
        ("en/000.txt", 30, 60, True),
        ("ru/000.txt", 10, 20, True),
        ("en/000.txt", 0, 40, False),
        ("en/000.txt", 41, 60, False),
        ("en/001.txt", 30, 60, False),
    ],
)
def test_the_right_sentence_holds_the_first_character_of_the_answer(bench, name, start, end, held):
    sought = bench.Sought("?", {"en/000.txt": 40, "ru/000.txt": 12})
    assert sought.is_held_by(quote(name, start, end)) == held


def test_the_figures_of_three_questions(bench):
    right, wrong = quote("en/000.txt", 0, 9), quote("en/001.txt", 0, 9)
    sought = bench.Sought("?", {"en/000.txt": 4})
    outcomes = [
        bench.Outcome(sought, (right,), confidence=0.9, hidden=0.2),
        bench.Outcome(sought, (wrong, right), confidence=0.6, hidden=0.6),
        bench.Outcome(sought, (wrong, wrong, wrong), confidence=0.3, hidden=0.7),
    ]
    # Of nine pairs (found, hidden) the first question wins three, the second one and a tie, the third one: 5.5 of 9.
    assert bench.sentence_figures(outcomes, threshold=0.65) == {
        "quoted": 0.6667,
        "answered": 0.3333,
        "first": 0.3333,
        "quotes": 2.0,
        "auroc": 0.6111,
        "refused": 0.6667,
        "refused_hidden": 0.6667,
    }


def test_a_hidden_paragraph_is_not_quoted_and_lowers_the_confidence(bench, data, e5, tmp_path):
    bench.prepare(tmp_path / "home", data)
    retriever = bench.Retriever(bench.open_index(tmp_path / "home"), e5, bench.load_glossary())
    for pool in ("en", "ru", None):
        for sought in bench.read_sought(data)["en"]:
            (outcome,) = bench.answer_all(retriever, [sought], pool)
            assert any(map(sought.is_held_by, outcome.quotes))
            assert outcome.hidden < outcome.confidence
    retriever.index.close()


def test_the_rankings_of_all_modes_are_measured_by_language(bench, data, e5, tmp_path):
    questions = bench.prepare(tmp_path / "home", data)
    retriever = bench.Retriever(bench.open_index(tmp_path / "home"), e5, bench.load_glossary())
    results = bench.evaluate_search(retriever, questions)
    assert {(mode, code) for mode in results for code in results[mode]} == set(product(bench.MODES, ("en", "ru")))
    assert results["fused"]["en"] == {"same_r1": 1, "same_mrr10": 1, "cross_r1": 1, "both10": 1, "map": 1}
    retriever.index.close()
