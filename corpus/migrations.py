"""Numbered migrations of the library database; a new one is appended, none is ever changed."""

import sqlite3

from corpus import catalogue
from corpus.errors import LibraryUnusable
from corpus.records import Record

MIGRATIONS = (
    """
    CREATE TABLE document (
        id TEXT PRIMARY KEY,
        collection TEXT NOT NULL,
        source TEXT NOT NULL,
        content_hash TEXT NOT NULL,
        text TEXT NOT NULL,
        record TEXT NOT NULL,
        duplicate_of TEXT REFERENCES document(id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
        added_at TEXT NOT NULL,
        UNIQUE (collection, source)
    ) STRICT;
    CREATE TABLE block (
        document TEXT NOT NULL REFERENCES document(id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        start INTEGER NOT NULL,
        "end" INTEGER NOT NULL,
        part TEXT NOT NULL,
        section TEXT,
        language TEXT NOT NULL,
        PRIMARY KEY (document, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE collection (
        name TEXT PRIMARY KEY,
        folder_hash TEXT NOT NULL
    ) STRICT;
    """,
    """
    CREATE TABLE page (
        document TEXT NOT NULL REFERENCES document(id) ON DELETE CASCADE,
        start INTEGER NOT NULL,
        label TEXT NOT NULL,
        PRIMARY KEY (document, start)
    ) STRICT, WITHOUT ROWID;
    """,
    """
    CREATE TABLE harvest (
        id TEXT PRIMARY KEY,
        state TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE harvested (
        harvest TEXT NOT NULL,
        document TEXT NOT NULL,
        datestamp TEXT NOT NULL,
        PRIMARY KEY (harvest, document)
    ) STRICT, WITHOUT ROWID;
    """,
    catalogue.SCHEMA,
)

#: From this format on documents are looked up in the catalogue.
_CATALOGUED = 4


def pending(connection: sqlite3.Connection) -> range:
    """The migrations that the database still needs.

    Raises `LibraryUnusable` when the database is newer than this program.
    """
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise LibraryUnusable(
            f"the library has format {version}, this eurag knows up to {len(MIGRATIONS)}: upgrade eurag"
        )
    return range(version, len(MIGRATIONS))


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the database to the newest version, one transaction a migration. Raises as `pending` does."""
    for number in pending(connection):
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            if connection.execute("PRAGMA user_version").fetchone()[0] > number:
                continue  # another process was faster
            for statement in filter(str.strip, MIGRATIONS[number].split(";")):
                connection.execute(statement)
            if number + 1 == _CATALOGUED:
                _enter_all(connection)
            connection.execute(f"PRAGMA user_version = {number + 1}")


def _enter_all(connection: sqlite3.Connection) -> None:
    """Enter every document that was stored before there was a catalogue; its links stand."""
    for id_, source, record in connection.execute("SELECT id, source, record FROM document").fetchall():
        catalogue.enter(connection, id_, source, Record.from_json(record))
    connection.execute("DELETE FROM work_changed")
