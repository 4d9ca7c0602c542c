import numpy as np
import pytest

from embeddings import e5_graph
from embeddings.e5_calibration import measure_ranges
from embeddings.e5_graph import INPUT, OUTPUT, open_session, write_graph
from embeddings.e5_weights import E5Weights, Floats, dequantise
from embeddings.errors import EncoderUnavailable

IDS = [0, 41, 1294, 12, 587, 15824, 70, 5281, 32, 2]
_HALF_SQUARE = 0.7071067811865476


@pytest.fixture(scope="module")
def words(e5_weights: E5Weights) -> Floats:
    return dequantise(e5_weights.rows("emb.word")[IDS])


@pytest.fixture(scope="module")
def ranges(e5_weights: E5Weights) -> dict[str, Floats]:
    return measure_ranges(e5_weights, write_graph(e5_weights))


def test_the_float_graph_is_the_bert_of_the_paper(e5_weights: E5Weights, words: Floats) -> None:
    states = open_session(write_graph(e5_weights)).run([OUTPUT], {INPUT: words[None]})[0][0]
    np.testing.assert_allclose(states, _bert(e5_weights, words), atol=2e-4)


def test_the_8_bit_graph_keeps_the_direction_of_every_state(
    e5_weights: E5Weights, words: Floats, ranges: dict[str, Floats]
) -> None:
    states = open_session(write_graph(e5_weights, ranges)).run([OUTPUT], {INPUT: words[None]})[0][0]
    expected = _bert(e5_weights, words)
    cosines = (states * expected).sum(1) / np.linalg.norm(states, axis=1) / np.linalg.norm(expected, axis=1)
    assert cosines.min() > 0.98
    assert _cosine(states.mean(0), expected.mean(0)) > 0.995


def test_weights_leave_room_for_pairs_summed_in_16_bits(e5_weights: E5Weights, ranges: dict[str, Floats]) -> None:
    onnx = pytest.importorskip("onnx")
    model = onnx.load_from_string(write_graph(e5_weights, ranges))
    steps = [onnx.numpy_helper.to_array(constant) for constant in model.graph.initializer if constant.data_type == 3]
    assert len(steps) == 4 * 12
    assert all(2 * 255 * int(np.abs(step.astype(int)).max()) <= 32767 for step in steps)


def test_a_broken_graph_is_an_error_of_ours() -> None:
    with pytest.raises(EncoderUnavailable, match="cannot run the prepared model"):
        open_session(b"not a graph")


def test_shared_range_moves_between_activation_and_weights() -> None:
    divisors = e5_graph._balance(np.array([1, 1, 64], np.float32), np.ones((3, 2)))
    np.testing.assert_allclose(divisors, [1, 1, 64**0.65], rtol=1e-6)


def test_only_channels_far_above_the_median_are_hushed() -> None:
    divisors = e5_graph._hush(np.array([1, 1, 1, 3, 40], np.float32), np.ones((5, 2)))
    np.testing.assert_allclose(divisors, [1, 1, 1, 1, 10])


def _cosine(one: Floats, other: Floats) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def _bert(weights: E5Weights, words: Floats) -> Floats:
    """Devlin et al. 2019 in numpy."""
    size = weights.shape.hidden
    states = words + weights.tensor("emb.pos").reshape(-1, size)[: len(words)] + weights.tensor("emb.type")[:size]
    states = _norm(weights, "emb.ln", states)
    for layer in range(weights.shape.layers):
        query, key, value = (_heads(_linear(weights, f"l{layer}.{part}", states)) for part in "qkv")
        scores = query @ key.transpose(0, 2, 1) / np.sqrt(key.shape[-1])
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        context = (shares / shares.sum(-1, keepdims=True) @ value).transpose(1, 0, 2).reshape(len(words), size)
        states = _norm(weights, f"l{layer}.aln", states + _linear(weights, f"l{layer}.ao", context))
        inner = _linear(weights, f"l{layer}.fi", states)
        states = _norm(weights, f"l{layer}.oln", states + _linear(weights, f"l{layer}.fo", _gelu(inner)))
    return states


def _linear(weights: E5Weights, name: str, states: Floats) -> Floats:
    bias = weights.tensor(f"{name}.b")
    return states @ weights.tensor(f"{name}.w").reshape(len(bias), -1).T + bias


def _norm(weights: E5Weights, name: str, states: Floats) -> Floats:
    unit = (states - states.mean(-1, keepdims=True)) / states.std(-1, keepdims=True)
    return np.asarray(unit * weights.tensor(f"{name}.w") + weights.tensor(f"{name}.b"), np.float32)


def _heads(states: Floats) -> Floats:
    return states.reshape(len(states), 12, 32).transpose(1, 0, 2)


def _gelu(values: Floats) -> Floats:
    from math import erf

    return np.asarray(values * 0.5 * (1 + np.vectorize(erf)(values * _HALF_SQUARE)), np.float32)
