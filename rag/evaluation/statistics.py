"""Figures as functions of the questions' weights.

A weight is how often a question counts: 1 each for the figure itself, the counts of a resample for
its interval. So a figure is written once and resampled by matrix products.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]


class Statistic(Protocol):
    """A figure over n questions."""

    @property
    def count(self) -> int:
        """How many of the questions have a say."""

    def __call__(self, weights: Numbers) -> Numbers:
        """(r,) values for (r, n) weights; nan where nothing has a say."""


Figure = Callable[[Sequence[Mapping[str, float]]], Statistic]
"""From the questions' values to the statistic over them."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """The sum of (n,) numerators over the sum of (n,) denominators."""

    numerators: Numbers
    denominators: Numbers

    @property
    def count(self) -> int:
        """Questions with a denominator."""
        return int(np.count_nonzero(self.denominators))

    def __call__(self, weights: Numbers) -> Numbers:
        """(r,) values for (r, n) weights."""
        return _divided(weights @ self.numerators, weights @ self.denominators)


@dataclass(frozen=True, slots=True)
class Auroc:
    """How often a positive's score is above a negative's, ties half: the area under the ROC curve (Fawcett 2006)."""

    scores: Numbers
    positive: npt.NDArray[np.bool_]

    @property
    def count(self) -> int:
        """All questions."""
        return len(self.scores)

    def __call__(self, weights: Numbers) -> Numbers:
        """(r,) values for (r, n) weights."""
        order = np.argsort(self.scores)
        _, starts = np.unique(self.scores[order], return_index=True)
        positives = np.add.reduceat((weights * self.positive)[:, order], starts, axis=1)
        negatives = np.add.reduceat((weights * ~self.positive)[:, order], starts, axis=1)
        won = (positives * (negatives.cumsum(axis=1) - negatives / 2)).sum(axis=1)
        return _divided(won, positives.sum(axis=1) * negatives.sum(axis=1))


@dataclass(frozen=True, slots=True)
class Percentile:
    """The smallest value that at least `share` of the questions do not exceed."""

    values: Numbers
    share: float

    @property
    def count(self) -> int:
        """All questions."""
        return len(self.values)

    def __call__(self, weights: Numbers) -> Numbers:
        """(r,) values for (r, n) weights."""
        order = np.argsort(self.values)
        reached = weights[:, order].cumsum(axis=1)
        found: Numbers = self.values[order][(reached >= self.share * reached[:, -1:]).argmax(axis=1)]
        return found


def mean(name: str) -> Figure:
    """The mean of a value over the questions that have it."""

    def over(values: Sequence[Mapping[str, float]]) -> Ratio:
        return Ratio(_column(values, name), np.array([name in row for row in values], float))

    return over


def ratio(numerator: str, denominator: str) -> Figure:
    """The sum of one value over the sum of another; absent counts as 0."""
    return lambda values: Ratio(_column(values, numerator), _column(values, denominator))


def auroc(score: str, positive: str) -> Figure:
    """How well a value tells the questions with `positive` from those without."""
    return lambda values: Auroc(_column(values, score), _column(values, positive) > 0)


def percentile(name: str, share: float) -> Figure:
    """A percentile of a value that every question has."""
    return lambda values: Percentile(_column(values, name), share)


def given(name: str, figure: Figure) -> Figure:
    """The figure where some question has this value above 0, else none."""
    return lambda values: figure(values if any(row.get(name) for row in values) else [{} for _ in values])


def _column(values: Sequence[Mapping[str, float]], name: str) -> Numbers:
    return np.array([row.get(name, 0.0) for row in values], float)


def _divided(numerators: Numbers, denominators: Numbers) -> Numbers:
    quotients: Numbers = np.full(len(numerators), np.nan)
    return np.divide(numerators, denominators, out=quotients, where=denominators > 0)
