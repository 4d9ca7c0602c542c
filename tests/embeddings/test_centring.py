import numpy as np
import pytest

from embeddings.centring import (
    MAX_DRIFT,
    PRIOR_WEIGHT,
    WEIGHT_POWER,
    centre,
    centre_by_weight,
    language_means,
    settled,
)


def rows(*values):
    return np.array(values, np.float32)


def test_without_priors_the_mean_is_shrunk_towards_zero():
    means = language_means(rows([1, 0], [0, 1]), ["en", "en"], {})
    np.testing.assert_allclose(means["en"], rows(1, 1) / (2 + PRIOR_WEIGHT))


def test_mean_and_prior_weigh_the_same_with_as_many_passages_as_the_prior_is_worth():
    vectors = np.tile(rows([1, 0]), (PRIOR_WEIGHT, 1))
    means = language_means(vectors, ["ru"] * PRIOR_WEIGHT, {"ru": rows(0, 1)})
    np.testing.assert_allclose(means["ru"], [0.5, 0.5])


def test_with_many_passages_the_prior_hardly_counts():
    means = language_means(np.tile(rows([1, 0]), (10_000, 1)), ["ru"] * 10_000, {"ru": rows(0, 1)})
    np.testing.assert_allclose(means["ru"], [1, 0], atol=0.01)


def test_a_language_that_has_only_a_prior_keeps_it():
    means = language_means(rows([1, 0]), ["en"], {"ru": rows(0, 1)})
    np.testing.assert_allclose(means["ru"], [0, 1])


def test_a_language_without_a_prior_shrinks_towards_the_mean_of_all_priors():
    priors = {"en": rows(1, 0), "ru": rows(0, 1)}
    means = language_means(np.zeros((PRIOR_WEIGHT, 2), np.float32), ["kk"] * PRIOR_WEIGHT, priors)
    np.testing.assert_allclose(means["kk"], [0.25, 0.25])


def test_each_vector_loses_the_mean_of_its_own_language_and_has_unit_length():
    means = {"en": rows(1, 0), "ru": rows(0, 1)}
    centred = centre(rows([1, 2], [3, 1]), ["en", "ru"], means)
    np.testing.assert_allclose(centred, [[0, 1], [1, 0]])
    assert centred.dtype == np.float32


def test_a_language_without_a_mean_is_only_brought_to_unit_length():
    np.testing.assert_allclose(centre(rows([3, 4]), ["de"], {"en": rows(1, 0)}), [[0.6, 0.8]])


def test_a_vector_equal_to_its_mean_becomes_zero_and_no_nan():
    np.testing.assert_array_equal(centre(rows([1, 0]), ["en"], {"en": rows(1, 0)}), [[0, 0]])


def test_what_comes_in_is_left_as_it_was():
    vectors = rows([3, 4])
    centre(vectors, ["en"], {"en": rows(1, 0)})
    np.testing.assert_array_equal(vectors, [[3, 4]])


def test_centring_puts_the_right_passage_of_the_other_language_above_a_wrong_one():
    """One axis for each language, one for each of two topics; by plain cosine the wrong one is first."""
    query = rows([3, 0, 1, 0])
    passages = rows([3, 0, 0, 1], [0, 3, 1, 0], [0, 3, 0, 1])
    means = {"ru": rows(3, 0, 0.5, 0.5), "en": rows(0, 3, 0.5, 0.5)}
    assert (passages @ query[0]).argmax() == 0
    scores = centre(passages, ["ru", "en", "en"], means) @ centre(query, ["ru"], means)[0]
    np.testing.assert_allclose(scores, [-1, 1, -1], atol=1e-6)


@pytest.mark.parametrize("count", [0, 3])
def test_shape_is_kept(count):
    assert centre(np.ones((count, 4), np.float32), ["en"] * count, {}).shape == (count, 4)


@pytest.mark.parametrize(("moved", "stays"), [(MAX_DRIFT * 0.9, True), (MAX_DRIFT * 1.1, False)])
def test_a_mean_stays_until_it_has_drifted(moved, stays):
    before = np.array([1.0, 0.0], np.float32)
    now = before + np.array([0.0, moved], np.float32)
    assert (settled({"en": now}, {"en": before})["en"] is before) == stays


def test_a_language_that_is_new_takes_its_new_mean():
    mean = np.array([1.0, 0.0], np.float32)
    assert settled({"ru": mean}, {"en": mean})["ru"] is mean


def test_tokens_far_from_the_mean_weigh_more_and_all_weigh_one_on_average():
    mean = np.array([1, 0], np.float32)
    weighed = centre_by_weight(rows([1, 2], [1, -1]), mean)
    near, far = 1 / (1 + 2**WEIGHT_POWER), 2**WEIGHT_POWER / (1 + 2**WEIGHT_POWER)
    np.testing.assert_allclose(weighed, [[0, 2 * far], [0, -2 * near]], rtol=1e-5)


def test_tokens_of_a_language_without_a_mean_all_weigh_the_same():
    tokens = rows([0.6, 0.8], [1, 0])
    assert centre_by_weight(tokens, None) is tokens


def test_a_token_equal_to_the_mean_weighs_nothing():
    weighed = centre_by_weight(rows([1, 0], [0, 1]), np.array([1, 0], np.float32))
    np.testing.assert_allclose(np.linalg.norm(weighed, axis=1), [0, 2], atol=1e-5)


def test_a_question_without_tokens_stays_empty():
    assert centre_by_weight(np.zeros((0, 2), np.float32), np.ones(2, np.float32)).shape == (0, 2)
