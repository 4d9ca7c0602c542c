"""OAI-PMH 2.0: requests to a repository, and what its responses say (openarchives.org/OAI/openarchivesprotocol.html).

A response of broken XML is cut into its records, of which those that are whole are used.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NoReturn

from corpus.dates import is_date
from corpus.errors import HarvestFailed, UnreadableFile
from corpus.harvest.client import PoliteClient, StatusRefused
from corpus.readers.markup import children, descendants, inner_text, local_name, parse_xml

_ROOT = "OAI-PMH"
#: Bytes that no text needs and XML 1.0 forbids; abstracts pasted from office programs hold them.
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r")
_OPENING = re.compile(rb"<((?:[\w.-]{1,50}:)?OAI-PMH)\b[^<>]{0,5000}>")
_CLOSED = re.compile(rb"</(?:[\w.-]{1,50}:)?OAI-PMH\s*>\s*\Z")
_RECORD = re.compile(rb"<(?:[\w.-]{1,50}:)?record[\s>]")
_RECORD_END = re.compile(rb"</(?:[\w.-]{1,50}:)?record\s*>")
_IDENTIFIER = re.compile(rb"<(?:[\w.-]{1,50}:)?identifier[^<>]{0,200}>([^<]{0,2000})<")
_TOKEN = re.compile(rb"<(?:[\w.-]{1,50}:)?resumptionToken\b[^<>]{0,500}>([^<]{0,50000})<")
_RESPONSE_DATE = re.compile(rb"<(?:[\w.-]{1,50}:)?responseDate[^<>]{0,200}>([^<]{0,100})<")


class TokenRefused(HarvestFailed):
    """A resumption token is no longer valid: the list has to be asked for again."""


@dataclass(frozen=True, slots=True)
class OaiRecord:
    """A record of a repository: `metadata` is its root element (lxml), None where the record is deleted."""

    identifier: str
    datestamp: str
    metadata: Any = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class ListPart:
    """A part of a list of records, in order; `broken` are the identifiers of those that are no XML.

    `token` asks for the next part and is None in the last one, `total` is how long the whole list is where the
    repository says so, `responded` the day of the response. `cut` says that the response breaks off.
    """

    records: tuple[OaiRecord, ...] = ()
    broken: tuple[str, ...] = ()
    token: str | None = None
    total: int | None = None
    responded: str = ""
    cut: bool = False

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


class Repository:
    """What answers at the base URL of an OAI-PMH interface."""

    def __init__(self, url: str, client: PoliteClient) -> None:
        self.url = url
        self._client = client

    def formats(self) -> list[MetadataFormat]:
        """The formats it offers. Raises `HarvestFailed`."""
        data = self._ask({"verb": "ListMetadataFormats"})
        try:
            root = parse_xml(data)
        except UnreadableFile as exc:
            self._refuse_other(data, str(exc))
        self._refuse_errors(root, data)
        names = ("metadataPrefix", "schema", "metadataNamespace")
        return [
            MetadataFormat(*(_child(found, name) for name in names)) for found in descendants(root, "metadataFormat")
        ]

    def records(self, arguments: Mapping[str, str]) -> ListPart:
        """The first records that arguments (metadataPrefix, set, from, until) select, or those after a resumptionToken.

        Raises `HarvestFailed`, of these `TokenRefused` when the list has to be asked for again.
        """
        request = {"verb": "ListRecords", **arguments}
        part = self._records(request)
        return self._records(request) if part.cut else part

    def _records(self, request: Mapping[str, str]) -> ListPart:
        data = self._ask(request)
        try:
            root = parse_xml(data)
        except UnreadableFile as exc:
            return self._salvaged(data, str(exc))
        if self._refuse_errors(root, data) == "noRecordsMatch":
            return ListPart(responded=_day(_child(root, "responseDate")))
        found = next(children(root, "ListRecords"), None)
        if found is None:
            raise HarvestFailed(f"{self.url}: its response holds no list of records")
        return _part(root, found)

    def _ask(self, arguments: Mapping[str, str]) -> bytes:
        """The response; some repositories send the errors of the protocol with a status of HTTP, like 422."""
        try:
            data = self._client.get(self.url, arguments).data
        except StatusRefused as exc:
            if not _OPENING.search(exc.data):
                raise
            data = exc.data
        return data.translate(None, _CONTROLS)

    def _refuse_errors(self, root: Any, data: bytes) -> str | None:
        """None, or "noRecordsMatch", which is no failure. Raises `HarvestFailed` on other errors of the protocol."""
        if local_name(root) != _ROOT:
            self._refuse_other(data, f"its root is <{local_name(root)}>")
        error = next(children(root, "error"), None)
        code = "" if error is None else error.get("code", "unknown error")
        if code in ("", "noRecordsMatch"):
            return code or None
        failure = TokenRefused if code == "badResumptionToken" else HarvestFailed
        raise failure(f"{self.url} refuses: {code}: {inner_text(error)}"[:500])

    def _refuse_other(self, data: bytes, why: str) -> NoReturn:
        what = "a web page" if b"<html" in data[:2000].lower() else why
        raise HarvestFailed(f"{self.url} answers no OAI-PMH, but {what}: is it the address of the OAI-PMH interface?")

    def _salvaged(self, data: bytes, why: str) -> ListPart:
        """What can be used of a response that is no XML."""
        opening = _OPENING.search(data)
        if not opening:
            self._refuse_other(data, why)
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
    return OaiRecord(_child(header, "identifier"), _child(header, "datestamp"), content, deleted)


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
