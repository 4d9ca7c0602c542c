"""Numbered migrations of the library database; a new one is appended, none is ever changed."""

import sqlite3

from corpus.errors import LibraryUnusable

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
)


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
        connection.executescript(
            f"BEGIN IMMEDIATE;\n{MIGRATIONS[number]}\nPRAGMA user_version = {number + 1};\nCOMMIT;"
        )
