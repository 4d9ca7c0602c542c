import numpy as np
import pytest

from rag.evaluation.statistics import auroc, given, mean, percentile, ratio


def value(figure, values, *weights):
    statistic = figure(values)
    return statistic(np.array(weights or [[1] * len(values)], float)).tolist()


def test_a_mean_is_over_the_questions_that_have_the_value():
    values = [{"hit": 1.0}, {}, {"hit": 0.0}, {"hit": 0.0}]
    assert value(mean("hit"), values) == [pytest.approx(1 / 3)]
    assert mean("hit")(values).count == 3


def test_a_weight_counts_a_question_as_often():
    values = [{"hit": 1.0}, {"hit": 0.0}]
    assert value(mean("hit"), values, [3, 1], [0, 2]) == [0.75, 0.0]


def test_a_ratio_is_of_sums_not_a_mean_of_ratios():
    # 1 of 1 quotes and 1 of 4: 2 of 5, where the mean of the two shares would be .625.
    values = [{"right": 1.0, "quotes": 1.0}, {"right": 1.0, "quotes": 4.0}, {"quotes": 0.0}]
    assert value(ratio("right", "quotes"), values) == [pytest.approx(0.4)]
    assert ratio("right", "quotes")(values).count == 2


def test_auroc_is_the_share_of_pairs_in_the_right_order_ties_half():
    # Positives .9 and .4, negatives .5 and .4: .9 wins twice, .4 loses once and ties once: 2.5 of 4.
    values = [{"s": 0.9, "p": 1.0}, {"s": 0.4, "p": 1.0}, {"s": 0.5, "p": 0.0}, {"s": 0.4, "p": 0.0}]
    assert value(auroc("s", "p"), values) == [pytest.approx(0.625)]
    # With .9 twice there are six pairs, of which 4.5 are won.
    assert value(auroc("s", "p"), values, [2, 1, 1, 1]) == [pytest.approx(0.75)]


def test_auroc_of_scores_that_all_tie_is_a_half():
    assert value(auroc("s", "p"), [{"s": 0.0, "p": 1.0}, {"s": 0.0, "p": 0.0}]) == [0.5]


def test_a_percentile_is_the_smallest_value_that_enough_do_not_exceed():
    values = [{"ms": 30.0}, {"ms": 10.0}, {"ms": 20.0}, {"ms": 40.0}]
    assert value(percentile("ms", 0.5), values) == [20]
    assert value(percentile("ms", 0.95), values) == [40]
    # 30 thrice and 10 once.
    assert value(percentile("ms", 0.5), values, [3, 1, 0, 0]) == [30]


@pytest.mark.parametrize("figure", [mean("x"), ratio("x", "y"), auroc("x", "y")], ids=["mean", "ratio", "auroc"])
def test_where_nothing_has_a_say_there_is_no_figure(figure):
    assert np.isnan(value(figure, [{}, {}])).all()


def test_a_figure_can_hang_on_a_value_that_some_question_has():
    figure = given("unanswerable", ratio("right", "refused"))
    values = [{"refused": 1.0, "right": 0.0, "unanswerable": 0.0}, {"unanswerable": 0.0}]
    assert np.isnan(value(figure, values)).all()
    assert value(figure, [*values, {"unanswerable": 1.0}]) == [0.0]


def test_auroc_is_that_of_all_pairs_also_with_many_ties():
    rng = np.random.default_rng(1)
    scores, positive = rng.integers(0, 6, 40).astype(float), rng.integers(0, 2, 40).astype(float)
    above, below = scores[positive > 0, None], scores[None, positive == 0]
    expected = ((above > below) + 0.5 * (above == below)).mean()
    values = [{"s": s, "p": p} for s, p in zip(scores, positive, strict=True)]
    assert value(auroc("s", "p"), values) == [pytest.approx(expected)]
