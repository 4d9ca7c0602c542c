import numpy as np
import pytest

from rag.search.fusion import deal, fuse


def floats(*values):
    return np.array(values, np.float32)


def test_fused_scores_are_weighted_z_scores():
    """z(1, 3) is (-1, 1); z(8, 0) is (1, -1)."""
    np.testing.assert_allclose(fuse(floats(1, 3), floats(8, 0), 0.25), [-0.5, 0.5], atol=1e-6)


@pytest.mark.parametrize(("weight", "best"), [(0.0, 1), (1.0, 0)])
def test_the_weight_says_who_decides(weight, best):
    assert fuse(floats(0.1, 0.9), floats(7, 2), weight).argmax() == best


def test_scores_that_are_all_equal_do_not_count():
    np.testing.assert_allclose(fuse(floats(1, 3), floats(5, 5), 0.5), [-0.5, 0.5], atol=1e-6)


@pytest.mark.parametrize("count", [0, 1])
def test_few_candidates_give_no_nan(count):
    assert np.isfinite(fuse(np.ones(count, np.float32), np.ones(count, np.float32), 0.4)).all()


def ranks(*values):
    return np.array(values, np.int64)


def test_the_dense_scores_are_dealt_out_in_the_order_of_the_ranking():
    np.testing.assert_allclose(deal(floats(0.9, 0.5, 0.7), ranks(1, 2, 0)), [0.5, 0.9, 0.7])


def test_a_passage_of_another_language_keeps_its_position():
    """However three Russian passages are ranked, the English one with .6 stays third of four."""
    russian, english = floats(0.9, 0.8, 0.2), 0.6
    for ranking in (ranks(0, 1, 2), ranks(2, 0, 1), ranks(1, 2, 0)):
        assert (deal(russian, ranking) > english).sum() == 2
