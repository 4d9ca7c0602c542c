import pytest

from rag.evaluation.resampling import Estimate, compare, estimate
from rag.evaluation.statistics import mean


def rows(*values):
    return [{"x": float(value)} for value in values]


def test_two_questions_can_be_drawn_all_wrong_or_all_right():
    # Resamples of (0, 1) have the means 0, 1/2 and 1 in a quarter, a half and a quarter of the cases.
    assert estimate(mean("x")(rows(0, 1)), 2) == Estimate(0.5, 0.0, 1.0, 2)


def test_the_interval_of_a_share_is_close_to_the_normal_one():
    # 50 of 100: the standard error is sqrt(.5 * .5 / 100) = .05, so the interval is .5 -+ .098.
    found = estimate(mean("x")(rows(*[0, 1] * 50)), 100)
    assert found.low == pytest.approx(0.402, abs=0.015)
    assert found.high == pytest.approx(0.598, abs=0.015)


def test_a_figure_that_does_not_exist_has_no_interval():
    assert estimate(mean("x")([{}, {}]), 2) == Estimate(None, None, None, 0)


def test_the_same_results_give_the_same_interval():
    statistic = mean("x")(rows(1, 5, 2, 8, 3))
    assert estimate(statistic, 5) == estimate(statistic, 5)


def test_a_run_does_not_differ_from_itself():
    found = compare(mean("x")(rows(0, 1, 1, 0, 1, 1)), 3)
    assert (found.difference, found.low, found.high, found.p) == (0, 0, 0, 1)


def test_p_is_the_share_of_exchanges_that_differ_as_much():
    # Four questions right now and wrong before: of the 16 ways to exchange outcomes only none and all give 1.
    found = compare(mean("x")(rows(1, 1, 1, 1, 0, 0, 0, 0)), 4)
    assert (found.this, found.other, found.difference) == (1, 0, 1)
    assert found.p == pytest.approx(2 / 16, abs=0.03)


def test_questions_are_resampled_in_pairs():
    # Every question is better by exactly 1, however much the questions themselves differ.
    found = compare(mean("x")(rows(11, 501, 3, 81, 10, 500, 2, 80)), 4)
    assert (found.low, found.high) == (pytest.approx(1), pytest.approx(1))


def test_a_worse_run_has_a_negative_difference():
    found = compare(mean("x")(rows(*[0] * 20, *[1] * 20)), 20)
    assert found.difference == -1
    assert found.p < 0.01


def test_a_figure_that_one_run_has_not_is_not_compared():
    found = compare(mean("x")([*rows(1, 1), {}, {}]), 2)
    assert (found.this, found.other, found.difference, found.p) == (1, None, None, None)
