import json
import shutil

import pytest

from corpus import Filters
from rag.errors import EvaluationError
from rag.evaluation.runs import Options, evaluate
from rag.home import maintenance as maintenance_module
from rag.home import open as open_module
from tests.fakes import FakeEncoder, WordReader
from tests.rag.evaluation.conftest import BAKING, COURT, SUD


@pytest.fixture(autouse=True)
def _fake_encoder_and_reader(monkeypatch):
    for module in (open_module, maintenance_module):
        monkeypatch.setattr(module, "open_encoder", lambda name, model_directory: FakeEncoder())
    monkeypatch.setattr(open_module, "open_reader", lambda name, model_directory: WordReader())


@pytest.fixture
def run(tmp_path, fake_home):
    """Evaluates on a copy of the fake home, or on `home`; gives the report and what was noticed."""

    def over(path, home=True, **options):
        home = shutil.copytree(fake_home, tmp_path / "home", dirs_exist_ok=True) if home is True else home
        notices = []
        return evaluate(path, home, Options(**options), notices.append), notices

    return over


@pytest.fixture
def beir(tmp_path, write_lines):
    """Three texts and two queries: the court is relevant to the first, the budget to the second, much less tea."""
    texts = {
        "t/court": "The Court of the Union sits in Minsk.",
        "t/budget": "The budget of the Union is adopted each year.",
        "t/tea": "Tea is grown in the south.",
    }
    write_lines(*({"_id": id_, "title": "", "text": text} for id_, text in texts.items()), name="tiny/corpus.jsonl")
    queries = {"q1": "Where does the Court sit?", "t/budget": "The budget of the Union"}
    write_lines(*({"_id": id_, "text": text} for id_, text in queries.items()), name="tiny/queries.jsonl")
    write_lines(
        "query-id\tcorpus-id\tscore", "q1\tt/court\t1", "t/budget\tt/tea\t1", name="tiny/qrels/test.tsv"
    )  # fmt: skip
    return tmp_path / "tiny"


def values(report):
    return {result.id: result.values for result in report.results}


def test_questions_are_put_to_a_home(run, write_lines):
    report, notices = run(write_lines(COURT, SUD, BAKING))
    assert [result.id for result in report.results] == ["court", "sud", "baking"]
    assert [result.direction for result in report.results] == ["same language", "cross-lingual", None]
    assert report.groups[0].figures["unanswerable_refused"].value == 1
    assert values(report)["court"]["first_right"] == values(report)["court"]["shown"] == 1
    assert len(report.snapshot) == 16
    assert notices == []


def test_only_the_chosen_questions_are_put(run, write_lines):
    report, _ = run(write_lines(COURT, BAKING), only=[("split", "test")])
    assert [result.id for result in report.results] == ["baking"]


def test_filters_apply_to_the_ranking_and_to_the_answer(run, write_lines):
    report, _ = run(write_lines(COURT), filters=Filters(language="ru"))
    assert values(report)["court"]["hit@10"] == 0
    assert values(report)["court"]["snippet_top10"] == 0


def test_gold_that_the_index_does_not_hold_is_told(run, write_lines):
    _, notices = run(write_lines(COURT | {"gold_docs": ["court.md", "elsewhere.md"]}))
    assert notices == ["right documents that the index does not hold: elsewhere.md"]


def test_a_run_is_compared_with_what_an_earlier_one_printed(run, write_lines, tmp_path):
    path = write_lines(COURT, BAKING)
    before = tmp_path / "before.json"
    before.write_text(json.dumps(run(path)[0].to_dict()), "utf-8")
    comparison = run(path, compare=before)[0].comparison
    assert comparison.questions == 2
    assert comparison.figures["hit@1"].difference == 0


def test_a_folder_is_indexed_and_ranked(run, beir):
    report, _ = run(beir, home=None)
    assert {result.id: result.documents[0] for result in report.results}["q1"] == "t/court"
    assert values(report)["q1"]["nDCG@10"] == 1
    assert values(report)["q1"]["R@100"] == 1
    assert list(report.groups[0].figures)[:4] == ["nDCG@10", "R@100", "RR@10", "AP@100"]


def test_a_query_that_is_a_text_does_not_find_itself(run, beir):
    (result,) = [r for r in run(beir, home=None)[0].results if r.id == "t/budget"]
    assert "t/budget" not in result.documents
    # Left are the court, which shares words with the query, and tea, which is relevant and second.
    assert result.documents == ("t/court", "t/tea")
    assert result.values["RR@10"] == 0.5


def test_a_folder_keeps_its_index_in_a_home_that_is_named(run, beir, tmp_path):
    first, _ = run(beir, home=tmp_path / "kept")
    second, _ = run(beir, home=tmp_path / "kept")
    assert first.snapshot == second.snapshot
    assert [path.name for path in (tmp_path / "kept" / "index").glob("g*")] == ["g000001"]


def test_a_home_with_other_texts_is_not_mixed_with_a_folder(run, beir, tmp_path):
    with pytest.raises(EvaluationError, match="holds other texts"):
        run(beir)


def test_texts_that_cannot_be_read_are_told(run, beir, write_lines):
    write_lines({"_id": "t/court", "text": "The Court sits."}, {"_id": "empty", "text": ""}, name="tiny/corpus.jsonl")
    report, notices = run(beir, home=None)
    assert notices == ["1 of 2 texts were rejected and cannot be found"]
    assert values(report)["q1"]["R@100"] == 1
