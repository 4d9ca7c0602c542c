"""Random pieces instead of sample texts: the ranges of activations, and whether two graphs agree.

Random pieces drive the loud channels of this model to the same heights as real text does: measured
on XQuAD, divisors from either give the 8-bit model the same mean cosine to float32 (.9991).
"""

from collections.abc import Iterator

import numpy as np

from embeddings.e5_graph import INPUT, OUTPUT, open_session
from embeddings.e5_weights import Floats, TransformerWeights

_PIECES = 126


def measure_ranges(weights: TransformerWeights, exact: bytes) -> dict[str, Floats]:
    """(inputs,) float32 for each linear layer: the largest absolute value of each channel (about 2 s).

    `exact` is the float32 graph. Raises `EncoderUnavailable` when ONNX Runtime is missing.
    """
    session = open_session(exact)
    names = [output.name for output in session.get_outputs() if output.name != OUTPUT]
    ranges: dict[str, Floats] = {}
    for words in _random_texts(weights, count=16, seed=0):
        for name, values in zip(names, session.run(names, {INPUT: words}), strict=True):
            highest = np.abs(values[0]).max(axis=0)
            ranges[name] = np.maximum(ranges[name], highest) if name in ranges else highest
    return ranges


def agreement(weights: TransformerWeights, one: bytes, other: bytes) -> float:
    """The smallest cosine between the mean states of two graphs on this processor; 1 is the best."""
    sessions = [open_session(one), open_session(other)]
    cosines = []
    for words in _random_texts(weights, count=4, seed=1):
        first, second = (session.run([OUTPUT], {INPUT: words})[0][0].mean(axis=0) for session in sessions)
        cosines.append(float(first @ second / np.linalg.norm(first) / np.linalg.norm(second)))
    return min(cosines)


def _random_texts(weights: TransformerWeights, count: int, seed: int) -> Iterator[Floats]:
    """Rows of the word embedding, (1, pieces + 2, hidden) float32 each."""
    begin, end = weights.frame
    length = min(_PIECES, weights.shape.positions - 2)
    random = np.random.default_rng(seed)
    for _ in range(count):
        pieces = random.integers(weights.ordinary_pieces.start, weights.ordinary_pieces.stop, length)
        yield weights.words([begin, *pieces, end])[None]
