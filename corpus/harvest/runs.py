"""One run of a harvest: what a repository has changed since the last one, brought into the library.

Every record is stored whole or not at all, and how far the list has come is noted after each of its parts: a run that
was killed is gone on with by the next one.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal
from urllib.parse import urlsplit

from corpus.errors import CorpusError, HarvestFailed, UnreadableFile
from corpus.harvest.client import Limits, PoliteClient
from corpus.harvest.days import day_before, first_day, last_day
from corpus.harvest.descriptions import Told, read_metadata
from corpus.harvest.fulltext import full_text
from corpus.harvest.pace import Pace
from corpus.harvest.protocol import Repository, TokenRefused
from corpus.harvest.responses import ListPart, MetadataFormat, OaiRecord
from corpus.isolation import Session, isolated
from corpus.reading import Reading, prepare
from corpus.records import content_hash, document_id
from corpus.store import Library

Format = Literal["auto", "oai_dc", "jats"]
Progress = Callable[[int, int], None]

MAX_RESTARTS = 2


@dataclass(frozen=True, slots=True)
class HarvestOptions:
    """What to harvest: `since` and `until` are dates (2020, 2020-05, 2020-05-12), `collection` else the host's name.

    "auto" is JATS where the repository offers it.
    """

    set_spec: str | None = None
    since: str | None = None
    until: str | None = None
    format: Format = "auto"
    full_text: bool = False
    collection: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What was wrong with one record; the others went on."""

    identifier: str
    reason: str


@dataclass(frozen=True, slots=True)
class HarvestReport:
    """What a run did; `stopped` says why it did not reach the end of the list.

    `records` counts all that came, `seen` those that had not changed since the last run; of the documents stored,
    `without_abstract` have only title and keywords, `full_texts` their full text.
    """

    url: str
    collection: str
    format: str
    since: str | None
    until: str | None
    stopped: str | None
    problems: tuple[Problem, ...] = ()
    records: int = 0
    seen: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    without_abstract: int = 0
    full_texts: int = 0


@dataclass(frozen=True, slots=True)
class _State:
    """How far a harvest has come: what changed before the day `complete_to` is in the library.

    Of a list under way: what selects it, the day it was first asked for, and the token of its next part.
    """

    complete_to: str | None = None
    since: str | None = None
    until: str | None = None
    begun: str = ""
    token: str | None = None


