"""A report for people: tables on the terminal."""

from collections.abc import Sequence
from typing import Any

from rag.evaluation.reports import Comparison, Group, Report
from rag.evaluation.resampling import Difference, Estimate
from rag.output.display import table

_SHORT = {
    "snippet_top3": "top3",
    "snippet_top10": "top10",
    "snippet_quotes": "quotes",
    "citation_precision": "cit.p",
    "citation_recall": "cit.r",
    "refusal_precision": "ref.p",
    "unanswerable_refused": "ref.un",
    "answerable_refused": "ref.an",
    "latency_p50_ms": "p50",
    "latency_p95_ms": "p95",
}


def show_report(console: Any, report: Report) -> None:
    """Print the figures of all questions with intervals, those of each group, and the comparison if there is one."""
    overall, *groups = report.groups
    console.print(f"{overall.questions} questions, snapshot {report.snapshot}", highlight=False)
    rows = [(name, *_with_interval(name, figure), figure.count) for name, figure in overall.figures.items()]
    table(console, ("figure", "value", "95% interval", "questions"), rows)
    console.print()
    table(console, ("group", "n", *(_SHORT.get(name, name) for name in overall.figures)), map(_group_row, groups))
    if report.comparison:
        console.print()
        _show_comparison(console, report.comparison)


def _show_comparison(console: Any, comparison: Comparison) -> None:
    left_out = f", {comparison.left_out} in one of the runs only" if comparison.left_out else ""
    console.print(f"Compared on {comparison.questions} questions{left_out}", highlight=False)
    rows = [_difference_row(name, figure) for name, figure in comparison.figures.items()]
    table(console, ("figure", "this", "other", "difference", "95% interval", "p"), rows)


def _with_interval(name: str, figure: Estimate | Difference) -> tuple[str, str]:
    value = figure.value if isinstance(figure, Estimate) else figure.difference
    return _shown(name, value), f"{_shown(name, figure.low)} to {_shown(name, figure.high)}"


def _group_row(group: Group) -> Sequence[object]:
    return (group.name, group.questions, *(_shown(name, figure.value) for name, figure in group.figures.items()))


def _difference_row(name: str, figure: Difference) -> Sequence[object]:
    p = "–" if figure.p is None else f"{figure.p:.4f}"
    return (name, _shown(name, figure.this), _shown(name, figure.other), *_with_interval(name, figure), p)


def _shown(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.1f}" if name.endswith("_ms") else f"{value:.3f}"
