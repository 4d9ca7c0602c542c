"""The texts of one generation: the documents and passages that its index finds, read-only SQLite."""

import json
import sqlite3
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any

from corpus import Document, Passage, Record
from corpus.records import Page, pages_between
from embeddings.errors import IndexUnusable

_SCHEMA = """
CREATE TABLE document (id TEXT PRIMARY KEY, collection TEXT, source TEXT, content_hash TEXT, text TEXT, record TEXT,
                       also_in TEXT, sections TEXT, pages TEXT) STRICT;
CREATE TABLE passage (row INTEGER PRIMARY KEY, id INTEGER UNIQUE, document TEXT REFERENCES document(id), start INTEGER,
                      "end" INTEGER, part TEXT, section TEXT, language TEXT, page TEXT, embedded TEXT) STRICT;
"""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as a generation holds it; `also_in` are sources of shorter copies of it."""

    id: str
    collection: str
    source: str
    text: str
    record: Record
    also_in: tuple[str, ...]
    sections: tuple[tuple[int, str | None], ...] = ()
    pages: tuple[Page, ...] = ()

    def section_at(self, offset: int) -> str | None:
        """The section that the character at `offset` stands in, or None."""
        position = bisect_right(self.sections, offset, key=lambda item: item[0])
        return self.sections[position - 1][1] if position else None

    def page_of(self, start: int, end: int) -> str | None:
        """The page or pages that a stretch stands on, "12" or "12–14", or None."""
        return pages_between(self.pages, start, end)


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as a generation holds it: `text` is `document.text[start:end]`."""

    row: int
    id: int
    document: StoredDocument
    start: int
    end: int
    part: str
    section: str | None
    language: str
    page: str | None

    @property
    def text(self) -> str:
        """The document's own characters from `start` to `end`."""
        return self.document.text[self.start : self.end]

    def alone(self) -> "StoredPassage":
        """The same passage of a document that does not say where else it stands."""
        return replace(self, document=replace(self.document, also_in=()))


@dataclass(frozen=True, slots=True)
class PassageRow:
    """What filters need to know of a passage."""

    id: int
    document: str
    collection: str
    part: str
    language: str
    kind: str
    date: str | None
    authors: str


def write_texts(path: Path, documents: Sequence[Document], passages: Sequence[Passage]) -> None:
    """Write the documents and, row by row in order, the passages."""
    copies: dict[str, list[str]] = {}
    for document in documents:
        if document.duplicate_of:
            copies.setdefault(document.duplicate_of, []).append(document.source)
    connection = sqlite3.connect(path)
    with connection:
        connection.executescript(_SCHEMA)
        connection.executemany(
            "INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    d.id,
                    d.collection,
                    d.source,
                    d.content_hash,
                    d.text,
                    d.record.to_json(),
                    json.dumps(copies.get(d.id, [])),
                    json.dumps(_sections(d), ensure_ascii=False),
                    json.dumps([(page.start, page.label) for page in d.pages], ensure_ascii=False),
                )
                for d in documents
            ],
        )
        connection.executemany(
            "INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (row, p.id, p.document, p.start, p.end, p.part, p.section, p.language, p.page, p.embedded)
                for row, p in enumerate(passages)
            ],
        )
    connection.close()


def _sections(document: Document) -> list[tuple[int, str | None]]:
    """(start, section) wherever the section changes; headings belong to the section they open."""
    changes: list[tuple[int, str | None]] = []
    for block in document.blocks:
        if not changes or changes[-1][1] != block.section:
            changes.append((block.start, block.section))
    return changes


