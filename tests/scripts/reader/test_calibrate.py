import math

import numpy as np
import pytest


@pytest.fixture(scope="module")
def calibrate(script):
    return script("calibrate")


@pytest.fixture
def asked(calibrate):
    """A question whose windows have these (log-odds, span, nearness, names); `right` are the places that answer."""

    def make(*features, right=(), answerable=True):
        told = np.array(features, float)
        held = np.array([place in right for place in range(len(told))])
        return calibrate.Asked("made:1", answerable, told, held, np.ones(len(told), bool))

    return make


def window(odds=0.0, span=-1.0, nearness=0.5, names=1.0):
    return (odds, span, nearness, names)


def test_the_ranking_goes_by_what_tells_the_right_window(calibrate, asked):
    # Nearness tells it always, the log-odds as often as not.
    questions = [
        asked(window(2.0 * (n % 2), nearness=0.9), window(2.0 * ((n + 1) % 2), nearness=0.2), right=[0])
        for n in range(20)
    ]
    weights = calibrate.fit_ranking(questions)
    assert weights[2] > 1
    assert abs(weights[0]) < 0.1
    assert [calibrate.signals(one, weights)[0] for one in questions] == [0] * 20


def test_questions_without_a_right_window_teach_the_ranking_nothing(calibrate, asked):
    taught = [asked(window(3.0), window(0.0), right=[0]), asked(window(1.0), window(-1.0), right=[0])]
    rest = [asked(window(-5.0), window(9.0)), asked(window(-5.0), window(9.0), right=[0], answerable=False)]
    np.testing.assert_allclose(calibrate.fit_ranking([*taught, *rest]), calibrate.fit_ranking(taught), atol=1e-6)


def test_the_signals_are_the_log_odds_of_the_leading_and_of_the_nearest_window(calibrate, asked):
    one = asked(window(1.0, nearness=0.2), window(3.0, nearness=0.4), window(-2.0, nearness=0.9))
    assert calibrate.signals(one, np.array([1.0, 0.0, 0.0, 0.0])) == (1, (3.0, -2.0))
    assert calibrate.signals(one, np.array([0.0, 0.0, 1.0, 0.0])) == (2, (-2.0, -2.0))


def test_the_confidence_is_larger_for_what_is_answered(calibrate, asked):
    odds = [4.0, 3.0, 1.0, -1.0, -3.0, 2.0]
    questions = [
        asked(window(o), answerable=answerable) for o, answerable in zip(odds, [1, 1, 1, 0, 0, 0], strict=True)
    ]
    weights = np.array([1.0, 0.0, 0.0, 0.0])
    sure = calibrate.fit_confidence(questions, weights)
    told = {one.asked.features[0, 0]: one.confidence for one in calibrate.told_of(questions, weights, sure)}
    assert sorted(told, key=told.get) == sorted(odds)
    assert told[4.0] > 0.5 > told[-3.0]


def test_a_question_is_told_by_hand(calibrate, asked):
    one = asked(window(2.0, nearness=0.1), window(1.0, nearness=0.9), right=[1])
    (told,) = calibrate.told_of([one], np.array([1.0, 0.0, 0.0, 0.0]), np.array([0.5, 0.25, -1.0]))
    assert not told.right
    assert told.confidence == pytest.approx(1 / (1 + math.exp(-(0.5 * 2.0 + 0.25 * 1.0 - 1.0))))


def test_the_figures_of_five_questions(calibrate, asked):
    def told(right, confidence, answerable=True):
        return calibrate.Told(
            asked(window(), right=[0] if answerable else (), answerable=answerable), right, confidence
        )

    found = [told(True, 0.9), told(False, 0.6), told(True, 0.4), told(False, 0.5, False), told(False, 0.2, False)]
    # Half of the answerable lie at or below 0.6; of six pairs .9 and .6 win both, .4 one.
    assert calibrate.figures(found, 0.5) == {
        "threshold": 0.6,
        "first_right": 0.667,
        "any_window": 1.0,
        "auroc": round(5 / 6, 3),
        "unanswerable_refused": 1.0,
    }
