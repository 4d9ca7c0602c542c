"""The seam between texts and vectors, and the one place that chooses what stands behind it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]

DEFAULT_ENCODER = "e5-small"


class Encoder(Protocol):
    """Turns queries and passages into vectors whose inner product is their similarity.

    Engines that compute the same model share an `id` when their vectors agree to a minimum
    cosine of .97 on sample texts.
    """

    @property
    def id(self) -> str:
        """A hash of weights, pooling, prefixes and maximum length."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def max_tokens(self) -> int:
        """The most tokens of one passage that the model reads, prefix and special tokens included."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, dimension) float32, unit length; larger inner products with passages are better."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dimension) float32, unit length."""

    def count_tokens(self, text: str) -> int:
        """Tokens of `text` as a passage, prefix and special tokens included."""


def open_encoder(name: str, model_directory: Path) -> Encoder:
    """The packaged model for `DEFAULT_ENCODER`, else any sentence-transformers name or directory.

    The packaged model's fast form is kept in `model_directory`. Raises `EncoderUnavailable`.
    """
    if name == DEFAULT_ENCODER:
        from embeddings.e5 import E5Encoder

        return E5Encoder.open(model_directory)
    from embeddings.sentence_transformer import SentenceTransformerEncoder

    return SentenceTransformerEncoder(name)
