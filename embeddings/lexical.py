"""BM25 (Robertson and Zaragoza 2009, in Lucene's form) over stemmed terms, by `bm25s`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from embeddings.errors import IndexUnusable
from embeddings.terms import terms

Scores = npt.NDArray[np.float32]

K1, B = 1.2, 0.75

#: Stands in a passage without terms, so that lengths are never all zero; no query has it.
_NO_TERMS = "\0"


def write_lexical(folder: Path, texts: Sequence[str], languages: Sequence[str]) -> None:
    """Index the texts in order; row i of every score belongs to `texts[i]`."""
    import bm25s

    documents = [terms(text, language) or [_NO_TERMS] for text, language in zip(texts, languages, strict=True)]
    index = bm25s.BM25(k1=K1, b=B, method="lucene")
    index.index(documents, show_progress=False)
    index.save(str(folder), show_progress=False)


class LexicalIndex:
    """A folder written by `write_lexical`, opened memory-mapped."""

    def __init__(self, folder: Path) -> None:
        """Open the folder. Raises `IndexUnusable`."""
        import bm25s

        try:
            self._index: Any = bm25s.BM25.load(str(folder), mmap=True, show_progress=False)
        except (OSError, ValueError, KeyError) as exc:
            raise IndexUnusable(f"the lexical index {folder} cannot be read: {exc}") from exc

    def scores(self, query_terms: Sequence[str], rows: int) -> Scores:
        """(rows,) float32 BM25 of every passage for a bag of terms; 0 where none occurs."""
        known = [term for term in query_terms if term in self._index.vocab_dict]
        if not known:
            return np.zeros(rows, np.float32)
        return np.asarray(self._index.get_scores(known), np.float32)

    def idf(self, query_terms: Sequence[str], rows: int) -> dict[str, float]:
        """Inverse document frequency of each term, ln(1 + (N - n + 0.5) / (n + 0.5))."""
        result = {}
        indptr = self._index.scores["indptr"]
        for term in query_terms:
            row = self._index.vocab_dict.get(term)
            n = int(indptr[row + 1] - indptr[row]) if row is not None else 0
            result[term] = float(np.log1p((rows - n + 0.5) / (n + 0.5)))
        return result
