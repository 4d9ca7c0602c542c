"""The library database: documents with their records and blocks, in SQLite.

Write-ahead logging lets readers go on while one process writes; every public method that writes
is one transaction.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from corpus import catalogue
from corpus.database import BUSY_TIMEOUT_S, connect_for_reading, copy_of, damage, private_folder, refusal, scrub
from corpus.disk import LEAST_FREE_BYTES, require_space
from corpus.duplicates import fuller_documents
from corpus.errors import DocumentNotFound, LibraryUnusable
from corpus.filters import Filters
from corpus.migrations import migrate, pending
from corpus.records import Block, Document, Field, Page, Record, content_hash

Outcome = Literal["added", "updated", "unchanged"]

_ALL = Filters()
_LEAST_OF_ID = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """A document without its text, which is `characters` code points long."""

    id: str
    collection: str
    source: str
    record: Record
    duplicate_of: str | None
    characters: int


class Library:
    """The documents of one home. Use it as a context manager, or call `close`."""

    def __init__(self, path: Path, *, read_only: bool = False, least_free_bytes: int = LEAST_FREE_BYTES) -> None:
        """Open, creating and migrating where needed; `read_only` waits for no writer and needs no space.

        A library that does not exist yet reads as an empty one. Documents are put only while so many bytes of the disk
        stay free. Raises `LibraryUnusable`.
        """
        self.path, self._least_free_bytes = path, least_free_bytes
        try:
            self._connection = _read_only(path) if read_only else _writable(path)
        except (sqlite3.Error, OSError) as exc:
            raise LibraryUnusable(f"the library {path} cannot be opened: {refusal(exc, path.parent)}") from exc

    def __enter__(self) -> "Library":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; the object is of no use afterwards."""
        self._connection.close()

    def put(self, document: Document) -> Outcome:
        """Store a document under its id, replacing what stood there but for its edits; nothing if it is the same.

        Raises `DiskFull`.
        """
        require_space(self.path.parent, self._least_free_bytes, len(document.text))
        with self._writing():
            row = self._connection.execute(
                "SELECT content_hash, record FROM document WHERE id = ?", (document.id,)
            ).fetchone()
            if row and (edits := Record.from_json(row[1]).edits):
                document = document.with_record(document.record.with_edits(edits))
            if row == (document.content_hash, document.record.to_json()):
                return "unchanged"
            self._replace(document)
            return "updated" if row else "added"

    def edit(self, document_id: str, edits: Iterable[Field]) -> Record:
        """Put edits over a document's record, and return it. Raises `DocumentNotFound`."""
        with self._writing():
            row = self._connection.execute(
                "SELECT source, record FROM document WHERE id = ?", (document_id,)
            ).fetchone()
            if row is None:
                raise DocumentNotFound(f"no document '{document_id}' in the library; 'eurag list' shows them")
            record = Record.from_json(row[1]).with_edits(edits)
            self._connection.execute(
                "UPDATE document SET record = ?, duplicate_of = NULL WHERE id = ?", (record.to_json(), document_id)
            )
            catalogue.enter(self._connection, document_id, row[0], record)
        return record

    def remove(self, document_id: str) -> None:
        """Delete a document; every reader stops showing it at its next question."""
        with self._writing():
            catalogue.mark_changed(self._connection, document_id)
            self._connection.execute("DELETE FROM document WHERE id = ?", (document_id,))

    def scrub(self) -> None:
        """Leave no trace of what was removed, in the file or in its write-ahead log. Raises `LibraryUnusable`."""
        try:
            scrub(self._connection)
        except sqlite3.Error as exc:
            raise LibraryUnusable(self._refused(exc)) from exc

    def damage(self) -> list[str]:
        """What is wrong with the file, a sentence each."""
        return [
            f"the library {self.path} is damaged: {what}; restore a backup of it" for what in damage(self._connection)
        ]

    def back_up(self, path: Path) -> None:
        """Copy the whole library, as of one moment, into a new file. Raises `LibraryUnusable`."""
        try:
            copy_of(self.path, path)
        except sqlite3.Error as exc:
            raise LibraryUnusable(f"the library cannot be copied to {path}: {refusal(exc, path.parent)}") from exc

    def link_duplicates(self) -> None:
        """Find which documents are one work, among those whose titles or DOIs what was changed since has, or had."""
        with self._writing():
            touched = catalogue.touched(self._connection)
            found = fuller_documents([self._stored(document_id) for document_id, shares in touched.items() if shares])
            self._connection.executemany(
                "UPDATE document SET duplicate_of = ?1 WHERE id = ?2 AND duplicate_of IS NOT ?1",
                [(found.get(document_id), document_id) for document_id in touched],
            )
            self._connection.execute("DELETE FROM work_changed")

    def fuller_source(self, document_id: str) -> str | None:
        """The source of the fuller document that contains this one, or None."""
        with self._reading():
            row = self._connection.execute(
                "SELECT fuller.source FROM document own JOIN document fuller ON fuller.id = own.duplicate_of "
                "WHERE own.id = ?",
                (document_id,),
            ).fetchone()
            return row[0] if row else None

    def content_hash(self, document_id: str) -> str | None:
        """The content hash of a stored document, or None when there is none of this id."""
        with self._reading():
            row = self._connection.execute("SELECT content_hash FROM document WHERE id = ?", (document_id,)).fetchone()
            return row[0] if row else None

    def remember_folder(self, collection: str, folder: Path | None) -> bool:
        """Note where a collection was first added from, None for a harvest; False when it was from elsewhere.

        Only a hash of the folder's path is kept.
        """
        folder_hash = content_hash(str(folder.resolve())) if folder else "harvest"
        with self._writing():
            self._connection.execute("INSERT OR IGNORE INTO collection VALUES (?, ?)", (collection, folder_hash))
            kept = self._connection.execute("SELECT folder_hash FROM collection WHERE name = ?", (collection,))
            return bool(kept.fetchone()[0] == folder_hash)

    def harvest_state(self, harvest: str) -> str | None:
        """What `keep_harvest_state` kept of a harvest last, or None."""
        with self._reading():
            row = self._connection.execute("SELECT state FROM harvest WHERE id = ?", (harvest,)).fetchone()
            return row[0] if row else None

    def keep_harvest_state(self, harvest: str, state: str) -> None:
        """Keep how far a harvest came."""
        with self._writing():
            self._connection.execute("INSERT OR REPLACE INTO harvest VALUES (?, ?)", (harvest, state))

    def harvested(self, harvest: str, document_id: str) -> str | None:
        """The datestamp of the record that a harvest last took in as this document, or None; also of removed ones."""
        with self._reading():
            found = self._connection.execute(
                "SELECT datestamp FROM harvested WHERE harvest = ? AND document = ?", (harvest, document_id)
            ).fetchone()
            return found[0] if found else None

    def note_harvested(self, harvest: str, document_id: str, datestamp: str) -> None:
        """Note that a harvest took in a record of this datestamp as this document."""
        with self._writing():
            self._connection.execute(
                "INSERT OR REPLACE INTO harvested VALUES (?, ?, ?)", (harvest, document_id, datestamp)
            )

    def documents(self) -> Iterator[Document]:
        """Every document, ordered by collection and source, as of one moment."""
        with self._reading():
            self._connection.execute("BEGIN")
            try:
                rows = self._connection.execute(f"{_SELECT} ORDER BY collection, source").fetchall()
                return iter([self._document(row) for row in rows])
            finally:
                self._connection.execute("COMMIT")

    def entries(self, filters: Filters = _ALL, limit: int = -1, offset: int = 0) -> list[Entry]:
        """The documents that pass, without their texts, by collection and source; with a `limit` at most so many."""
        asked, values = catalogue.condition(filters)
        with self._reading():
            rows = self._connection.execute(
                "SELECT id, shown.collection, shown.source, record, duplicate_of, shown.characters FROM (SELECT * FROM "
                f"catalogue WHERE {asked} ORDER BY collection, source LIMIT ? OFFSET ?) shown "
                "JOIN document ON id = shown.document ORDER BY shown.collection, shown.source",
                (*values, limit, offset),
            )
            return [
                Entry(id_, collection, source, Record.from_json(record), duplicate_of, characters)
                for id_, collection, source, record, duplicate_of, characters in rows
            ]

    def count(self, filters: Filters = _ALL) -> int:
        """How many documents pass."""
        asked, values = catalogue.condition(filters)
        with self._reading():
            row = self._connection.execute(f"SELECT count(*) FROM catalogue WHERE {asked}", values).fetchone()
            return int(row[0])

    def ids(self) -> frozenset[str]:
        """The ids of all documents."""
        with self._reading():
            return frozenset(row[0] for row in self._connection.execute("SELECT id FROM document"))

    def fingerprints(self) -> list[tuple[str, str, str]]:
        """(id, content hash, record as JSON) of every document, ordered by id; no text is read."""
        with self._reading():
            return self._connection.execute("SELECT id, content_hash, record FROM document ORDER BY id").fetchall()

    def find(self, name: str, collections: Collection[str] = ()) -> Document:
        """The document with this id, unique beginning of an id, source, or collection/source.

        Where `collections` are given there are no others. Raises `DocumentNotFound`, also when several match.
        """
        with self._reading():
            ids = self._named(name, collections)
            if len(ids) == 1:
                return self._stored(ids[0])
            if ids:
                rows = self._connection.execute(
                    "SELECT document, collection, source FROM catalogue, json_each(?) WHERE document = value "
                    "ORDER BY collection, source",
                    (json.dumps(ids),),
                )
                named = ", ".join(f"{id_} ({collection}/{source})" for id_, collection, source in rows)
                raise DocumentNotFound(f"'{name}' names {len(ids)} documents: {named}; give an id")
            raise DocumentNotFound(f"no document '{name}' in the library; 'eurag list' shows them")

    def _named(self, name: str, collections: Collection[str]) -> list[str]:
        """The ids of the documents that a name names, all found by way of an index."""
        rows = self._connection.execute(
            "SELECT document, collection FROM catalogue WHERE document = ?1 UNION "
            "SELECT document, collection FROM catalogue WHERE source = ?1 UNION "
            "SELECT document, collection FROM catalogue WHERE collection || '/' || source = ?1",
            (name,),
        ).fetchall()
        if not rows and len(name) >= _LEAST_OF_ID:
            after_all = f"{name}g"  # of the hexadecimals
            begins = "SELECT document, collection FROM catalogue WHERE document BETWEEN ? AND ?"
            rows = self._connection.execute(begins, (name, after_all)).fetchall()
        return [id_ for id_, collection in rows if not collections or collection in collections]

    def _stored(self, document_id: str) -> Document:
        return self._document(self._connection.execute(f"{_SELECT} WHERE id = ?", (document_id,)).fetchone())

    def _replace(self, document: Document) -> None:
        execute = self._connection.execute
        now = datetime.now(UTC).isoformat(timespec="seconds")
        execute("DELETE FROM block WHERE document = ?", (document.id,))
        execute("DELETE FROM page WHERE document = ?", (document.id,))
        execute(
            "INSERT INTO document (id, collection, source, content_hash, text, record, added_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET content_hash = excluded.content_hash, "
            "text = excluded.text, record = excluded.record, duplicate_of = NULL, added_at = excluded.added_at",
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
        self._connection.executemany(
            "INSERT INTO page VALUES (?, ?, ?)", [(document.id, page.start, page.label) for page in document.pages]
        )
        catalogue.enter(self._connection, document.id, document.source, document.record)

    def _document(self, row: tuple[str, ...]) -> Document:
        blocks = self._connection.execute(
            'SELECT start, "end", part, section, language FROM block WHERE document = ? ORDER BY position', (row[0],)
        )
        pages = self._connection.execute("SELECT start, label FROM page WHERE document = ? ORDER BY start", (row[0],))
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
            tuple(Page(*page) for page in pages),
        )

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """What is damaged becomes `LibraryUnusable`."""
        try:
            yield
        except (sqlite3.Error, ValueError) as exc:
            raise LibraryUnusable(
                f"the library {self.path} cannot be read: {exc}; 'eurag verify' says what is damaged, "
                "'eurag restore' brings a backup back"
            ) from exc

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction; an SQLite error becomes `LibraryUnusable` and undoes it."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield
            self._connection.execute("COMMIT")
        except (sqlite3.Error, ValueError) as exc:
            raise LibraryUnusable(self._refused(exc)) from exc
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _refused(self, exc: sqlite3.Error | ValueError) -> str:
        return f"the library {self.path} cannot be written: {refusal(exc, self.path.parent)}"


def _writable(path: Path) -> sqlite3.Connection:
    private_folder(path.parent)
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    migrate(connection)
    return connection


def _read_only(path: Path) -> sqlite3.Connection:
    connection = connect_for_reading(path)
    if not pending(connection):
        return connection
    if not path.exists():
        migrate(connection)
        return connection
    connection.close()
    _writable(path).close()
    return connect_for_reading(path)


_SELECT = "SELECT id, collection, source, content_hash, text, record, duplicate_of FROM document"


def content_hash_of(text: str, blocks: Iterable[Block], pages: Iterable[Page] = ()) -> str:
    """The hash of a document's content: its text, how it is cut into blocks, and its pages where it has any."""
    numbered = [repr([(page.start, page.label) for page in pages])] if pages else []
    return content_hash(text, repr([(b.start, b.end, b.part, b.section, b.language) for b in blocks]), *numbered)
