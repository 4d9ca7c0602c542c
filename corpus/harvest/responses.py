"""What a repository answers by OAI-PMH 2.0. Meant for a process of its own (`corpus.isolation`).

A response of broken XML is cut into its records, of which those that are whole are used.
"""

import html
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from corpus.dates import is_date
from corpus.errors import UnreadableFile
from corpus.readers.markup import children, descendants, entity_text, inner_text, local_name, parse_xml

_ROOT = "OAI-PMH"
_OPENING = re.compile(rb"<((?:[\w.-]{1,50}:)?OAI-PMH)\b[^<>]{0,5000}>")
_CLOSED = re.compile(rb"</(?:[\w.-]{1,50}:)?OAI-PMH\s*>\s*\Z")
_RECORD = re.compile(rb"<(?:[\w.-]{1,50}:)?record[\s>]")
_RECORD_END = re.compile(rb"</(?:[\w.-]{1,50}:)?record\s*>")
_IDENTIFIER = re.compile(rb"<(?:[\w.-]{1,50}:)?identifier[^<>]{0,200}>([^<]{0,2000})<")
_TOKEN = re.compile(rb"<(?:[\w.-]{1,50}:)?resumptionToken\b[^<>]{0,500}>([^<]{0,50000})<")
_RESPONSE_DATE = re.compile(rb"<(?:[\w.-]{1,50}:)?responseDate[^<>]{0,200}>([^<]{0,100})<")


@dataclass(frozen=True, slots=True)
class ProtocolError:
    """An error that a response states by its `code`, or, without one, what it is instead of a response."""

    code: str
    said: str


@dataclass(frozen=True, slots=True)
class OaiRecord:
    """A record of a repository: `metadata` is the XML of its root element, None where the record is deleted."""

    identifier: str
    datestamp: str
    metadata: bytes | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class ListPart:
    """A part of a list of records, in order; `broken` are the identifiers of those that are no XML.

    `token` asks for the next part and is None in the last one, `total` is how long the whole list is where the
    repository says so, `responded` the day of the response. `cut` says that the response breaks off. No response has
    another day than one of the calendar: that raises `ValueError`.
    """

    records: tuple[OaiRecord, ...] = ()
    broken: tuple[str, ...] = ()
    token: str | None = None
    total: int | None = None
    responded: str = ""
    cut: bool = False
    error: ProtocolError | None = None

    def __post_init__(self) -> None:
        if self.responded and not (len(self.responded) == 10 and is_date(self.responded)):
            raise ValueError("the day of the response is none")

    @property
    def identifiers(self) -> tuple[str, ...]:
        """Those of all its records."""
        return (*(record.identifier for record in self.records), *self.broken)


@dataclass(frozen=True, slots=True)
class MetadataFormat:
    """A format that a repository offers: `prefix` names it in requests."""

    prefix: str
    schema: str
    namespace: str


@dataclass(frozen=True, slots=True)
class FormatList:
    """The formats that a repository offers."""

    formats: tuple[MetadataFormat, ...] = ()
    error: ProtocolError | None = None


def is_oai_pmh(data: bytes) -> bool:
    """Whether bytes look like a response, by its opening tag."""
    return _OPENING.search(data) is not None


def read_formats(data: bytes) -> FormatList:
    """The formats in the response to ListMetadataFormats."""
    try:
        root = parse_xml(data)
    except UnreadableFile as exc:
        return FormatList(error=_no_response(data, str(exc)))
    if error := _error(root, data):
        return FormatList(error=error)
    names = ("metadataPrefix", "schema", "metadataNamespace")
    found = descendants(root, "metadataFormat")
    return FormatList(tuple(MetadataFormat(*(_child(each, name) for name in names)) for each in found))


def read_list(data: bytes) -> ListPart:
    """The records in the response to ListRecords; none where nothing matches, which is no error."""
    try:
        root = parse_xml(data)
    except UnreadableFile as exc:
        return _salvaged(data, str(exc))
    if error := _error(root, data):
        if error.code == "noRecordsMatch":
            return ListPart(responded=_day(_child(root, "responseDate")))
        return ListPart(error=error)
    found = next(children(root, "ListRecords"), None)
    return (
        ListPart(error=ProtocolError("", "a response that holds no list of records"))
        if found is None
        else _part(root, found)
    )


def _error(root: Any, data: bytes) -> ProtocolError | None:
    """What a response states to be wrong, or that it is none."""
    if local_name(root) != _ROOT:
        return _no_response(data, f"its root is <{local_name(root)}>")
    error = next(children(root, "error"), None)
    return None if error is None else ProtocolError(error.get("code") or "unknown error", inner_text(error)[:500])


def _no_response(data: bytes, why: str) -> ProtocolError:
    return ProtocolError("", "a web page" if b"<html" in data[:2000].lower() else why)


def _salvaged(data: bytes, why: str) -> ListPart:
    """What can be used of a response that is no XML."""
    opening = _OPENING.search(data)
    if not opening:
        return ListPart(error=_no_response(data, why))
    records, broken, rest = [], [], data[opening.end() :]
    starts = [found.start() for found in _RECORD.finditer(data)]
    for start, stop in pairwise([*starts, len(data)]):
        piece, rest = _to_end(data[start:stop])
        try:
            records.append(_record(parse_xml(opening.group() + piece + b"</" + opening.group(1) + b">")[0]))
        except UnreadableFile:
            broken.append(_found(_IDENTIFIER, piece) or "a record without an identifier")
    day = _day(_found(_RESPONSE_DATE, data))
    cut = not _CLOSED.search(rest[-1000:])
    return ListPart(tuple(records), tuple(broken), _found(_TOKEN, rest) or None, None, day, cut)


def _to_end(data: bytes) -> tuple[bytes, bytes]:
    """A record that begins the data, and what follows it."""
    end = _RECORD_END.search(data)
    return (data[: end.end()], data[end.end() :]) if end else (data, b"")


def _part(root: Any, found: Any) -> ListPart:
    token = next(children(found, "resumptionToken"), None)
    size = "" if token is None else token.get("completeListSize", "")
    return ListPart(
        tuple(_record(record) for record in children(found, "record")),
        (),
        (None if token is None else inner_text(token)) or None,
        int(size) if re.fullmatch(r"[0-9]{1,9}", size) else None,
        _day(_child(root, "responseDate")),
    )


def _record(record: Any) -> OaiRecord:
    header = next(children(record, "header"), record)
    metadata = next(children(record, "metadata"), None)
    deleted = header.get("status") == "deleted"
    content = None if metadata is None or deleted else next(iter(metadata), None)
    xml = None if content is None else _xml(content)
    return OaiRecord(_child(header, "identifier"), _child(header, "datestamp"), xml, deleted)


def _xml(element: Any) -> bytes:
    """An element as a document of its own, without the declarations of entities around it."""
    from lxml import etree

    for entity in list(element.iter(etree.Entity)):
        entity.tail = entity_text(entity) + (entity.tail or "")
    etree.strip_tags(element, etree.Entity)
    return bytes(etree.tostring(element, with_tail=False))


def _child(element: Any, name: str) -> str:
    """The text of the first child of a name, or nothing."""
    found = next(children(element, name), None)
    return "" if found is None else inner_text(found)


def _found(form: re.Pattern[bytes], data: bytes) -> str:
    match = form.search(data)
    return html.unescape(match.group(1).decode("utf-8", "replace")).strip() if match else ""


def _day(response_date: str) -> str:
    """The day of a response, in UTC: 2026-11-22; nothing where it is none, or before the protocol."""
    day = response_date[:10]
    return day if is_date(day) and day > "2001" else ""
