import pytest

from rag.errors import EvaluationError
from rag.evaluation.records import read_records


def test_blank_lines_are_passed_over_and_the_rest_keeps_its_line_number(write_lines):
    path = write_lines({"a": 1}, "", {"a": 2})
    assert list(read_records(path)) == [(f"{path}, line 1", {"a": 1}), (f"{path}, line 3", {"a": 2})]


def test_only_records_with_all_the_fields_are_read(write_lines):
    path = write_lines({"split": "tune", "good": True}, {"split": "tune", "good": False}, {"good": True})
    assert [record for _, record in read_records(path, [("split", "tune"), ("good", "true")])] == [
        {"split": "tune", "good": True}
    ]


@pytest.mark.parametrize(("line", "reason"), [("{", "not JSON"), ("[1]", "expected an object")])
def test_a_line_that_is_no_object_is_named_with_file_and_number(write_lines, line, reason):
    path = write_lines({"a": 1}, line)
    with pytest.raises(EvaluationError, match=reason) as raised:
        list(read_records(path))
    assert str(raised.value).startswith(f"{path}, line 2: ")


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(EvaluationError, match="cannot be read"):
        list(read_records(tmp_path / "none.jsonl"))
