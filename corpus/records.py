"""The records that pass between the readers, the store, the splitter and everything above them.

Offsets everywhere count Unicode code points of `Document.text`; `end` is exclusive.
"""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

#: Passages are made of the first three; headings and boilerplate are no answer material.
Part = Literal["body", "reference", "front matter", "heading", "boilerplate"]

#: Where a field of a record came from, strongest first. The first one that has a value wins.
#: "properties" are what an office program wrote into a file by itself: often the title of another text.
ORIGINS = ("edit", "sidecar", "front matter", "heading", "metadata", "text", "properties", "guess")

_UNSURE = ("properties", "guess")
_MAPPINGS = ("titles", "abstracts", "keywords", "author_forms", "replaced")


@dataclass(frozen=True, slots=True)
class Field:
    """One statement about a document: `name` of a `Record` field, its value, and its origin.

    Of a field that is a mapping, `name` is one key: "abstracts.en". An empty value says nothing, but of an edit
    that the field is to be empty.
    """

    name: str
    value: Any
    origin: str


@dataclass(frozen=True, slots=True)
class Record:
    """The bibliographic record of a document, as far as the text or its metadata show it.

    `date` is ISO 8601, possibly only a year or a year and month; so are `date_in_force` and `accessed`, the day
    `url` was read. `journal` is also the book that a chapter or conference paper stands in, `pages` of a whole book
    how many it has, `place` where it was published. `titles` (in other languages than the text's), `abstracts` and
    `keywords` go by ISO 639-1 codes; `author_forms` has the name in the other script of those authors that have one.
    `origins` names, for each field or key ("abstracts.en") that is set, one of `ORIGINS`; `also` holds values that
    lost against a stronger origin, `replaced` value and origin of what an edit replaced.
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
    titles: Mapping[str, str] = field(default_factory=dict)
    abstracts: Mapping[str, str] = field(default_factory=dict)
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    author_forms: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, Any] = field(default_factory=dict)
    replaced: Mapping[str, Any] = field(default_factory=dict)

    @property
    def year(self) -> int | None:
        """The year of `date`, or None."""
        return int(self.date[:4]) if self.date else None

    @property
    def guessed(self) -> tuple[str, ...]:
        """Names of the fields that were guessed rather than read."""
        return tuple(name for name, origin in self.origins.items() if origin == "guess")

    @property
    def edits(self) -> tuple[Field, ...]:
        """The statements that were made by editing."""
        return tuple(Field(name, self.value(name), "edit") for name, origin in self.origins.items() if origin == "edit")

    def value(self, name: str) -> Any:
        """The value of a field, or of one key of a field ("abstracts.en"); None for a key that is not set."""
        field_name, _, key = name.partition(".")
        value = getattr(self, field_name)
        return value.get(key) if key else value

    def with_edits(self, edits: Iterable[Field]) -> "Record":
        """The record under edits; what they replace was wrong, so `replaced` keeps it and `also` does not.

        A statement of another origin than an edit's takes the edit of its field back.
        """
        edits = tuple(edits)
        named = {edit.name for edit in edits}
        rest = [Field(name, self.value(name), origin) for name, origin in self.origins.items() if name not in named]
        also = {name: value for name, value in self.also.items() if name not in named}
        before = {name: (self.value(name), origin) for name, origin in self.origins.items()} | dict(self.replaced)
        record = build_record([*edits, *rest])
        replaced = {edit.name: before[edit.name] for edit in record.edits if edit.name in before}
        replaced = {name: value for name, value in replaced.items() if value[1] != "edit"}
        return replace(record, also=also, replaced=replaced)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON: every field, plus `year` and `guessed`."""
        data = {f.name: getattr(self, f.name) for f in fields(self)}
        return data | {"year": self.year, "guessed": list(self.guessed)}

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, so that equal records give equal text.

        Empty mappings are left out, so that a record from before they existed keeps its text, and its index.
        """
        data = {name: value for name, value in self.to_dict().items() if value or name not in _MAPPINGS}
        return json.dumps(data, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Record":
        """The inverse of `to_json`."""
        data = json.loads(text)
        known = {f.name: data[f.name] for f in fields(cls) if f.name in data}
        for name in {"also", *_MAPPINGS} & set(known):
            known[name] = {key: _frozen(value) for key, value in known[name].items()}
        return cls(**{name: _frozen(value) for name, value in known.items()})


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def build_record(statements: Iterable[Field]) -> Record:
    """The record that a list of statements gives: for each name the strongest origin wins.

    Among equal origins the first statement wins. Values that lost and differ are kept in `also`, but for those of
    unsure origin and those that an edit replaced.
    """
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    also: dict[str, Any] = {}
    for statement in sorted(statements, key=lambda s: ORIGINS.index(s.origin)):
        name, origin, value = statement.name, statement.origin, _frozen(statement.value)
        if not value and origin != "edit":
            continue
        if name not in origins:
            values[name], origins[name] = value, origin
        elif origins[name] != "edit" and origin not in _UNSURE and _differ(value, values[name]):
            also.setdefault(name, value)
    return Record(**_by_field(values), origins=dict(sorted(origins.items())), also=also)


def _by_field(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are not empty, those of the keys of one field together."""
    fields_: dict[str, Any] = {}
    for name, value in values.items():
        field_name, _, key = name.partition(".")
        if value and key:
            fields_.setdefault(field_name, {})[key] = value
        elif value:
            fields_[name] = value
    return fields_


def _differ(one: Any, other: Any) -> bool:
    """Whether two values say different things: case, spaces, punctuation and the order of a list say nothing."""
    return _plain(one) != _plain(other)


def _plain(value: Any) -> list[str]:
    items = value if isinstance(value, tuple) else (value,)
    return sorted("".join(filter(str.isalnum, str(item).casefold())) for item in items)


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
class Page:
    """From `start` to the next one's the text stands on the page called `label`, as it is cited: "12", "xii"."""

    start: int
    label: str


def pages_between(pages: Sequence[Page], start: int, end: int) -> str | None:
    """The pages that a stretch of a text stands on, "12" or "12–14"; None for a text without pages.

    A page may come twice, as where footnotes follow what the next page goes on with.
    """
    first = bisect_right(pages, start, key=lambda page: page.start) - 1
    labels = {page.label for page in pages[max(0, first) :] if page.start < max(end, start + 1)}
    in_order = [label for label in dict.fromkeys(page.label for page in pages) if label in labels]
    if not in_order:
        return None
    return in_order[0] if len(in_order) == 1 else f"{in_order[0]}–{in_order[-1]}"


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a reader gets out of a file: its text and what the format itself says about it.

    `pages` are in order of `start`, the first from 0; formats without pages have none. `notes` say what its reader
    had to decide, such as the encoding.
    """

    text: str
    statements: tuple[Field, ...] = ()
    headings: tuple[Heading, ...] = ()
    spans: tuple[Span, ...] = ()
    pages: tuple[Page, ...] = ()
    notes: tuple[str, ...] = ()


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
    pages: tuple[Page, ...] = ()

    @property
    def characters(self) -> int:
        """How long the text is, in code points."""
        return len(self.text)

    @property
    def language(self) -> str:
        """The language of most of the body, ISO 639-1."""
        return self.record.languages[0] if self.record.languages else "und"

    @property
    def sections(self) -> tuple[str, ...]:
        """The names of its sections, in order."""
        return tuple(dict.fromkeys(block.section for block in self.blocks if block.section))

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
