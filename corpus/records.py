"""The records that pass between the readers, the store, the splitter and everything above them.

Offsets everywhere count Unicode code points of `Document.text`; `end` is exclusive.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

#: Passages are made of the first three; headings and boilerplate are no answer material.
Part = Literal["body", "reference", "front matter", "heading", "boilerplate"]

#: Where a field of a record came from, strongest first. The first one that has a value wins.
ORIGINS = ("edit", "sidecar", "front matter", "heading", "metadata", "text", "guess")


@dataclass(frozen=True, slots=True)
class Field:
    """One statement about a document: `name` of a `Record` field, its value, and its origin."""

    name: str
    value: Any
    origin: str


@dataclass(frozen=True, slots=True)
class Record:
    """The bibliographic record of a document, as far as the text or its metadata show it.

    `date` is ISO 8601, possibly only a year or a year and month; so are `date_in_force` and `accessed`, the day
    `url` was read. `journal` is also the book that a chapter or conference paper stands in, `pages` of a whole book
    how many it has, `place` where it was published. `origins` names, for each field
    that is set, one of `ORIGINS`; `also` holds values that lost against a stronger origin.
    """

    title: str = ""
    authors: tuple[str, ...] = ()
    date: str | None = None
    languages: tuple[str, ...] = ()
    kind: str = "text"
    journal: str | None = None
    editors: tuple[str, ...] = ()
    publisher: str | None = None
    place: str | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    doi: str | None = None
    url: str | None = None
    accessed: str | None = None
    licence: str | None = None
    parties: tuple[str, ...] = ()
    date_in_force: str | None = None
    topics: tuple[str, ...] = ()
    sources: tuple[Mapping[str, Any], ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, Any] = field(default_factory=dict)

    @property
    def year(self) -> int | None:
        """The year of `date`, or None."""
        return int(self.date[:4]) if self.date else None

    @property
    def guessed(self) -> tuple[str, ...]:
        """Names of the fields that were guessed rather than read."""
        return tuple(name for name, origin in self.origins.items() if origin == "guess")

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON: every field, plus `year` and `guessed`."""
        data = {f.name: getattr(self, f.name) for f in fields(self)}
        return data | {"year": self.year, "guessed": list(self.guessed)}

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, so that equal records give equal text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Record":
        """The inverse of `to_json`."""
        data = json.loads(text)
        known = {f.name: data[f.name] for f in fields(cls) if f.name in data}
        known["also"] = {name: _frozen(value) for name, value in known.get("also", {}).items()}
        return cls(**{name: _frozen(value) for name, value in known.items()})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def build_record(statements: Iterable[Field]) -> Record:
    """The record that a list of statements gives: for each name the strongest origin wins.

    Among equal origins the first statement wins. Values that lost and differ are kept in `also`.
    """
    ranked = sorted(statements, key=lambda s: ORIGINS.index(s.origin))
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    also: dict[str, Any] = {}
    for statement in ranked:
        if statement.value in (None, "", (), []):
            continue
        value = _frozen(statement.value)
        if statement.name not in values:
            values[statement.name] = value
            origins[statement.name] = statement.origin
        elif statement.origin != "guess" and _differ(value, values[statement.name]):
            also.setdefault(statement.name, value)
    return Record(**values, origins=dict(sorted(origins.items())), also=also)


def _differ(one: Any, other: Any) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return sorted(map(str, one)) != sorted(map(str, other))
    return bool(one != other)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a text: `label` names the section from `end` to the next heading."""

    start: int
    end: int
    label: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text whose part a reader already knows (YAML front matter, say)."""

    start: int
    end: int
    part: Part


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a reader gets out of a file: its text and what the format itself says about it."""

    text: str
    statements: tuple[Field, ...] = ()
    headings: tuple[Heading, ...] = ()
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, reference entry or line of boilerplate, with its section and language.

    `language` is ISO 639-1; `text[start:end]` has no white space at either end.
    """

    start: int
    end: int
    part: Part
    section: str | None
    language: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the library. `id` depends on (collection, source), `content_hash` on content.

    `duplicate_of` is the id of the fuller document whose text contains this one's, or None.
    """

    id: str
    collection: str
    source: str
    content_hash: str
    text: str
    record: Record
    blocks: tuple[Block, ...]
    duplicate_of: str | None = None

    @property
    def characters(self) -> int:
        """How long the text is, in code points."""
        return len(self.text)

    @property
    def language(self) -> str:
        """The language of most of the body, ISO 639-1."""
        return self.record.languages[0] if self.record.languages else "und"

    def with_record(self, record: Record) -> "Document":
        """The same document under another record."""
        return replace(self, record=record)


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document that is embedded, found and cited as one.

    `id` is a positive 63-bit integer that depends on the document's id, the offsets and the
    text. `embedded` is what an encoder gets: the title and section as context, then the text
    normalised for matching.
    """

    id: int
    document: str
    start: int
    end: int
    part: Part
    section: str | None
    language: str
    text: str
    embedded: str
    page: str | None = None


def document_id(collection: str, source: str) -> str:
    """16 hexadecimal digits from BLAKE2b over (collection, relative path)."""
    return hashlib.blake2b(f"{collection}\0{source}".encode(), digest_size=8).hexdigest()


def content_hash(*parts: str) -> str:
    """32 hexadecimal digits from BLAKE2b over the parts, each with its length."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()


def passage_id(document: str, start: int, end: int, text: str) -> int:
    """A positive 63-bit integer, the same on every machine for the same passage."""
    digest = bytes.fromhex(content_hash(document, str(start), str(end), text))
    return int.from_bytes(digest[:8], "little") >> 1
