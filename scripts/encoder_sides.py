"""The two sides of `scripts/bench_encoder.py`, each in a process of its own that waits while the other works."""

import os
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Name = Literal["eurag", "sentence-transformers"]


class _Eurag:
    """Opened anew for every bulk run, so that no words of the run before are remembered."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.open_again()

    def open_again(self) -> None:
        from embeddings import DEFAULT_ENCODER, open_encoder

        self._encoder = open_encoder(DEFAULT_ENCODER, self._directory)

    def passages(self, texts: Sequence[str], batch: int) -> Vectors:
        return self._encoder.encode_passages(texts)

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.encode_queries(texts)

    def count(self, texts: Sequence[str]) -> int:
        """Tokens that both sides read: each text up to the model's maximum length."""
        return sum(min(self._encoder.count_tokens(text), self._encoder.max_tokens) for text in texts)


class _SentenceTransformers:
    def __init__(self, directory: Path) -> None:
        import torch
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(len(os.sched_getaffinity(0)))
        self._model: Any = SentenceTransformer(str(directory), device="cpu")

    def open_again(self) -> None:
        """It remembers nothing."""

    def passages(self, texts: Sequence[str], batch: int) -> Vectors:
        found = self._model.encode_document(list(texts), batch_size=batch, normalize_embeddings=True)
        return np.asarray(found, np.float32)

    def queries(self, texts: Sequence[str]) -> Vectors:
        found = [self._model.encode_query(text, normalize_embeddings=True) for text in texts]
        return np.asarray(found, np.float32)


class Side:
    """One side's process; every call waits for its result."""

    def __init__(self, name: Name, directory: Path) -> None:
        """Start the process and open the model in it."""
        self.name: Name = name
        self._process = ProcessPoolExecutor(1, get_context("spawn"), _open, (name, directory))

    def bulk(self, texts: Sequence[str], batch: int = 0) -> float:
        """Seconds for all passages, tokenising included."""
        return self._process.submit(_bulk, texts, batch).result()

    def one_by_one(self, texts: Sequence[str]) -> list[float]:
        """Seconds for each question."""
        return self._process.submit(_one_by_one, texts).result()

    def vectors(self, passages: Sequence[str], questions: Sequence[str]) -> tuple[Vectors, Vectors]:
        """Unit vectors of passages and of questions."""
        return self._process.submit(_vectors, passages, questions).result()

    def count(self, texts: Sequence[str]) -> int:
        """Tokens of the passages; of eurag's side only."""
        return self._process.submit(_count, texts).result()

    def peak_mb(self) -> float:
        """The most memory that was resident in the process so far."""
        return self._process.submit(_peak_mb).result()

    def close(self) -> None:
        """End the process."""
        self._process.shutdown()


_model: Any = None


def _open(name: Name, directory: Path) -> None:
    global _model  # noqa: PLW0603 (one model a process)
    _model = _Eurag(directory) if name == "eurag" else _SentenceTransformers(directory)
    _model.queries(["warm"])


def _bulk(texts: Sequence[str], batch: int) -> float:
    _model.open_again()
    started = time.perf_counter()
    _model.passages(texts, batch)
    return time.perf_counter() - started


def _one_by_one(texts: Sequence[str]) -> list[float]:
    seconds = []
    for text in texts:
        started = time.perf_counter()
        _model.queries([text])
        seconds.append(time.perf_counter() - started)
    return seconds


def _vectors(passages: Sequence[str], questions: Sequence[str]) -> tuple[Vectors, Vectors]:
    return _model.passages(passages, 8), _model.queries(questions)


def _count(texts: Sequence[str]) -> int:
    return int(_model.count(texts))


def _peak_mb() -> float:
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
