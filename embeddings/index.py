"""One generation opened for searching."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from corpus.filters import Filters
from embeddings.centring import centre, centre_by_weight
from embeddings.dense import DenseIndex
from embeddings.encoder import Vectors
from embeddings.errors import IndexUnusable
from embeddings.generation import current_generation, generations, in_use, read_manifest, verify_files
from embeddings.lexical import LexicalIndex, Scores
from embeddings.texts import StoredDocument, StoredPassage, Texts
from embeddings.token_index import Matches, TokenIndex

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Index:
    """The passages of one generation: dense and lexical search, texts and records.

    A row number stands for a passage and means something only within this object. `means` {language: (dimension,)
    float32} were subtracted when the index was written; `tokens` are the token vectors of the passages, by row. Every
    file is opened at once: a purge may delete the generation later, and what is open goes on.
    """

    def __init__(self, folder: Path) -> None:
        """Open a generation's directory. Raises `IndexUnusable`."""
        self._lease = ExitStack()
        self.manifest = read_manifest(folder)
        self._lease.enter_context(in_use(folder))
        verify_files(folder, self.manifest)
        self.texts = Texts(folder / "texts.db")
        self._dense = DenseIndex(folder / "passages.faiss")
        self._lexical = LexicalIndex(folder / "lexical")
        self.means = _means(folder)
        self.tokens = TokenIndex(folder / "tokens")
        rows = self.texts.rows
        self.ids = np.array([row.id for row in rows], np.int64)
        self.languages = np.array([row.language for row in rows])
        self._kinds = np.array([row.kind for row in rows])
        self._dates = np.array([row.date or "" for row in rows])
        self._documents = np.array([row.document for row in rows])
        self._collections = np.array([row.collection for row in rows])
        self._authors = {row.document: row.authors.casefold() for row in rows}
        if not len(self.ids) == self._dense.ntotal == len(self.tokens) == self.manifest.passages:
            raise IndexUnusable(
                f"{folder.name} holds {self._dense.ntotal} vectors, tokens of {len(self.tokens)} and {len(self.ids)} "
                f"passages, its manifest says {self.manifest.passages}: run 'eurag build'"
            )

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def _languages(self) -> dict[str, Mask]:
        return {str(code): self.languages == code for code in np.unique(self.languages)}

    @property
    def languages_held(self) -> Collection[str]:
        """The languages that passages are in, as ISO 639-1 codes."""
        return self._languages.keys()

    def centre_query(self, vector: Vectors, language: str) -> Vectors:
        """A raw query vector (dimension,) centred by its language, as the passages are."""
        centred: Vectors = centre(vector.reshape(1, -1), [language], self.means)[0]
        return centred

    def centre_query_tokens(self, vectors: Vectors, language: str) -> Vectors:
        """A query's raw token vectors (q, dimension) centred by its language, as the passages' are."""
        return centre(vectors, [language] * len(vectors), self.tokens.means)

    def weigh_query_tokens(self, vectors: Vectors, language: str) -> Vectors:
        """A query's raw token vectors (q, dimension) centred, float32, each as long as it weighs; 1 on average."""
        return centre_by_weight(vectors, self.tokens.means.get(language))

    def late_scores(self, query: Vectors, rows: Rows, language: str) -> Vectors:
        """(n,) float32: late interaction of a query's weighed token vectors with rows of one language, in [-1, 1]."""
        return self.tokens.scores(query, rows, language)

    def matches(self, query: Vectors, rows: Rows, language: str) -> list[Matches]:
        """A query's weighed token vectors against the tokens of each of these rows of one language."""
        return self.tokens.matches(query, rows, language)

    def allowed(self, filters: Filters, hidden: Collection[str] = ()) -> Mask:
        """(rows,) bool: the passages that the filters let through and no hidden document holds."""
        allowed = np.ones(len(self), bool)
        if filters.language:
            allowed &= self._languages.get(filters.language, np.False_)
        if filters.kind:
            allowed &= self._kinds == filters.kind
        if filters.since or filters.until:
            dates = [date for date in np.unique(self._dates) if filters.in_time(str(date))]
            allowed &= np.isin(self._dates, dates)
        if filters.author:
            name = filters.author.casefold()
            allowed &= np.isin(self._documents, [id_ for id_, authors in self._authors.items() if name in authors])
        if filters.collections:
            allowed &= np.isin(self._collections, filters.collections)
        gone = frozenset(hidden)
        if gone:
            allowed &= ~np.isin(self._documents, list(gone))
        return allowed

    def by_language(self, allowed: Mask) -> dict[str, Mask]:
        """ISO 639-1 code -> the allowed passages in it, for each language that has any; codes in order."""
        found = {code: allowed & mask for code, mask in self._languages.items()}
        return {code: mask for code, mask in found.items() if mask.any()}

    def nearest(self, query: Vectors, k: int, allowed: Mask) -> tuple[Rows, Vectors]:
        """Rows and inner products of the k nearest allowed passages to a centred query, best first."""
        return self._dense.search(query, k, allowed)

    def similarities(self, query: Vectors, rows: Rows) -> Vectors:
        """(n,) float32 inner products of a centred query with the passages of these rows."""
        return np.asarray(self._dense.vectors(rows) @ query, np.float32)

    def vectors(self, rows: Rows) -> Vectors:
        """(n, dimension) float32: the centred vectors of these rows."""
        return self._dense.vectors(rows)

    def lexical_scores(self, query_terms: Sequence[str]) -> Scores:
        """(rows,) float32 BM25 of every passage."""
        return self._lexical.scores(query_terms, len(self))

    def passage(self, row: int) -> StoredPassage:
        """The passage of a row."""
        return self.texts.passage(row)

    def row_of(self, passage_id: int) -> int:
        """The row of the passage with this id. Raises `KeyError`."""
        row = int(np.searchsorted(self.ids, min(passage_id, np.iinfo(np.int64).max)))
        if row == len(self.ids) or self.ids[row] != passage_id:
            raise KeyError(passage_id)
        return row

    def rows_of(self, document_id: str, part: str) -> list[int]:
        """The rows of a document's passages of one part ("body", "reference", ...); [] for an unknown document."""
        rows = np.flatnonzero(self._documents == document_id).tolist()
        return [row for row in rows if self.texts.rows[row].part == part]

    def document(self, document_id: str) -> StoredDocument:
        """The document with this id. Raises `KeyError`."""
        return self.texts.document(document_id)

    def document_ids(self) -> frozenset[str]:
        """Ids of all documents that have a passage here."""
        return frozenset(row.document for row in self.texts.rows)

    def close(self) -> None:
        """Close the files; a build may delete the generation from now on."""
        self.texts.close()
        self._lease.close()


def open_index(home: Path, notice: Callable[[str], None] | None = None) -> Index:
    """The current generation of a home, or the newest sound one when that is damaged.

    `notice` is told of the second. Raises `NoIndex`, or `IndexUnusable` when none is sound.
    """
    try:
        return _current(home)
    except IndexUnusable as exc:
        first = exc
    for folder in generations(home):
        try:
            index = Index(folder)
        except IndexUnusable:
            continue
        if notice:
            notice(f"{first}; answering from {folder.name} of {index.manifest.created_at}")
        return index
    raise first


def _current(home: Path) -> Index:
    """The current generation; when a build replaced and deleted it just now, the one after it."""
    folder = current_generation(home)
    try:
        return Index(folder)
    except IndexUnusable:
        if current_generation(home) == folder:
            raise
        return _current(home)


def _means(folder: Path) -> Mapping[str, Vectors]:
    try:
        with np.load(folder / "means.npz") as stored:
            return {name: stored[name] for name in stored.files}
    except (OSError, ValueError, EOFError, BadZipFile) as exc:
        raise IndexUnusable(f"the language means of {folder.name} cannot be read: {exc}") from exc
