"""The library database: documents with their records and blocks, in SQLite.

Write-ahead logging lets readers go on while one process writes; every public method that writes
is one transaction.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from corpus.duplicates import fuller_documents
from corpus.errors import DocumentNotFound, LibraryUnusable
from corpus.migrations import migrate
from corpus.records import Block, Document, Record, content_hash

Outcome = Literal["added", "updated", "unchanged"]

_BUSY_TIMEOUT_S = 30.0


class Library:
    """The documents of one home. Use it as a context manager, or call `close`."""

    def __init__(self, path: Path) -> None:
        """Open, creating and migrating where needed; in a read-only folder only for reading.

        Raises `LibraryUnusable`.
        """
        self.path = path
        try:
            if path.exists() and not os.access(path.parent, os.W_OK):
                uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
                self._connection = sqlite3.connect(uri, uri=True, isolation_level=None)
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA foreign_keys = ON")
            migrate(self._connection)
        except (sqlite3.Error, OSError) as exc:
            raise LibraryUnusable(f"the library {path} cannot be opened: {exc}") from exc

    def __enter__(self) -> "Library":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; the object is of no use afterwards."""
        self._connection.close()

    def put(self, document: Document) -> Outcome:
        """Store a document under its id, replacing what stood there; nothing if it is the same."""
        with self._writing():
            row = self._connection.execute(
                "SELECT content_hash, record FROM document WHERE id = ?", (document.id,)
            ).fetchone()
            if row == (document.content_hash, document.record.to_json()):
                return "unchanged"
            self._replace(document)
            return "updated" if row else "added"

    def remove(self, document_id: str) -> None:
        """Delete a document; every reader stops showing it at its next question."""
        with self._writing():
            self._connection.execute("DELETE FROM document WHERE id = ?", (document_id,))

    def link_duplicates(self) -> dict[str, str]:
        """Find anew which documents are one work; returns document id -> id of the fuller one."""
        found = fuller_documents(list(self.documents()))
        with self._writing():
            self._connection.execute("UPDATE document SET duplicate_of = NULL WHERE duplicate_of IS NOT NULL")
            self._connection.executemany(
                "UPDATE document SET duplicate_of = ? WHERE id = ?", [(full, own) for own, full in found.items()]
            )
        return found

    def content_hash(self, document_id: str) -> str | None:
        """The content hash of a stored document, or None when there is none of this id."""
        row = self._connection.execute("SELECT content_hash FROM document WHERE id = ?", (document_id,)).fetchone()
        return row[0] if row else None

    def remember_folder(self, collection: str, folder: Path) -> bool:
        """Note where a collection was first added from; False when it was another folder.

        Only a hash of the folder's path is kept.
        """
        folder_hash = content_hash(str(folder.resolve()))
        with self._writing():
            self._connection.execute("INSERT OR IGNORE INTO collection VALUES (?, ?)", (collection, folder_hash))
            kept = self._connection.execute("SELECT folder_hash FROM collection WHERE name = ?", (collection,))
            return bool(kept.fetchone()[0] == folder_hash)

    def documents(self) -> Iterator[Document]:
        """Every document, ordered by collection and source, as of one moment."""
        self._connection.execute("BEGIN")
        try:
            rows = self._connection.execute(f"{_SELECT} ORDER BY collection, source").fetchall()
            return iter([self._document(row) for row in rows])
        finally:
            self._connection.execute("COMMIT")

    def ids(self) -> frozenset[str]:
        """The ids of all documents."""
        return frozenset(row[0] for row in self._connection.execute("SELECT id FROM document"))

    def fingerprints(self) -> list[tuple[str, str, str]]:
        """(id, content hash, record as JSON) of every document, ordered by id; no text is read."""
        return self._connection.execute("SELECT id, content_hash, record FROM document ORDER BY id").fetchall()

    def find(self, name: str) -> Document:
        """The document with this id, unique beginning of an id, source, or collection/source.

        Raises `DocumentNotFound`, also when several match.
        """
        rows = self._connection.execute(
            f"{_SELECT} WHERE id = ?1 OR source = ?1 OR collection || '/' || source = ?1", (name,)
        ).fetchall()
        if not rows and len(name) >= 4:
            rows = self._connection.execute(f"{_SELECT} WHERE substr(id, 1, ?) = ?", (len(name), name)).fetchall()
        if len(rows) == 1:
            return self._document(rows[0])
        if rows:
            named = ", ".join(f"{row[0]} ({row[1]}/{row[2]})" for row in rows)
            raise DocumentNotFound(f"'{name}' names {len(rows)} documents: {named}; give an id")
        raise DocumentNotFound(f"no document '{name}' in the library; 'eurag list' shows them")

    def _replace(self, document: Document) -> None:
        execute = self._connection.execute
        now = datetime.now(UTC).isoformat(timespec="seconds")
        execute("DELETE FROM block WHERE document = ?", (document.id,))
        execute(
            "INSERT INTO document (id, collection, source, content_hash, text, record, added_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET content_hash = excluded.content_hash, "
            "text = excluded.text, record = excluded.record, added_at = excluded.added_at",
            (
                document.id,
                document.collection,
                document.source,
                document.content_hash,
                document.text,
                document.record.to_json(),
                now,
            ),
        )
        self._connection.executemany(
            "INSERT INTO block VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(document.id, i, b.start, b.end, b.part, b.section, b.language) for i, b in enumerate(document.blocks)],
        )

    def _document(self, row: tuple[str, ...]) -> Document:
        blocks = self._connection.execute(
            'SELECT start, "end", part, section, language FROM block WHERE document = ? ORDER BY position', (row[0],)
        )
        id_, collection, source, hash_, text, record, duplicate_of = row
        return Document(
            id_,
            collection,
            source,
            hash_,
            text,
            Record.from_json(record),
            tuple(Block(*b) for b in blocks),
            duplicate_of,
        )

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction; an SQLite error becomes `LibraryUnusable` and undoes it."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield
            self._connection.execute("COMMIT")
        except sqlite3.Error as exc:
            raise LibraryUnusable(f"the library {self.path} cannot be written: {exc}") from exc
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")


_SELECT = "SELECT id, collection, source, content_hash, text, record, duplicate_of FROM document"


def content_hash_of(text: str, blocks: Iterable[Block]) -> str:
    """The hash of a document's content: its text and how it is cut into blocks."""
    return content_hash(text, repr([(b.start, b.end, b.part, b.section, b.language) for b in blocks]))
