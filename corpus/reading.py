"""From a file's bytes to all that is known of it: text, record, blocks. Meant for a process of its own (`isolation`).

What a text says about itself is worked out here too, so that nothing outside parses what strangers wrote.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from corpus.abstracts import abstract_of
from corpus.archives import Archive, Budget, Content, contents
from corpus.bibliography import statements_from_text
from corpus.dates import is_date
from corpus.errors import UnreadableFile
from corpus.exports import EXPORTS, read_export
from corpus.metadata import read_sidecar
from corpus.readers import LIBRARIES, READERS, read_file
from corpus.readers.mail import attachments
from corpus.records import ORIGINS, Block, Document, Extraction, Field, Page, Record, build_record, document_id
from corpus.replies import adapter_of
from corpus.store import content_hash_of
from corpus.structure import blocks_of, languages_of

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_DATES = ("date", "date_in_force", "accessed")
_FIELDS = frozenset(field.name for field in fields(Record))
#: What `prepare` reads: an article by its first page, long enough for the model of languages; and a page of it.
_SAMPLE = b"""On trade

Anna Ivanova

Institute of Trade, Minsk, Belarus

Abstract: The union was founded by three states in 1994, and its court sits in Minsk since then."""
_SAMPLE_PAGE = b"<html><body><h1>On trade</h1><p>%b</p></body></html>" % _SAMPLE

_SAMPLE_EXPORTS = {
    ".bib": rb"@article{a, author = {Anna Ivanova and Oleg Petrov}, title = {On \emph{trade}}}",
    ".ris": b"TY  - JOUR\nTI  - On trade\nER  - \n",
    ".json": b'[{"type": "book", "title": "On trade"}]',
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a document is made of. One that could not be stored or shown cannot be made: it raises `ValueError`."""

    text: str
    record: Record
    blocks: tuple[Block, ...]
    pages: tuple[Page, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _refuse_places(self.text, self.blocks, self.pages)
        _refuse_record(self.record)

    def document(self, collection: str, source: str) -> Document:
        """The document under a name. Raises `UnreadableFile` when that is not Unicode."""
        refuse_surrogates(source)
        return Document(
            id=document_id(collection, source),
            collection=collection,
            source=source,
            content_hash=content_hash_of(self.text, self.blocks, self.pages),
            text=self.text,
            record=Record.from_json(self.record.to_json()),  # lists that came as JSON are tuples again
            blocks=self.blocks,
            pages=self.pages,
        )


def read_document(
    data: bytes, name: str, source: str, described: Sequence[Field] = (), sidecar: tuple[bytes, str] | None = None
) -> Reading:
    """What a file holds, by the reader for its name; what its sidecar (bytes, name) and others say of it comes first.

    Raises `UnreadableFile`.
    """
    said = read_sidecar(*sidecar) if sidecar else []
    extraction = read_file(data, name)
    return work_out(replace(extraction, statements=(*said, *described, *extraction.statements)), source)


def read_abstract(statements: Sequence[Field], source: str) -> Reading:
    """What a description makes alone, without its work."""
    return work_out(abstract_of(statements), source)


def work_out(extraction: Extraction, source: str) -> Reading:
    """What an extracted text says about itself, added to it. Raises `UnreadableFile` for what cannot be stored."""
    blocks = tuple(blocks_of(extraction))
    statements = [*extraction.statements, *statements_from_text(extraction, blocks)]
    statements.append(Field("languages", languages_of(extraction.text, blocks), "text"))
    statements.append(Field("title", Path(source).stem, "guess"))
    record = build_record(statements)
    refuse_surrogates(source, extraction.text, record.to_json())
    return Reading(extraction.text, record, blocks, extraction.pages, extraction.notes)


def read_contents(data: bytes, suffix: str, budget: Budget) -> Iterator[Content]:
    """The files in an archive or a message. Raises `UnreadableFile` when it is damaged."""
    return contents(attachments(data) if suffix == ".eml" else Archive(data, budget).members(), budget)


@cache
def prepare(suffix: str) -> None:
    """Import what reading files of a suffix needs, and load what it looks up; of files that hold others, of all."""
    for function in (read_document, read_abstract, read_contents, read_export):
        adapter_of(function)
    holds_files = suffix == ".eml" or suffix not in {*READERS, *EXPORTS}
    for each in (*READERS, *EXPORTS) if holds_files else (suffix,):
        if each in EXPORTS:
            read_export(_SAMPLE_EXPORTS[each], f"a{each}")
            read_document(_SAMPLE, "a.txt", "sample")
        else:
            _prepare_reader(READERS[each])


def _prepare_reader(reader: str) -> None:
    for name in (f"corpus.readers.{reader}", *LIBRARIES.get(reader, ())):
        import_module(name)
    read_document(*(_SAMPLE_PAGE, "a.html") if reader == "html" else (_SAMPLE, "a.txt"), "sample")


def refuse_surrogates(*values: str) -> None:
    """Raises `UnreadableFile` for what is not Unicode."""
    for value in values:
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as exc:
            raise UnreadableFile("its name, text or metadata holds characters that are not Unicode") from exc


def _refuse_places(text: str, blocks: Sequence[Block], pages: Sequence[Page]) -> None:
    """Raises `ValueError` where blocks or pages are not in order inside the text, or a language is no code."""
    position = 0
    for block in blocks:
        if not position <= block.start < block.end <= len(text) or not _LANGUAGE.fullmatch(block.language):
            raise ValueError(f"no block of this text: {block}")
        position = block.end
    if sorted(pages, key=lambda page: page.start) != list(pages):
        raise ValueError("its pages are not in order")
    if pages and not pages[0].start == 0 <= pages[-1].start <= len(text):
        raise ValueError("its pages are not in the text")


def _refuse_record(record: Record) -> None:
    """Raises `ValueError` for a record that no file can make: it is edited, or names fields or dates that are none."""
    dates: Sequence[str | None] = [getattr(record, name) for name in _DATES]
    named: Mapping[str, Any] = {**record.origins, **record.also}
    origins = set(record.origins.values())
    if not all(date is None or is_date(date) for date in dates):
        raise ValueError("it holds a date that is none")
    if not origins <= set(ORIGINS) - {"edit"} or record.replaced:
        raise ValueError("only an edit makes an edit")
    if not all(name.partition(".")[0] in _FIELDS for name in named):
        raise ValueError("it names a field that no record has")