def harvest(
    library: Library,
    url: str,
    options: HarvestOptions | None = None,
    pace: Pace | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> HarvestReport:
    """Bring what a repository holds, or has changed since the last run, into the library.

    A run with the same URL, set, format, collection and choice of full texts goes on from the last one; `since` asks
    for everything from that day again. Raises `HarvestFailed` when the repository cannot be harvested at all; what goes
    wrong later stops the run. Raises `CorpusError` when the collection was added from a folder.
    """
    options, pace = options or HarvestOptions(), pace or Pace()
    today = datetime.fromtimestamp(pace.clock(), UTC).date().isoformat()
    with PoliteClient(url, pace, limits) as client:
        collection = options.collection or urlsplit(url).hostname or "harvest"
        if not library.remember_folder(collection, None):
            raise CorpusError(f"the collection '{collection}' was added from a folder: choose another --collection")
        repository = Repository(url, client)
        prefix = choose_format(repository.formats(), options.format)
        run = _Run(library, repository, client, replace(options, collection=collection), prefix, today)
        report = run.report(run.go(progress))
    if report.added or report.updated or report.removed:
        library.link_duplicates()
    return report


def choose_format(formats: Sequence[MetadataFormat], wanted: Format) -> str:
    """The prefix of the format to ask for. Raises `HarvestFailed` when it is not offered."""
    offered = [found.prefix for found in formats]
    jats = [found.prefix for found in formats if _is_jats(found)]
    if wanted != "oai_dc" and jats:
        return jats[0]
    if wanted != "jats" and "oai_dc" in offered:
        return "oai_dc"
    raise HarvestFailed(f"the repository does not offer {wanted}, only {', '.join(offered) or 'nothing'}")


def _is_jats(offered: MetadataFormat) -> bool:
    """Whether a format is JATS, or the NLM's before it."""
    said = f"{offered.prefix} {offered.schema} {offered.namespace}".lower()
    return "jats" in said or "dtd.nlm.nih.gov" in said


class _Run:
    """A harvest under way."""

    def __init__(
        self,
        library: Library,
        repository: Repository,
        client: PoliteClient,
        options: HarvestOptions,
        prefix: str,
        today: str,
    ) -> None:
        self.library, self.repository, self.client = library, repository, client
        self.options, self.prefix, self.collection, self.today = options, prefix, options.collection or "", today
        key = (repository.url, options.set_spec or "", prefix, self.collection, str(options.full_text))
        self.id = content_hash(*key)
        stored = library.harvest_state(self.id)
        self.state = _State(**json.loads(stored)) if stored else _State()
        self.since = first_day(options.since) if options.since else day_before(self.state.complete_to)
        self.until = last_day(options.until) if options.until else None
        self.counts: Counter[str] = Counter()
        self.problems: list[Problem] = []

    def go(self, progress: Progress | None) -> str | None:
        """Take in the list to its end; returns why that was not reached, or None."""
        if (self.state.since, self.state.until) != (self.since, self.until):
            self._note(token=None)
        try:
            for part in self._parts():
                self._take_in(part, progress)
        except HarvestFailed as exc:
            return str(exc)
        self._complete()
        return None

    def report(self, stopped: str | None) -> HarvestReport:
        """What was done."""
        about = (self.repository.url, self.collection, self.prefix, self.since, self.until)
        counts: dict[str, Any] = dict(self.counts)
        return HarvestReport(*about, stopped, tuple(self.problems), **counts)

    def _parts(self) -> Iterator[ListPart]:
        """The parts of the list from where the last run stopped; one is noted as done when the next is asked for.

        When the repository has forgotten how far it was, the list begins again. Raises `HarvestFailed`.
        """
        restarts, before = 0, ListPart()
        while True:
            try:
                part = self._part()
            except TokenRefused:
                restarts += 1
                if restarts > MAX_RESTARTS:
                    raise
                self._note(token=None)
                continue
            yield part
            if not part.token and not part.cut:
                return
            if not part.token:
                raise HarvestFailed(f"{self.repository.url}: a response breaks off; the next run goes on there")
            if part.token == self.state.token and part.identifiers == before.identifiers:
                raise HarvestFailed(f"{self.repository.url} repeats a part of its list without end")
            self._note(part.token)
            before = part

    def _part(self) -> ListPart:
        if self.state.token:
            return self.repository.records({"resumptionToken": self.state.token})
        selected = {"set": self.options.set_spec, "from": self.since, "until": self.until}
        given = {name: value for name, value in selected.items() if value}
        part = self.repository.records({"metadataPrefix": self.prefix, **given})
        self.state = replace(self.state, since=self.since, until=self.until, begun=part.responded)
        return part

    def _take_in(self, part: ListPart, progress: Progress | None) -> None:
        self.counts["records"] += len(part.broken)
        self.problems += [Problem(identifier, "its XML is broken") for identifier in part.broken]
        with isolated.session(partial(prepare, ".xml")) as session:  # a part is one stranger's
            for record in part.records:
                self.counts["records"] += 1
                try:
                    self._take_in_record(record, session)
                except UnreadableFile as exc:
                    self.problems.append(Problem(record.identifier, str(exc)))
                if progress:
                    progress(self.counts["records"], max(self.counts["records"], part.total or 0))

    def _take_in_record(self, record: OaiRecord, session: Session) -> None:
        """Store the document of a record, or remove that of a deleted one. Raises `UnreadableFile`."""
        if not record.identifier:
            raise UnreadableFile("it has no identifier")
        id_ = document_id(self.collection, record.identifier)
        if not self.options.since and self.library.harvested(self.id, id_) == record.datestamp:
            self.counts["seen"] += 1
            return
        final = self._remove(id_) if record.deleted else self._store(record, session)
        if final and self._is_settled(record.datestamp):
            self.library.note_harvested(self.id, id_, record.datestamp)

    def _is_settled(self, datestamp: str) -> bool:
        """Whether a record that changes again gets another datestamp: some have the day only, and that is over."""
        return len(datestamp) > len(self.today) or "" < datestamp < (day_before(self.today) or "")

    def _remove(self, id_: str) -> bool:
        if self.library.content_hash(id_) is not None:
            self.library.remove(id_)
            self.counts["removed"] += 1
        return True

    def _store(self, record: OaiRecord, session: Session) -> bool:
        """Store a record's document; False when its full text failed, which is tried again if it is listed again."""
        if record.metadata is None:
            raise UnreadableFile("it has no metadata")
        told = session.call(read_metadata, record.metadata, record.identifier)
        text = self._full_text(record.identifier, told) if self.options.full_text else None
        document = (text or told.abstract).document(self.collection, record.identifier)
        self.counts[self.library.put(document)] += 1
        self.counts["full_texts"] += text is not None
        self.counts["without_abstract"] += text is None and not told.has_abstract
        return text is not None or not (self.options.full_text and told.files)

    def _full_text(self, identifier: str, told: Told) -> Reading | None:
        """The full text under the statements of the record, or None; a problem when there should be one."""
        if told.whole or not told.files:
            return told.whole
        try:
            return full_text(told.files, self.client, identifier, told.statements)
        except UnreadableFile as exc:
            self.problems.append(Problem(identifier, f"no full text: {exc}"))
            return None

    def _note(self, token: str | None) -> None:
        self.state = replace(self.state, token=token)
        self.library.keep_harvest_state(self.id, json.dumps(asdict(self.state)))

    def _complete(self) -> None:
        """Note up to which day the library is complete: no further where days before were left out.

        A repository whose clock is fast must not make the next run pass over what comes until then.
        """
        reached, before = min(self.state.begun, self.until or self.today, self.today), self.state.complete_to or ""
        gap = before and self.since and self.since > before
        complete_to = before if gap else max(before, reached)
        self.state = replace(self.state, complete_to=complete_to or None)
        self._note(token=None)
