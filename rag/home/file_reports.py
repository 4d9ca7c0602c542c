"""What became of files that were added: which documents changed, and in words, a line each."""

import re
from collections.abc import Iterator, Sequence

from corpus import FileReport

_SHOWN_ALIKE = 20
_BEFORE_DETAILS = re.compile(r"[:;('\"\d]")


def changed_by(reports: Sequence[FileReport]) -> dict[str, str]:
    """{id: source} of the documents that were added or updated."""
    changed = (report for report in reports if report.status in ("added", "updated", "duplicate"))
    return {report.document: report.source for report in changed if report.document}


def lines_of(reports: Sequence[FileReport]) -> Iterator[tuple[str, bool]]:
    """(line, whether it tells of a rejection) for every file of which there is more to say than that it was added.

    After `_SHOWN_ALIKE` of a kind the rest are counted.
    """
    kinds: dict[str, list[FileReport]] = {}
    for report in filter(lambda report: report.detail, reports):
        alike = kinds.setdefault(_kind_of(report), [])
        alike.append(report)
        if len(alike) <= _SHOWN_ALIKE:
            yield _line_of(report), report.status == "rejected"
    for alike in kinds.values():
        if len(alike) > _SHOWN_ALIKE:
            last = alike[_SHOWN_ALIKE - 1]
            more = f"and {len(alike) - _SHOWN_ALIKE} more ('eurag add --json' names all) like {_line_of(last)}"
            yield more, last.status == "rejected"


def _kind_of(report: FileReport) -> str:
    """What a file's line has in common with others: its status and, but for duplicates, the words before a detail."""
    said = "" if report.status == "duplicate" else _BEFORE_DETAILS.split(report.detail or "")[0]
    return f"{report.status} {said}"


def _line_of(report: FileReport) -> str:
    if report.status == "rejected":
        return f"rejected {report.source!r}: {report.detail}"
    if report.status == "duplicate":
        return f"{report.source}: duplicate of {report.detail}"
    return f"{report.source}: {report.detail}"
