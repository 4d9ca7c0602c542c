"""The packaged reader's file: what training changed in the encoder's layers, and the heads.

`reader.npz` holds for each matrix of a layer the difference to the packaged encoder's, in 4-bit blocks of 32 that share
one float16 scale (Q4_0 of ggml), the other differences in float16, the heads in float32. Differences are small, so that
4 bits of them cost less than 4 bits of the weights. `reader.json` names the file's version, checksum and id, the
weights that it fits to, and what it was trained on.
"""

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from embeddings.e5_weights import E5Weights, Floats, Shape, dequantise
from rag.errors import ReaderUnavailable

VERSION = 1
DATA, MANIFEST = "reader.npz", "reader.json"
BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_BLOCK_WEIGHTS = 32


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `reader.json` says; `licences` are of the data that the reader learned from."""

    version: int
    id: str
    sha256: str
    encoder_sha256: str
    layers: int
    training: Mapping[str, Any]
    licences: Mapping[str, str]


class ReaderWeights:
    """The encoder's weights with the reader's differences added; its own first layers are as many as were trained."""

    def __init__(self, encoder: E5Weights, arrays: Mapping[str, npt.NDArray[Any]], layers: int) -> None:
        """`arrays` are those of `reader.npz`."""
        self._encoder, self._arrays = encoder, arrays
        shape = encoder.shape
        self.shape = Shape(
            shape.hidden, layers, shape.heads, shape.intermediate, shape.vocabulary, shape.positions, shape.epsilon
        )
        self.frame, self.ordinary_pieces = encoder.frame, encoder.ordinary_pieces

    def tensor(self, name: str) -> Floats:
        """One tensor, flat float32."""
        own = self._encoder.tensor(name)
        change = self._arrays.get(name)
        if change is None:
            return own
        return own + (dequantise(change) if change.dtype == BLOCK else change.astype(np.float32))

    def words(self, ids: Sequence[int]) -> Floats:
        """(n, hidden) float32: the rows of the word embedding, which are the encoder's."""
        return self._encoder.words(ids)

    def head(self, name: str) -> Floats:
        """A matrix or vector of a head, float32."""
        return np.asarray(self._arrays[name], np.float32)


def read_manifest(folder: Path) -> Manifest:
    """What `reader.json` of a folder says. Raises `ReaderUnavailable`."""
    path = folder / MANIFEST
    try:
        stored = json.loads(path.read_text("utf-8"))
        manifest = Manifest(**{name: stored[name] for name in Manifest.__dataclass_fields__})
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise ReaderUnavailable(f"the reader's {path} cannot be read: {exc!r}") from exc
    if manifest.version != VERSION:
        raise ReaderUnavailable(f"{path} has version {manifest.version}, this eurag reads {VERSION}: reinstall eurag")
    return manifest


def verify(folder: Path, encoder_sha256: str) -> Manifest:
    """The manifest of a folder whose file is whole and fits the encoder's weights. Raises `ReaderUnavailable`."""
    manifest = read_manifest(folder)
    if manifest.encoder_sha256 != encoder_sha256:
        raise ReaderUnavailable(
            f"the reader {manifest.id} fits the weights {manifest.encoder_sha256[:16]}…, found {encoder_sha256[:16]}…: "
            "install the versions that this eurag asks for"
        )
    found = hashlib.sha256(_bytes(folder / DATA)).hexdigest()
    if found != manifest.sha256:
        raise ReaderUnavailable(
            f"{folder / DATA} is damaged (SHA-256 {found[:16]}…, expected {manifest.sha256[:16]}…): reinstall eurag"
        )
    return manifest


def read_arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    """The arrays of `reader.npz`. Raises `ReaderUnavailable`."""
    try:
        with path.open("rb") as file, np.load(file) as stored:
            return {name: stored[name] for name in stored.files}
    except (OSError, ValueError, EOFError, BadZipFile) as exc:
        raise ReaderUnavailable(f"the reader's {path} cannot be read: {exc}") from exc


def write(
    folder: Path, arrays: Mapping[str, npt.NDArray[Any]], encoder_sha256: str, layers: int, report: Mapping[str, Any]
) -> Manifest:
    """Write both files; `report` holds `training` and `licences`."""
    held = io.BytesIO()
    np.savez(held, **arrays)  # type: ignore[arg-type]  # mypy holds ** to allow_pickle too
    digest = hashlib.sha256(held.getvalue()).hexdigest()
    manifest = Manifest(VERSION, f"eurag-reader-{digest[:12]}", digest, encoder_sha256, layers, **report)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / DATA).write_bytes(held.getvalue())
    written = {name: getattr(manifest, name) for name in Manifest.__dataclass_fields__}
    (folder / MANIFEST).write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return manifest


def quantise(values: Floats) -> npt.NDArray[np.void]:
    """(32 n,) float32 to (n,) 4-bit blocks; the largest of each block keeps its sign at full range."""
    rows = values.reshape(-1, _BLOCK_WEIGHTS)
    largest = rows[np.arange(len(rows)), np.abs(rows).argmax(axis=1)]
    scale = (largest / -8).astype(np.float16)
    divisor = np.where(scale == 0, 1, scale).astype(np.float32)[:, None]
    codes = np.clip(np.rint(rows / divisor) + 8, 0, 15).astype(np.uint8)
    half = _BLOCK_WEIGHTS // 2
    blocks = np.empty(len(rows), BLOCK)
    blocks["scale"] = scale
    blocks["nibbles"] = codes[:, :half] | (codes[:, half:] << 4)
    return blocks


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise ReaderUnavailable(f"the reader's {path} cannot be read: {exc.strerror}") from exc
