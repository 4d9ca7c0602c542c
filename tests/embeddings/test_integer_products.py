import numpy as np
import pytest

from embeddings import integer_products
from embeddings.integer_products import LARGEST, ZERO, integer_product

SCALE, BIAS = np.float32([1, 1, 2, 0.5, 1]), np.float32([0, 3, 0, 0, -1])


@pytest.fixture
def matrices():
    rng = np.random.default_rng(3)
    left = rng.integers(ZERO - LARGEST, ZERO + LARGEST + 1, (40, 24), np.uint8)
    return left, rng.integers(-127, 128, (24, 5), np.int8)


def exact(left, right, scale=SCALE, bias=BIAS):
    return (left.astype(np.int64) - ZERO) @ right.astype(np.int64) * scale + bias


def test_a_product_is_scaled_and_shifted_by_columns(matrices):
    product = integer_product(*matrices, SCALE, BIAS)
    assert product.dtype == np.float32
    np.testing.assert_array_equal(product, exact(*matrices))


def test_the_largest_numbers_do_not_overflow():
    left, right = np.full((3, 512), ZERO + LARGEST, np.uint8), np.full((512, 5), 127, np.int8)
    np.testing.assert_array_equal(integer_product(left, right, SCALE, BIAS), exact(left, right))


def test_a_processor_that_gets_it_wrong_is_not_trusted(matrices, monkeypatch):
    monkeypatch.setattr(integer_products, "_by_onnxruntime", lambda: lambda *given: exact(*given) + 1)
    integer_products._product.cache_clear()
    try:
        np.testing.assert_array_equal(integer_product(*matrices, SCALE, BIAS), exact(*matrices))
    finally:
        integer_products._product.cache_clear()


def test_an_empty_left_side_has_an_empty_product():
    none = np.empty((0, 24), np.uint8)
    assert integer_product(none, np.zeros((24, 5), np.int8), SCALE, BIAS).shape == (0, 5)
