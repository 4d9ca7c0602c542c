"""BM25 (Robertson and Zaragoza 2009, in Lucene's form) over stemmed terms, by `bm25s`."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embeddings.arrays import write_array
from embeddings.errors import IndexUnusable
from embeddings.terms import terms

Scores = npt.NDArray[np.float32]

K1, B = 1.2, 0.75

_ARRAYS = ("data", "indices", "indptr")

#: Stands in a passage without terms, so that lengths are never all zero; no query has it.
_NO_TERMS = "\0"


def write_lexical(folder: Path, texts: Sequence[str], languages: Sequence[str]) -> None:
    """Index the texts in order; row i of every score belongs to `texts[i]`."""
    import bm25s

    documents = [terms(text, language) or [_NO_TERMS] for text, language in zip(texts, languages, strict=True)]
    index = bm25s.BM25(k1=K1, b=B, method="lucene")
    index.index(documents, show_progress=False)
    index.save(str(folder), show_progress=False)
    for name in _ARRAYS:
        write_array(folder / f"{name}.csc.index.npy", index.scores[name])  # bm25s would not notice a full disk


class LexicalIndex:
    """A folder written by `write_lexical`, opened memory-mapped.

    Every score was computed when the folder was written (Lù 2024), so a question only adds some up;
    bm25s itself is not imported, which would take longer than to answer.
    """

    def __init__(self, folder: Path) -> None:
        """Open the folder. Raises `IndexUnusable`."""
        try:
            self._scores, self._rows, self._starts = (
                np.load(folder / f"{name}.csc.index.npy", mmap_mode="r") for name in _ARRAYS
            )
            self._columns: dict[str, int] = json.loads((folder / "vocab.index.json").read_bytes())
        except (OSError, ValueError, EOFError) as exc:
            raise IndexUnusable(f"the lexical index {folder} cannot be read: {exc}") from exc

    def scores(self, query_terms: Sequence[str], rows: int) -> Scores:
        """(rows,) float32 BM25 of every passage for a bag of terms; 0 where none occurs."""
        total = np.zeros(rows, np.float32)
        for term, count in Counter(query_terms).items():
            postings = self._postings(term)
            total[self._rows[postings]] += count * self._scores[postings]
        return total

    def _postings(self, term: str) -> slice:
        """Where the passages of a term and their scores stand; empty for an unknown one."""
        column = self._columns.get(term)
        if column is None:
            return slice(0, 0)
        return slice(int(self._starts[column]), int(self._starts[column + 1]))
