"""Exact inner-product search over unit vectors, in one FAISS file keyed by passage ids."""

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from embeddings.encoder import Vectors
from embeddings.errors import IndexUnusable

Ids = npt.NDArray[np.int64]


def write_dense(path: Path, ids: Ids, vectors: Vectors) -> None:
    """Write a flat index of (n, dimension) float32 unit vectors under (n,) int64 ids."""
    faiss: Any = import_module("faiss")
    index = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors.shape[1]))
    index.add_with_ids(vectors, ids)
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

    def search(self, query: Vectors, k: int, allowed: Ids | None = None) -> tuple[Ids, Vectors]:
        """The ids and inner products of the k nearest among `allowed` (default all), best first."""
        faiss: Any = import_module("faiss")
        parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(allowed)) if allowed is not None else None
        k = min(k, self.ntotal if allowed is None else len(allowed))
        if k == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        scores, ids = self._index.search(query.reshape(1, -1), k, params=parameters)
        found = ids[0] >= 0
        return ids[0][found], scores[0][found]

    def vectors(self, ids: Ids) -> Vectors:
        """(n, dimension) float32 for ids that the file holds."""
        return np.asarray(self._index.reconstruct_batch(ids), np.float32)
