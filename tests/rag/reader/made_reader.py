"""A reader's file without training: the encoder's first layer as it is, and heads of numbers drawn once."""

from pathlib import Path

import numpy as np
import pytest

from embeddings.e5_weights import WEIGHTS_SHA256
from rag.reader.artefact import DATA, Manifest, quantise, write
from rag.reader.packaged import packaged_folder

HIDDEN = 384
REPORT = {"training": {"stages": []}, "licences": {"nothing": "none"}}

needs_packaged_reader = pytest.mark.skipif(
    not (packaged_folder() / DATA).exists(), reason="the packaged reader (rag/reader/model/reader.npz) is not there yet"
)


def write_reader(folder: Path, seed: int = 0, encoder_sha256: str = WEIGHTS_SHA256) -> Manifest:
    """A reader of one layer that differs from the encoder's by zeros; its heads follow from the seed."""
    return write(folder, {**no_differences(), **heads(seed)}, encoder_sha256, 1, REPORT)


def no_differences() -> dict[str, np.ndarray]:
    """Zeros in both forms that a difference has: a matrix in blocks, the others in float16."""
    return {
        "l0.q.w": quantise(np.zeros(HIDDEN * HIDDEN, np.float32)),
        "l0.q.b": np.zeros(HIDDEN, np.float16),
        "l0.oln.w": np.zeros(HIDDEN, np.float16),
    }


def heads(seed: int) -> dict[str, np.ndarray]:
    """Random matrices in the shapes of the three heads."""
    random = np.random.default_rng(seed)
    shapes = {"span.weight": (2, HIDDEN), "span.bias": (2,)}
    for head in ("answers", "supports"):
        shapes |= {f"{head}.0.weight": (HIDDEN, HIDDEN), f"{head}.0.bias": (HIDDEN,)}
        shapes |= {f"{head}.2.weight": (1, HIDDEN), f"{head}.2.bias": (1,)}
    return {name: (0.05 * random.standard_normal(shape)).astype(np.float32) for name, shape in shapes.items()}