class Texts:
    """A file written by `write_texts`, opened for reading; safe to share between threads."""

    def __init__(self, path: Path) -> None:
        """Open the file. Raises `IndexUnusable`."""
        try:
            uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
            self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
            self._one_at_a_time = Lock()
            self._documents: dict[str, StoredDocument] = {}
            self.rows = self._read_rows()
        except sqlite3.Error as exc:
            raise IndexUnusable(f"the texts {path} cannot be read: {exc}") from exc

    def passage(self, row: int) -> StoredPassage:
        """The passage of a row."""
        number, id_, document, *rest = self._first(
            'SELECT row, id, document, start, "end", part, section, language, page FROM passage WHERE row = ?', int(row)
        )
        return StoredPassage(number, id_, self.document(document), *rest)

    def document(self, document_id: str) -> StoredDocument:
        """The document with this id. Raises `KeyError`."""
        if document_id not in self._documents:
            found = self._first(
                "SELECT id, collection, source, text, record, also_in, sections, pages FROM document WHERE id = ?",
                document_id,
            )
            if found is None:
                raise KeyError(document_id)
            id_, collection, source, text, record, also_in, sections, pages = found
            self._documents[document_id] = StoredDocument(
                id_,
                collection,
                source,
                text,
                Record.from_json(record),
                tuple(json.loads(also_in)),
                tuple((start, section) for start, section in json.loads(sections)),
                tuple(Page(*page) for page in json.loads(pages)),
            )
        return self._documents[document_id]

    def _first(self, statement: str, value: str | int) -> Any:
        """The first row; a lock, since threads would share the connection's prepared statement."""
        with self._one_at_a_time:
            return self._connection.execute(statement, (value,)).fetchone()

    def find(self, name: str) -> list[StoredDocument]:
        """The documents with this id, beginning of an id (4 characters or more), source, or collection/source."""
        rows = self._connection.execute(
            "SELECT id FROM document WHERE id = ?1 OR source = ?1 OR collection || '/' || source = ?1 "
            "OR (length(?1) >= 4 AND substr(id, 1, length(?1)) = ?1)",
            (name,),
        ).fetchall()
        return [self.document(id_) for (id_,) in rows]

    def fingerprints(self) -> list[tuple[str, str, str]]:
        """(id, content hash, record as JSON) of every document, ordered by id."""
        return self._connection.execute("SELECT id, content_hash, record FROM document ORDER BY id").fetchall()

    def embedded(self, row: int) -> str:
        """What the encoder got for the passage of a row."""
        found = self._connection.execute("SELECT embedded FROM passage WHERE row = ?", (row,)).fetchone()
        return str(found[0])

    def embedded_of(self, document_id: str) -> list[str]:
        """What the encoder got for the passages of a document."""
        rows = self._connection.execute("SELECT embedded FROM passage WHERE document = ?", (document_id,))
        return [row[0] for row in rows]

    def split_documents(self) -> dict[tuple[str, str, str], list[Passage]]:
        """(id, content hash, record as JSON) of each document -> its passages, as they were split.

        A copy of a fuller document is left out: passages of it were left to that one.
        """
        found: dict[str, list[Passage]] = {}
        rows = self._connection.execute(
            'SELECT p.id, p.document, start, "end", part, section, language, substr(text, start + 1, "end" - start), '
            "embedded, page FROM passage p JOIN document d ON d.id = p.document ORDER BY start"
        )
        for row in rows:
            found.setdefault(row[1], []).append(Passage(*row))
        keys = self._connection.execute(
            "SELECT id, content_hash, record FROM document "
            "WHERE source NOT IN (SELECT value FROM document, json_each(also_in))"
        ).fetchall()
        return {key: found[key[0]] for key in keys if key[0] in found}

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _read_rows(self) -> list[PassageRow]:
        rows = self._connection.execute(
            "SELECT p.id, p.document, d.collection, p.part, p.language, record ->> 'kind', record ->> 'date', "
            "coalesce((SELECT group_concat(value, char(10)) FROM (SELECT value FROM json_each(record, '$.authors') "
            "UNION ALL SELECT value FROM json_each(record, '$.author_forms'))), '') "
            "FROM passage p JOIN document d ON d.id = p.document ORDER BY row"
        )
        return [PassageRow(*row) for row in rows]
