"""What the library looks documents up by without reading them: narrow rows beside each, kept with its record.

A list of documents, and which of them may be one work, are found in these rows alone, so that a page of a list and an
addition cost what they show and add, however many documents there are.
"""

import json
import sqlite3

from corpus.duplicates import work_keys
from corpus.filters import Filters
from corpus.records import Record

#: Makes and drops with a document; `work_changed` are keys whose documents are to be compared anew.
SCHEMA = """
CREATE TABLE catalogue (
    collection TEXT NOT NULL,
    source TEXT NOT NULL,
    document TEXT NOT NULL UNIQUE REFERENCES document(id) ON DELETE CASCADE,
    characters INTEGER NOT NULL,
    kind TEXT NOT NULL,
    date TEXT NOT NULL,
    languages TEXT NOT NULL,
    authors TEXT NOT NULL,
    names TEXT NOT NULL,
    PRIMARY KEY (collection, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX catalogue_source ON catalogue (source);
CREATE INDEX catalogue_name ON catalogue (collection || '/' || source);
CREATE TABLE work (
    document TEXT NOT NULL REFERENCES document(id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    PRIMARY KEY (document, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX work_key ON work (key);
CREATE INDEX document_duplicate_of ON document (duplicate_of);
CREATE TABLE work_changed (key TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
"""

#: The documents that share a key with a changed one, directly or by way of others; 1 beside those not alone in that.
_TOUCHED = """
WITH RECURSIVE touched (key) AS (
    SELECT key FROM work_changed
    UNION
    SELECT own.key FROM touched JOIN work o ON o.key = touched.key JOIN work own ON own.document = o.document
)
SELECT own.document, max(EXISTS (SELECT 1 FROM work o WHERE o.key = own.key AND o.document <> own.document))
FROM touched JOIN work own ON own.key = touched.key GROUP BY own.document
"""


def enter(connection: sqlite3.Connection, document_id: str, source: str, record: Record) -> None:
    """Keep what a stored document is looked up by; what was kept before goes."""
    mark_changed(connection, document_id)
    authors = (*record.authors, *record.author_forms.values())
    connection.execute(
        "INSERT OR REPLACE INTO catalogue SELECT collection, source, id, length(text), ?, ?, ?, ?, ? "
        "FROM document WHERE id = ?",
        (
            record.kind,
            record.date or "",
            json.dumps(record.languages),
            _folded(*authors),
            _folded(record.title, *record.titles.values(), source, *authors),
            document_id,
        ),
    )
    connection.execute("DELETE FROM work WHERE document = ?", (document_id,))
    connection.executemany("INSERT INTO work VALUES (?, ?)", [(document_id, key) for key in work_keys(record)])
    mark_changed(connection, document_id)


def mark_changed(connection: sqlite3.Connection, document_id: str) -> None:
    """Note that those which may be one work with a document are to be compared anew."""
    connection.execute("INSERT OR IGNORE INTO work_changed SELECT key FROM work WHERE document = ?", (document_id,))


def touched(connection: sqlite3.Connection) -> dict[str, bool]:
    """{id: whether it shares a key with another} of the documents whose duplicates may be others than before."""
    return {document_id: bool(shares) for document_id, shares in connection.execute(_TOUCHED)}


def condition(filters: Filters) -> tuple[str, list[str]]:
    """An SQL condition on rows of the catalogue, and its values: what `filters` let through."""
    asked = [
        ("EXISTS (SELECT 1 FROM json_each(languages) WHERE value = ?)", filters.language),
        ("kind = ?", filters.kind),
        ("date <> '' AND date >= substr(?, 1, length(date))", filters.since),
        ("date <> '' AND date <= ? || '~'", filters.until),
        ("instr(authors, ?)", (filters.author or "").casefold()),
        ("instr(names, ?)", (filters.named or "").casefold()),
        ("collection IN (SELECT value FROM json_each(?))", filters.collections and json.dumps(filters.collections)),
    ]
    given = [(statement, value) for statement, value in asked if value]
    return " AND ".join(["1", *(statement for statement, _ in given)]), [value for _, value in given]


def _folded(*names: str) -> str:
    return "\n".join(names).casefold()
