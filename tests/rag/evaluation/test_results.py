import json

import pytest

from rag.errors import EvaluationError
from rag.evaluation.results import Result, read_results

RESULT = Result("q", "en", "fact", None, ("a.md",), (), {"hit@1": 1.0})


def test_what_was_printed_is_read_again(tmp_path):
    path = tmp_path / "report.json"
    path.write_text(json.dumps({"results": [RESULT.to_dict()]}), "utf-8")
    (read,) = read_results(path).values()
    assert read.to_dict() == {**RESULT.to_dict(), "documents": ["a.md"], "cited": []}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"results": [{"id": "q"}]}', '{"results": 5}'])
def test_another_file_is_refused_with_what_was_expected(tmp_path, text):
    path = tmp_path / "report.json"
    path.write_text(text, "utf-8")
    with pytest.raises(EvaluationError, match="expected what 'eurag eval --json' prints"):
        read_results(path)


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(EvaluationError, match="cannot be read"):
        read_results(tmp_path / "none.json")
