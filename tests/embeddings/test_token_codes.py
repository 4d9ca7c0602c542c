import numpy as np
import pytest

from embeddings.token_codes import GROUP, TokenCodec


def unit_vectors(count, dimension, mean, seed=0):
    """Unit vectors around a mean, as a model's are."""
    drawn = np.random.default_rng(seed).standard_normal((count, dimension)) / np.sqrt(dimension)
    vectors = mean + drawn * np.sqrt(1 - mean @ mean)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def a_mean(dimension):
    mean = np.random.default_rng(7).standard_normal(dimension)
    return (0.6 * mean / np.linalg.norm(mean)).astype(np.float32)


@pytest.mark.parametrize(("dimension", "size"), [(384, 64), (1024, 171), (6, 1), (7, 2)])
def test_a_code_has_one_byte_for_every_six_dimensions(dimension, size):
    codec = TokenCodec(a_mean(dimension))
    codes = codec.encode(unit_vectors(5, dimension, codec.mean))
    assert (codes.dtype, codes.shape) == (np.uint8, (5, size))
    assert codec.decode(codes).shape == (5, dimension)


def test_what_is_decoded_is_near_what_was_encoded():
    """The codebook leaves .21 of a Gaussian's variance, so of the part beside the mean .79: cosine .89."""
    codec = TokenCodec(a_mean(384))
    vectors = unit_vectors(400, 384, codec.mean)
    beside, decoded = vectors - codec.mean, codec.decode(codec.encode(vectors)) - codec.mean
    cosines = (beside * decoded).sum(axis=1) / np.linalg.norm(beside, axis=1) / np.linalg.norm(decoded, axis=1)
    assert 0.87 < cosines.mean() < 0.91
    assert cosines.min() > 0.8


def test_cosines_are_those_of_the_decoded_vectors_without_the_centre():
    codec, centre = TokenCodec(a_mean(384)), a_mean(384) * np.float32(0.8)
    codes = codec.encode(unit_vectors(30, 384, codec.mean))
    queries = unit_vectors(4, 384, np.zeros(384), seed=1)
    expected = codec.decode(codes) - centre
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(codec.cosines(queries, codes, centre), queries @ expected.T, atol=0.01)


def test_the_codes_of_a_vector_do_not_depend_on_its_neighbours():
    codec = TokenCodec(a_mean(48))
    vectors = unit_vectors(9000, 48, codec.mean)
    np.testing.assert_array_equal(codec.encode(vectors)[8990:], codec.encode(vectors[8990:]))


def test_no_vectors_have_no_codes():
    codec = TokenCodec(np.zeros(12, np.float32))
    codes = codec.encode(np.empty((0, 12), np.float32))
    assert codes.shape == (0, 12 // GROUP)
    assert codec.cosines(np.eye(12, dtype=np.float32), codes, codec.mean).shape == (12, 0)
