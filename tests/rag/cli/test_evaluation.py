import json
import sys

import pytest

from rag.cli import main
from rag.home import open as open_module
from tests.fakes import FakeEncoder, WordReader
from tests.rag.evaluation.conftest import BAKING, COURT


@pytest.fixture
def run_eval(monkeypatch, capfd, fake_home):
    """Runs `eurag eval` on the fake home; gives exit code, standard output and standard error."""
    monkeypatch.setattr(open_module, "open_encoder", lambda name, model_directory: FakeEncoder())
    monkeypatch.setattr(open_module, "open_reader", lambda name, model_directory: WordReader())

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["eurag", "eval", *map(str, arguments), "--home", str(fake_home)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as exit_:
            main()
        out, err = capfd.readouterr()
        return exit_.value.code or 0, out, err

    return run


@pytest.fixture
def questions(tmp_path):
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(json.dumps(question) + "\n" for question in (COURT, BAKING)), "utf-8")
    return path


def test_figures_are_printed_for_people(run_eval, questions):
    code, out, err = run_eval(questions)
    assert code == 0
    assert out.startswith("2 questions, snapshot ")
    assert "hit@1\t1.000\t1.000 to 1.000\t1" in out
    assert err == ""


def test_json_of_one_run_can_be_compared_with_the_next(run_eval, questions, tmp_path):
    before = tmp_path / "before.json"
    before.write_text(run_eval(questions, "--json")[1], "utf-8")
    data = json.loads(run_eval(questions, "--json", "--compare", before, "--only", "split=tune")[1])
    assert [result["id"] for result in data["results"]] == ["court"]
    assert (data["comparison"]["questions"], data["comparison"]["left_out"]) == (1, 1)


def test_filters_are_those_of_ask(run_eval, questions):
    data = json.loads(run_eval(questions, "--json", "--language", "ru")[1])
    assert data["groups"][0]["figures"]["hit@1"]["value"] == 0


@pytest.mark.parametrize("wrong", [["--only", "split"], ["--only", "=tune"], ["--since", "yesterday"]], ids=" ".join)
def test_wrong_usage_exits_with_two(run_eval, questions, wrong):
    code, out, err = run_eval(questions, *wrong)
    assert (code, out) == (2, "")
    assert "Traceback" not in err


def test_a_wrong_line_is_one_line_on_stderr(run_eval, questions):
    questions.write_text('{"id": "a"}\n', "utf-8")
    code, out, err = run_eval(questions)
    assert (code, out) == (1, "")
    assert err == f"eurag: {questions}, line 1: 'answerable' must be true or false, found nothing\n"
