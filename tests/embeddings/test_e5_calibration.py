import numpy as np
import pytest

from embeddings.e5_calibration import agreement, measure_ranges
from embeddings.e5_graph import write_graph
from embeddings.e5_weights import E5Weights, Floats


@pytest.fixture(scope="module")
def exact(e5_weights: E5Weights) -> bytes:
    return write_graph(e5_weights)


@pytest.fixture(scope="module")
def ranges(e5_weights: E5Weights, exact: bytes) -> dict[str, Floats]:
    return measure_ranges(e5_weights, exact)


def test_ranges_cover_every_linear_layer(ranges: dict[str, Floats]) -> None:
    assert sorted(ranges) == sorted(f"l{layer}.{name}" for layer in range(12) for name in ("qkv", "ao", "fi", "fo"))
    assert ranges["l0.fo"].shape == (1536,) and ranges["l0.qkv"].shape == (384,)


def test_the_loud_channel_of_layer_4_is_found(ranges: dict[str, Floats]) -> None:
    assert int(ranges["l4.fo"].argmax()) == 778
    assert ranges["l4.fo"].max() > 5 * np.sort(ranges["l4.fo"])[-2]


def test_the_8_bit_graph_agrees_with_the_exact_one(
    e5_weights: E5Weights, exact: bytes, ranges: dict[str, Floats]
) -> None:
    assert agreement(e5_weights, write_graph(e5_weights, ranges), exact) > 0.99


def test_a_graph_agrees_with_itself(e5_weights: E5Weights, exact: bytes) -> None:
    assert agreement(e5_weights, exact, exact) == pytest.approx(1)


def test_wrong_ranges_are_noticed(e5_weights: E5Weights, exact: bytes, ranges: dict[str, Floats]) -> None:
    spoiled = {name: np.where(np.arange(len(values)) % 2, values, values * 1e4) for name, values in ranges.items()}
    assert agreement(e5_weights, write_graph(e5_weights, spoiled), exact) < 0.97
