"""What a harvested record says, whichever format it is in. Meant for a process of its own (`corpus.isolation`)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from corpus.errors import UnreadableFile
from corpus.harvest.addresses import is_web_address
from corpus.harvest.dublin_core import DublinCore
from corpus.harvest.links import file_links
from corpus.readers import jats
from corpus.readers.markup import attribute, children, descendants, inner_text, local_name, parse_xml
from corpus.readers.statements import stated
from corpus.reading import Reading, read_abstract, work_out
from corpus.records import Extraction, Field, Record, build_record

_FILE_TYPES = ("application/pdf", "application/xml", "text/xml", "text/html")


@dataclass(frozen=True, slots=True)
class Description:
    """What a record says of a work: `statements`, `links` to what may be its text, `body` where the record holds it."""

    statements: tuple[Field, ...]
    links: tuple[str, ...] = ()
    body: Extraction | None = None

    @property
    def record(self) -> Record:
        """The bibliographic record that the statements give."""
        return build_record(self.statements)


@dataclass(frozen=True, slots=True)
class Told:
    """What comes of a record's metadata: `abstract` is the document that it makes alone, `whole` that of its own text.

    `files` are the addresses of full texts; `has_abstract` says that `abstract` is more than title and keywords.
    """

    statements: tuple[Field, ...]
    abstract: Reading
    whole: Reading | None
    files: tuple[str, ...]
    has_abstract: bool


def read_metadata(xml: bytes, source: str) -> Told:
    """What the XML of a record's metadata tells. Raises `UnreadableFile`."""
    description = describe(parse_xml(xml))
    statements, body = description.statements, description.body
    abstract = read_abstract(statements, source)
    return Told(
        statements,
        replace(abstract, record=_stated_record(statements, abstract.record)),
        None if body is None else work_out(replace(body, statements=(*statements, *body.statements)), source),
        tuple(file_links(description.links)),
        bool(description.record.abstracts),
    )


def _stated_record(statements: Sequence[Field], read: Record) -> Record:
    """The record as stated: what was read from a text that was put together from it can only be wrong."""
    languages, title = Field("languages", read.languages, "text"), Field("title", read.title, "guess")
    return build_record([*statements, languages, title])


def describe(metadata: Any) -> Description:
    """What the root element of a record's metadata says: <dc>, or <article> of JATS.

    Raises `UnreadableFile` when it is another one, or names neither title nor abstract.
    """
    name = local_name(metadata)
    if name not in _FORMATS:
        raise UnreadableFile(f"its metadata is <{name}>, expected Dublin Core or JATS")
    found = _FORMATS[name](metadata)
    record = found.record
    if not record.title and not record.abstracts:
        raise UnreadableFile("it has neither title nor abstract")
    if record.doi and not record.url:
        resolver = Field("url", f"https://doi.org/{record.doi}", "metadata")
        return replace(found, statements=(*found.statements, resolver))
    return found


def _of_dublin_core(metadata: Any) -> Description:
    core = DublinCore(metadata)
    return Description(tuple(core.statements()), tuple(core.links()))


def _of_article(article: Any) -> Description:
    whole = jats.extraction(article)
    links = dict(_self_links(article))
    files = tuple(link for link, kind in links.items() if kind in _FILE_TYPES)
    page = next((link for link in links if link not in files), None)
    has_body = next(children(article, "body"), None) is not None
    return Description((*whole.statements, *stated({"url": page}, "metadata")), files, whole if has_body else None)


def _self_links(article: Any) -> Iterator[tuple[str, str | None]]:
    """(address, type of what is there, where it is stated) of each place where an article says that it is found."""
    for found in descendants(article, "self-uri"):
        link = attribute(found, "href") or inner_text(found)
        if is_web_address(link):
            yield link, attribute(found, "content-type")


#: Root element of a record's metadata -> what reads it.
_FORMATS: Mapping[str, Callable[[Any], Description]] = {"dc": _of_dublin_core, "article": _of_article}
