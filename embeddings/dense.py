"""Exact inner-product search over unit vectors, in one FAISS file."""

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from embeddings.encoder import Vectors
from embeddings.errors import IndexUnusable

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def write_dense(path: Path, vectors: Vectors) -> None:
    """Write a flat index of (n, dimension) float32 unit vectors."""
    faiss: Any = import_module("faiss")
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    with path.open("wb") as file:  # faiss itself does not notice a disk that fills up at the last block
        faiss.write_index(index, faiss.PyCallbackIOWriter(file.write))


class DenseIndex:
    """A FAISS file opened for searching, memory-mapped: processes share its pages, and none is read unasked."""

    def __init__(self, path: Path) -> None:
        """Open the file. Raises `IndexUnusable`."""
        faiss: Any = import_module("faiss")
        try:
            self._index: Any = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)  # IO_FLAG_MMAP copies a flat index
        except RuntimeError as exc:
            raise IndexUnusable(f"the FAISS file {path} cannot be read: {str(exc).splitlines()[-1]}") from exc

    @property
    def ntotal(self) -> int:
        """How many passages the file holds."""
        return int(self._index.ntotal)

    def search(self, query: Vectors, k: int, allowed: Mask) -> tuple[Rows, Vectors]:
        """The rows and inner products of the k nearest that `allowed` (ntotal,) lets through, best first."""
        faiss: Any = import_module("faiss")
        k = min(k, int(np.count_nonzero(allowed)))
        if k == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        bits = np.packbits(allowed, bitorder="little")
        parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits)) if not allowed.all() else None
        scores, rows = self._index.search(query.reshape(1, -1), k, params=parameters)
        return rows[0], scores[0]

    def vectors(self, rows: Rows) -> Vectors:
        """(n, dimension) float32 of these rows."""
        return np.asarray(self._index.reconstruct_batch(rows), np.float32)
