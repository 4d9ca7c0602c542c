"""How sure a figure is, and whether two differ: bootstrap and randomisation (Efron and Tibshirani 1993; Noreen 1989).

Seeds are fixed: the same results give the same intervals.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from rag.evaluation.statistics import Numbers, Statistic

RESAMPLES = 2000
SEED = 20140529
_BOUNDS = (0.025, 0.975)
_SAME = 1e-12


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95% interval over `count` questions; None where no question has a say."""

    value: float | None
    low: float | None
    high: float | None
    count: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of two runs on the same questions: `this` less `other`, its 95% interval, and a two-sided p."""

    this: float | None
    other: float | None
    difference: float | None
    low: float | None
    high: float | None
    p: float | None


def estimate(statistic: Statistic, questions: int) -> Estimate:
    """The figure and its percentile bootstrap interval; a share of 0 or 1 has one without width."""
    value = _single(statistic(np.ones((1, questions))))
    low, high = _interval(statistic(_resamples(questions)))
    return Estimate(value, low, high, statistic.count)


def compare(both: Statistic, questions: int) -> Difference:
    """A paired test on a statistic over this run's questions followed by the other's, in the same order.

    The interval comes from resampling questions, with both their outcomes; p is the share of random
    exchanges of outcomes between the runs that differ at least as much.
    """
    every, none = np.ones((1, questions)), np.zeros((1, questions))
    this, other = both(np.hstack([every, none])), both(np.hstack([none, every]))
    counts = _resamples(questions)
    nothing = np.zeros_like(counts)
    low, high = _interval(both(np.hstack([counts, nothing])) - both(np.hstack([nothing, counts])))
    swapped = np.random.default_rng(SEED).integers(0, 2, counts.shape).astype(float)
    exchanged = both(np.hstack([1 - swapped, swapped])) - both(np.hstack([swapped, 1 - swapped]))
    difference = _single(this - other)
    return Difference(_single(this), _single(other), difference, low, high, _p_value(difference, exchanged))


@lru_cache(maxsize=1)
def _resamples(questions: int) -> Numbers:
    """(`RESAMPLES`, questions): how often each question is drawn."""
    rng = np.random.default_rng(SEED)
    return rng.multinomial(questions, np.full(questions, 1 / questions), size=RESAMPLES).astype(float)


def _interval(values: Numbers) -> tuple[float | None, float | None]:
    """The bounds over the resamples in which the figure exists."""
    known = values[~np.isnan(values)]
    if not len(known):
        return None, None
    low, high = np.quantile(known, _BOUNDS)
    return float(low), float(high)


def _p_value(difference: float | None, exchanged: Numbers) -> float | None:
    known = exchanged[~np.isnan(exchanged)]
    if difference is None or not len(known):
        return None
    as_large = int(np.count_nonzero(np.abs(known) >= abs(difference) - _SAME))
    return (1 + as_large) / (1 + len(known))


def _single(values: Numbers) -> float | None:
    return None if np.isnan(values[0]) else float(values[0])
