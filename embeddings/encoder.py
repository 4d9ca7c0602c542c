"""The seam between texts and vectors, and the one place that chooses what stands behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Offsets = npt.NDArray[np.int64]

DEFAULT_ENCODER = "e5-small"


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """A text read once: its own vector, and one for each of its tokens.

    `pooled` is (dimension,), `tokens` (t, width), both float32 and of unit length. `offsets` (t, 2) are
    the code points of the text that each token covers, end exclusive and without the space before it.
    The model reads its prefix, special tokens and tokens of nothing but space too; they are left out
    here, so t may be 0. Where a model cuts a long text short the rest has none.
    """

    pooled: Vectors
    tokens: Vectors
    offsets: Offsets

    @classmethod
    def of(cls, text: str, pooled: Vectors, states: Vectors, offsets: Offsets) -> Self:
        """From (t, width) states of any length and their offsets; a prefix has ends below 1."""
        starts, ends = np.maximum(offsets, 0).T
        covered = [text[start:end] for start, end in zip(starts, ends, strict=True)]
        starts = starts + [len(piece) - len(piece.lstrip()) for piece in covered]
        own = np.flatnonzero(starts < ends)
        tokens = states[own] / np.linalg.norm(states[own], axis=1, keepdims=True)
        return cls(pooled, tokens, np.stack([starts, ends], axis=1)[own])


class Encoder(Protocol):
    """Turns queries and passages into vectors whose inner product is their similarity.

    For late interaction (Khattab and Zaharia 2020) it gives the vectors of their tokens too, in the
    same pass: `pooled` is what `encode_queries` or `encode_passages` gives for the same text, and a text
    costs at most 1.2 times as much.

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

    @property
    def runs_at_once(self) -> int:
        """How many calls from several threads gain by running side by side; more are better joined."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, dimension) float32, unit length; larger inner products with passages are better."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dimension) float32, unit length."""

    def encode_query_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Each text as a query."""

    def encode_passage_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Each text as a passage."""

    def count_tokens(self, text: str) -> int:
        """Tokens of `text` as a passage, prefix and special tokens included."""


def open_encoder(name: str, model_directory: Path) -> Encoder:
    """The packaged model for `DEFAULT_ENCODER`, else any sentence-transformers name or directory.

    The model's fast form is kept in `model_directory`. Raises `EncoderUnavailable`.
    """
    if name == DEFAULT_ENCODER:
        from embeddings.e5 import E5Encoder

        return E5Encoder.open(model_directory)
    from embeddings.sentence_transformer import SentenceTransformerEncoder

    return SentenceTransformerEncoder(name, model_directory)
