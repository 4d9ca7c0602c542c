import pytest

from corpus import FileReport
from rag.home.file_reports import lines_of


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (FileReport("a.pdf", "rejected", None, "the file is empty"), ("rejected 'a.pdf': the file is empty", True)),
        (FileReport("a.pdf", "duplicate", "1", "b.pdf"), ("a.pdf: duplicate of b.pdf", False)),
        (FileReport("a.txt", "added", "1", "read as KOI8-R"), ("a.txt: read as KOI8-R", False)),
    ],
)
def test_a_file_has_a_line(report, line):
    assert list(lines_of([report])) == [line]


@pytest.mark.parametrize("status", ["added", "updated", "unchanged"])
def test_a_file_of_which_nothing_is_to_be_said_has_none(status):
    assert list(lines_of([FileReport("a.pdf", status, "1")])) == []


def test_many_alike_are_counted_and_others_among_them_are_told():
    reports = [FileReport(f"{n}.txt", "rejected", None, f"byte {n} is odd") for n in range(30)]
    reports.insert(25, FileReport("a.pdf", "rejected", None, "the file is empty"))
    lines = [line for line, rejected in lines_of(reports) if rejected]
    assert len(lines) == 22
    assert lines[20:] == [
        "rejected 'a.pdf': the file is empty",
        "and 10 more ('eurag add --json' names all) like rejected '19.txt': byte 19 is odd",
    ]
