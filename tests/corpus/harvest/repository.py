"""A repository that speaks OAI-PMH over HTTP on this machine, by the server of the package `oaipmh`.

It holds made-up articles, and breaks what it is told to break.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

from lxml import etree
from oaipmh.common import Header, Identify
from oaipmh.error import CannotDisseminateFormatError
from oaipmh.metadata import MetadataRegistry
from oaipmh.server import Server

DC = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/">{}</oai_dc:dc>'
)
_FORMATS = {
    "oai_dc": ("http://www.openarchives.org/OAI/2.0/oai_dc.xsd", "http://www.openarchives.org/OAI/2.0/oai_dc/"),
    "jats": ("https://jats.nlm.nih.gov/publishing/1.2/JATS-journalpublishing1.xsd", "https://jats.nlm.nih.gov"),
}


@dataclass(frozen=True)
class Item:
    """A record: its metadata by format, or none of it where it is deleted."""

    identifier: str
    changed: str = "2024-03-01"
    deleted: bool = False
    sets: tuple[str, ...] = ()
    metadata: dict[str, str] = field(default_factory=dict)

    @property
    def header(self) -> Header:
        moment = datetime.fromisoformat(self.changed)
        return Header(None, self.identifier, moment, list(self.sets), self.deleted)


@dataclass(frozen=True)
class Reply:
    """What is sent instead of a page."""

    data: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


#: Changes the reply to a request, or makes another; `None` leaves it as it is.
Fault = Callable[[Reply], Reply]


class Repository:
    """The records, files and faults; `requests` are the paths and queries that came, in order."""

    def __init__(self, batch: int = 2) -> None:
        self.items: list[Item] = []
        self.files: dict[str, Reply] = {}
        self.faults: list[Fault | None] = []
        self.requests: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.formats = ["oai_dc"]
        self.port = 0
        registry = MetadataRegistry()
        for name in _FORMATS:
            registry.registerWriter(name, lambda element, metadata: element.append(etree.fromstring(metadata)))
        self._server = Server(self, registry, resumption_batch_size=batch)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/oai"

    @property
    def queries(self) -> list[dict[str, str]]:
        """The arguments of the OAI-PMH requests that came."""
        return [dict(parse_qsl(urlsplit(path).query)) for path in self.requests if path.startswith("/oai")]

    def breaks(self, number: int, *faults: Fault) -> None:
        """From the request of this number on (1 is the first), each reply has one of the faults."""
        self.faults += [None] * (number - 1 - len(self.faults))
        self.faults += faults

    def reply(self, path: str) -> Reply:
        self.requests.append(path)
        found = urlsplit(path)
        if found.path.startswith("/oai"):
            data = self._server.handleRequest(dict(parse_qsl(found.query)))
            reply = Reply(data, headers={"Content-Type": "text/xml; charset=utf-8"})
        else:
            reply = self.files.get(path, Reply(status=404))
        fault = self.faults.pop(0) if self.faults else None
        return fault(reply) if fault else reply

    # What the server of `oaipmh` asks for.

    def identify(self) -> Identify:
        granularity, beginning = "YYYY-MM-DDThh:mm:ssZ", datetime(2020, 1, 1)  # noqa: DTZ001 (oaipmh knows no zones)
        return Identify(
            "Made up", self.url, "2.0", ["a@example.org"], beginning, "persistent", granularity, ["identity"]
        )

    def listMetadataFormats(self, identifier: str | None = None) -> list[tuple[str, str, str]]:  # noqa: N802 (oaipmh's name)
        return [(name, *_FORMATS[name]) for name in self.formats]

    def listRecords(  # noqa: N802 (oaipmh's name)
        self,
        metadataPrefix: str,  # noqa: N803 (oaipmh's name)
        set: str | None = None,  # noqa: A002 (oaipmh's name)
        from_: datetime | None = None,
        until: datetime | None = None,
    ) -> list[tuple[Header, str | None, None]]:
        if metadataPrefix not in self.formats:
            raise CannotDisseminateFormatError("not this one")
        return [
            (item.header, item.metadata.get(metadataPrefix), None)
            for item in self.items
            if (not set or set in item.sets)
            and (not from_ or item.header.datestamp() >= from_)
            and (not until or item.header.datestamp() <= until)
        ]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, repository: Repository, *arguments: object) -> None:
        self.repository = repository
        super().__init__(*arguments)

    def handle(self) -> None:
        with suppress(ConnectionError):  # the client has hung up
            super().handle()

    def do_GET(self) -> None:
        self.repository.headers.append(dict(self.headers))
        reply = self.repository.reply(self.path)
        self.send_response(reply.status)
        for name, value in ({"Content-Length": str(len(reply.data))} | reply.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.data)
        self.close_connection = "Content-Length" in reply.headers  # a length that is not the true one

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(batch: int = 2) -> Iterator[Repository]:
    """A repository that answers at its `url`, so many records in one response."""
    repository = Repository(batch)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, repository))
    server.daemon_threads = True
    repository.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield repository
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def dublin_core(*elements: str) -> str:
    """A record in oai_dc of elements like `title Text` or `title@ru Text`."""
    return DC.format("".join(_element(element) for element in elements))


def _element(element: str) -> str:
    name, _, text = element.partition(" ")
    name, _, language = name.partition("@")
    stated = f' xml:lang="{language}"' if language else ""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return f"<dc:{name}{stated}>{escaped}</dc:{name}>"


def article(number: int, changed: str = "2024-03-01", extra: Sequence[str] = (), abstract: bool = True) -> Item:
    """A made-up article of an OJS journal, with or without an abstract."""
    said = f"Article {number} shows that duty {number} was shared among the members. It began in 2012."
    elements = [
        f"title@en-US On duty number {number}",
        "creator@en-US Author, A. B.",
        *([f"description@en-US {said}"] if abstract else []),
        "subject@en-US customs union",
        "date 2023-05-12",
        "type info:eu-repo/semantics/article",
        f"identifier http://journal.example.org/article/view/{number}",
        f"identifier 10.5555/made.{number}",
        f"source@en-US Made-up Journal; Vol. 3 No. 2 (2023); {number}0-{number}9",
        "language eng",
        *extra,
    ]
    return Item(f"oai:example.org:article/{number}", changed, metadata={"oai_dc": dublin_core(*elements)})


def deleted(number: int, changed: str) -> Item:
    """The same article, deleted."""
    return Item(f"oai:example.org:article/{number}", changed, deleted=True)


def now() -> str:
    """This day, as the server's responses have it."""
    return datetime.now(UTC).date().isoformat()
