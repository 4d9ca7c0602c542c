import json

import pytest

from rag.errors import EvaluationError
from rag.evaluation.figures import ANSWERS, RANKINGS
from rag.evaluation.reports import report
from rag.evaluation.results import Result


def result(id_, language="en", kind="fact", direction="same language", **values):
    counted = {"confidence": 0.5, "latency_ms": 10.0, "answerable": 1.0, "unanswerable": 0.0, **values}
    return Result(id_, language, kind, direction, (), (), counted)


# Three answerable questions, of which one is refused, and two unanswerable ones, of which one is refused.
RESULTS = [
    result("a", confidence=0.9, quotes=2.0, right_quotes=2.0, needed=1.0, cited=1.0, **{"hit@1": 1.0}),
    result("b", "ru", direction="cross-lingual", confidence=0.7, quotes=3.0, right_quotes=1.0, needed=2.0, cited=1.0),
    result("c", "ru", "list", confidence=0.2, refused=1.0, refused_answerable=1.0, needed=1.0, **{"hit@1": 0.0}),
    result("d", "ru", "offtopic", None, confidence=0.8, answerable=0.0, unanswerable=1.0),
    result(
        "e", "en", "offtopic", None, answerable=0.0, unanswerable=1.0, refused=1.0, refused_unanswerable=1.0,
        confidence=0.1,
    ),
]  # fmt: skip


def figures(found, name="all"):
    return {
        label: figure.value for group in found.groups if group.name == name for label, figure in group.figures.items()
    }


def test_the_figures_are_those_worked_out_by_hand():
    found = figures(report("s", RESULTS))
    assert list(found) == list(ANSWERS)
    assert found["hit@1"] == 1 / 2
    assert found["citation_precision"] == 3 / 5
    assert found["citation_recall"] == 2 / 4
    assert found["refusal_precision"] == 1 / 2
    assert found["unanswerable_refused"] == 1 / 2
    assert found["answerable_refused"] == pytest.approx(1 / 3)
    # .9 beats .8 and .1; .7 and .2 beat only .1: 4 of 6 pairs.
    assert found["auroc"] == pytest.approx(4 / 6)
    assert found["snippet_top3"] is None


def test_the_figures_of_what_a_reader_sees_are_those_worked_out_by_hand():
    shown = [
        result("a", first_right=1.0, any_right=1.0, shown=1.0, shown_wrong=0.0, short_f1=1.0),
        result("b", first_right=0.0, any_right=1.0, shown=3.0, shown_wrong=2.0, short_f1=0.5, paraphrase_failed=1.0),
        result("c", first_right=0.0, any_right=0.0, shown=0.0, shown_wrong=0.0, paraphrase_failed=1.0),
        result("d", answerable=0.0, unanswerable=1.0, near_miss_refused=1.0),
        result("e", answerable=0.0, unanswerable=1.0, near_miss_refused=0.0),
        result("f", answerable=0.0, unanswerable=1.0, off_topic_refused=1.0),
    ]
    found = figures(report("s", shown))
    assert (found["first_right"], found["any_right"]) == (pytest.approx(1 / 3), pytest.approx(2 / 3))
    assert (found["shown"], found["noise"]) == (pytest.approx(4 / 3), 2 / 4)
    assert found["short_f1"] == 0.75
    assert found["paraphrases_failed"] == 1
    assert (found["near_misses_refused"], found["off_topic_refused"]) == (0.5, 1)


def test_groups_are_by_language_direction_and_kind():
    groups = report("s", RESULTS).groups
    assert [(group.by, group.name, group.questions) for group in groups] == [
        (None, "all", 5),
        ("language", "en", 2),
        ("language", "ru", 3),
        ("direction", "cross-lingual", 1),
        ("direction", "same language", 2),
        ("kind", "fact", 2),
        ("kind", "list", 1),
        ("kind", "offtopic", 2),
    ]


def test_a_group_has_the_figures_of_its_questions_only():
    found = report("s", RESULTS)
    assert figures(found, "ru")["citation_precision"] == pytest.approx(1 / 3)
    assert figures(found, "list")["refusal_precision"] is None
    assert figures(found, "offtopic")["auroc"] is None


def test_runs_are_compared_on_the_questions_that_both_have():
    earlier = {r.id: r for r in [RESULTS[0], result("c", needed=1.0, cited=1.0), result("z")]}
    comparison = report("s", RESULTS[:3], earlier).comparison
    assert (comparison.questions, comparison.left_out) == (2, 2)
    refused = comparison.figures["answerable_refused"]
    assert (refused.this, refused.other, refused.difference) == (0.5, 0, 0.5)
    assert comparison.figures["citation_recall"].difference == -0.5


def test_runs_are_paired_by_id_not_by_order():
    same = report("s", RESULTS, {r.id: r for r in reversed(RESULTS)}).comparison
    assert {(f.low, f.high, f.p) for f in same.figures.values() if f.this is not None} == {(0, 0, 1)}


def test_runs_without_a_common_question_are_not_compared():
    with pytest.raises(EvaluationError, match="no question in common"):
        report("s", RESULTS, {"z": result("z")})


def test_answers_are_not_compared_with_rankings():
    ranking = Result("a", "en", None, None, (), (), {"nDCG@10": 1.0, "latency_ms": 1.0})
    assert list(figures(report("s", [ranking]))) == list(RANKINGS)
    with pytest.raises(EvaluationError, match="rankings"):
        report("s", RESULTS, {"a": ranking})


def test_the_json_holds_every_group_and_every_question():
    data = json.loads(json.dumps(report("s", RESULTS, {"a": RESULTS[0]}).to_dict(), allow_nan=False))
    assert data["snapshot"] == "s"
    assert data["groups"][0]["figures"]["citation_precision"]["value"] == 0.6
    assert data["comparison"]["figures"]["hit@1"] == {
        "this": 1, "other": 1, "difference": 0, "low": 0, "high": 0, "p": 1,
    }  # fmt: skip
    assert [r["id"] for r in data["results"]] == ["a", "b", "c", "d", "e"]
    assert data["results"][0]["values"]["confidence"] == 0.9
