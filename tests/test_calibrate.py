import sys
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import Record
from embeddings import StoredDocument, StoredPassage
from rag.evaluation.questions import Question
from rag.evidence import Evidence, Quote, load_weights
from rag.search.retrieval import Hit

SCRIPTS = Path(__file__).parents[1] / "scripts"


@pytest.fixture
def calibrate(monkeypatch):
    """The script as a module."""
    monkeypatch.setattr(sys, "path", [str(SCRIPTS), *sys.path])
    import calibrate

    return calibrate


def passage(row, text):
    document = StoredDocument(f"document-{row}", "texts", f"{row}.txt", text, Record(), ())
    return StoredPassage(row, row, document, 0, len(text), "body", None, "en", None)


@pytest.fixture
def judged(calibrate):
    """Makes a judged question: `gold` is a source, `found` are rows, best first, `quoted` the row of the only quote."""

    def make(id_, gold, direction, found, quoted, score, snippet="judges", sure=0.5):
        groups = (frozenset({gold}),) if gold else ()
        snippets = (snippet,) if gold else ()
        question = Question(id_, "en", "?", "fact", groups, frozenset({gold} if gold else ()), snippets, bool(gold))
        hits = tuple(Hit(passage(row, f"Text {row} on judges."), 0.0, 0.0, 0.0, None) for row in found)
        evidence = Evidence((Quote(hits[found.index(quoted)].passage, 0, 6),), {"score": score}, sure)
        return calibrate.Judged(question, direction, tuple(frozenset({f"{row}.txt"}) for row in found), hits, evidence)

    return make


def test_the_figures_of_four_questions(calibrate, judged):
    weights = replace(load_weights(), features=("score",), coefficients=(1.0,), intercept=0.0, threshold=0.5)
    found = [
        judged("right", "1.txt", "same language", [1, 2], 1, score=2.0, snippet="Text 1"),
        judged("late", "6.txt", "cross-lingual", [1, 2, 3, 4, 5, 6], 1, score=-2.0),
        judged("refused", None, None, [1], 1, score=-1.0),
        judged("answered in error", None, None, [1], 1, score=1.0),
    ]
    # The confidence tells "right" from both unanswerable questions, "late" from none: 2 of 4 pairs.
    assert calibrate.report(found, weights) == {
        "questions": 4,
        "hit@5": 0.5,
        "hit@5_same": 1.0,
        "hit@5_cross": 0.0,
        "snippet_top10": 1.0,
        "snippet_quotes": 0.5,
        "citation_precision": 0.5,
        "unanswerable_refused": 0.5,
        "answerable_refused": 0.5,
        "auroc": 0.5,
    }


def test_a_question_whose_answer_was_not_found_teaches_nothing(calibrate, judged):
    lost = judged("lost", "1.txt", "same language", [1], 1, score=-5.0, snippet="words that no passage holds")
    others = [
        judged("found", "1.txt", "same language", [1], 1, score=2.0),
        judged("found too", "1.txt", "same language", [1], 1, score=1.0),
        judged("unanswerable", None, None, [1], 1, score=0.0),
    ]
    with_lost, without = (
        calibrate.refitted([{"tune": tuning, "test": []}], load_weights(), ["score"])
        for tuning in ([lost, *others], others)
    )
    assert with_lost == without


def test_a_question_counts_by_its_weight(calibrate, judged):
    tuning = [
        judged("found", "1.txt", "same language", [1], 1, score=2.0),
        judged("found too", "1.txt", "same language", [1], 1, score=0.0),
        judged("unanswerable", None, None, [1], 1, score=1.0),
    ]
    light = replace(tuning[1], weight=0.01)
    assert calibrate.fit([tuning[0], light, tuning[2]], ["score"])[0] > calibrate.fit(tuning, ["score"])[0]


def test_what_the_evidence_rules_out_is_refused_whatever_its_features(calibrate, judged):
    weights = replace(load_weights(), features=("score",), coefficients=(1.0,), intercept=0.0, threshold=0.5)
    found = [judged("no text mentions it", None, None, [1], 1, score=9.0, sure=0.0)]
    assert calibrate.report(found, weights)["unanswerable_refused"] == 1
