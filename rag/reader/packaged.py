"""The packaged reader: the encoder's layers trained as a cross-encoder, run as an 8-bit graph on the processor."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import numpy as np

from embeddings.e5 import processors
from embeddings.e5_graph import INPUT, OUTPUT, open_session
from embeddings.e5_tokenizer import tokenizer_of
from embeddings.e5_weights import WEIGHTS_SHA256, E5Weights, Floats, weights_path
from embeddings.errors import EncoderUnavailable
from embeddings.prepared_graph import PreparedGraph
from rag.errors import ReaderUnavailable
from rag.reader.artefact import DATA, Manifest, ReaderWeights, read_arrays, read_manifest, verify
from rag.reader.inputs import Row, Rows
from rag.reader.reading import Reading, Window

#: The longest answer, in pieces.
LONGEST = 40


class PackagedReader:
    """Reads one row a run, as many side by side as there are processors."""

    def __init__(self, weights: ReaderWeights, rows: Rows, session: Any, id_: str) -> None:
        """Use `open`."""
        self._weights, self._rows, self._session, self.id = weights, rows, session, id_
        self._threads = ThreadPoolExecutor(processors(), thread_name_prefix="reader")
        self._heads = {name: weights.head(name) for name in _HEADS}

    @classmethod
    def open(cls, model_directory: Path, folder: Path | None = None) -> Self:
        """Load the reader of `folder`, by default the packaged one; its graph is kept in `model_directory`.

        Raises `ReaderUnavailable`.
        """
        source = folder or packaged_folder()
        manifest = read_manifest(source)
        try:
            encoder = E5Weights(weights_path())
            graph = prepared(source, manifest, encoder).load(model_directory)
            session = open_session(graph)
        except EncoderUnavailable as exc:
            raise ReaderUnavailable(str(exc)) from exc
        weights = _weights(source, manifest, encoder)
        rows = Rows(tokenizer_of(encoder), encoder.frame)
        return cls(weights, rows, session, manifest.id)

    def read(self, questions: Sequence[str], windows: Sequence[Window]) -> list[Reading]:
        """The reading of each question in the window beside it."""
        return self._side_by_side(self._read, questions, windows)

    def supports(self, claims: Sequence[str], windows: Sequence[Window]) -> list[float]:
        """For each claim the log-odds that the window beside it bears it out."""
        return self._side_by_side(self._supports, claims, windows)

    def _side_by_side(self, work: Any, questions: Sequence[str], windows: Sequence[Window]) -> list[Any]:
        asked = {question: self._rows.question(question) for question in dict.fromkeys(questions)}
        heads = {head: self._rows.head(head) for head in {window.head for window in windows}}
        rows = [
            self._rows.row(asked[question], heads[window.head], window.text)
            for question, window in zip(questions, windows, strict=True)
        ]
        return list(self._threads.map(work, rows)) if len(rows) > 1 else [work(row) for row in rows]

    def _read(self, row: Row) -> Reading:
        states = self._states(row)
        answers = self._first(states, "answers")
        if not row.offsets:
            return Reading(answers, 0, 0, float("-inf"))
        logits = states[row.start : row.start + len(row.offsets)] @ self._heads["span.weight"].T
        first, last, score = best_span(logits + self._heads["span.bias"])
        return Reading(answers, row.offsets[first][0], row.offsets[last][1], score)

    def _supports(self, row: Row) -> float:
        return self._first(self._states(row), "supports")

    def _first(self, states: Floats, head: str) -> float:
        inner = np.tanh(self._heads[f"{head}.0.weight"] @ states[0] + self._heads[f"{head}.0.bias"])
        return float((self._heads[f"{head}.2.weight"] @ inner + self._heads[f"{head}.2.bias"])[0])

    def _states(self, row: Row) -> Floats:
        """(t, hidden) float32: the last states of a row."""
        states: Floats = self._session.run([OUTPUT], {INPUT: self._weights.words(list(row.ids))[None]})[0][0]
        return states


_HEADS = (
    "span.weight",
    "span.bias",
    *(f"{head}.{part}" for head in ("answers", "supports") for part in ("0.weight", "0.bias", "2.weight", "2.bias")),
)


def best_span(logits: Floats) -> tuple[int, int, float]:
    """First and last piece of the likeliest answer of at most `LONGEST` pieces, and its log-probability.

    `logits` are (t, 2), of starts and of ends.
    """
    starts, ends = (column - np.logaddexp.reduce(column) for column in logits.T)
    together = starts[:, None] + ends[None, :]
    size = len(starts)
    places = np.arange(size)
    length = places[None, :] - places[:, None]
    together[(length < 0) | (length >= LONGEST)] = -np.inf
    first, last = divmod(int(together.argmax()), size)
    return first, last, float(together[first, last])


def packaged_folder() -> Path:
    """Where the packaged reader's files are."""
    return Path(str(files("rag.reader") / "model"))


def prepared(folder: Path, manifest: Manifest, encoder: E5Weights) -> PreparedGraph:
    """The graph of the reader in `folder`; another reader's file is told by its checksum."""
    return PreparedGraph(
        "reader",
        folder / DATA,
        manifest.sha256,
        lambda _: _verified(folder),
        lambda _: _weights(folder, manifest, encoder),
    )


def _verified(folder: Path) -> None:
    verify(folder, WEIGHTS_SHA256)


def _weights(folder: Path, manifest: Manifest, encoder: E5Weights) -> ReaderWeights:
    return ReaderWeights(encoder, read_arrays(folder / DATA), manifest.layers)
