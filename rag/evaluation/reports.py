"""Results summed up: overall, by group, and against an earlier run."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rag.errors import EvaluationError
from rag.evaluation.figures import ANSWERS, RANKINGS
from rag.evaluation.resampling import Difference, Estimate, compare, estimate
from rag.evaluation.results import Result
from rag.evaluation.statistics import Figure

_GROUPED_BY = ("language", "direction", "kind")
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of some questions: those whose field `by` has this `name`; "all" of them where `by` is None."""

    by: str | None
    name: str
    questions: int
    figures: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs on the `questions` that both have; `left_out` is how many only one of them has."""

    questions: int
    left_out: int
    figures: Mapping[str, Difference]


@dataclass(frozen=True, slots=True)
class Report:
    """What one run gave. `snapshot` is the content hash of what was searched."""

    snapshot: str
    groups: Sequence[Group]
    results: Sequence[Result]
    comparison: Comparison | None

    def to_dict(self) -> dict[str, Any]:
        """As `eurag eval --json` prints it; figures have four digits, the values of each question all of theirs."""
        return {
            "snapshot": self.snapshot,
            "groups": [asdict(group) | {"figures": _rounded(group.figures)} for group in self.groups],
            "comparison": self.comparison and asdict(self.comparison) | {"figures": _rounded(self.comparison.figures)},
            "results": [result.to_dict() for result in self.results],
        }


def report(snapshot: str, results: Sequence[Result], earlier: Mapping[str, Result] | None = None) -> Report:
    """The report on results, compared with the `earlier` ones of the same questions if given.

    Raises `EvaluationError` where the two have no question or no figure in common.
    """
    groups = [_group(None, "all", results)]
    for by in _GROUPED_BY:
        names = sorted({name for result in results if (name := getattr(result, by)) is not None})
        groups += [_group(by, name, [result for result in results if getattr(result, by) == name]) for name in names]
    return Report(snapshot, groups, results, None if earlier is None else compare_results(results, earlier))


def compare_results(results: Sequence[Result], earlier: Mapping[str, Result]) -> Comparison:
    """A paired test of each figure that both have. Raises `EvaluationError` where there is nothing to compare."""
    now = [result for result in results if result.id in earlier]
    then = [earlier[result.id] for result in now]
    if not now:
        raise EvaluationError("the two runs have no question in common: nothing to compare")
    if _figures_of(now) is not _figures_of(then):
        raise EvaluationError("one run is of answers, the other of rankings: nothing to compare")
    values = [result.values for result in [*now, *then]]
    figures = {name: compare(figure(values), len(now)) for name, figure in _figures_of(now).items()}
    return Comparison(len(now), len(results) + len(earlier) - 2 * len(now), figures)


def _group(by: str | None, name: str, results: Sequence[Result]) -> Group:
    values = [result.values for result in results]
    figures = {label: estimate(figure(values), len(results)) for label, figure in _figures_of(results).items()}
    return Group(by, name, len(results), figures)


def _figures_of(results: Sequence[Result]) -> Mapping[str, Figure]:
    return ANSWERS if "confidence" in results[0].values else RANKINGS


def _rounded(figures: Mapping[str, Estimate] | Mapping[str, Difference]) -> dict[str, Any]:
    return {
        name: {key: round(v, _DIGITS) if isinstance(v, float) else v for key, v in asdict(figure).items()}
        for name, figure in figures.items()
    }
