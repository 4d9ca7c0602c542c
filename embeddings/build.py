"""Building the index: documents of the library in, one published generation out.

What is new is found by comparing with the generation before and with the vector cache, so a build
costs what changed. It can be killed at any moment: vectors are kept batch by batch, and nothing that
is being served is touched before the pointer moves.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from corpus import SPLITTER_VERSION, Document, Library, Passage, SplitterSettings, split
from corpus.disk import LEAST_FREE_BYTES, require_space
from corpus.duplicates import fuller_documents, is_contained
from embeddings.centring import Means, centre, language_means, settled
from embeddings.dense import write_dense
from embeddings.encoder import Encoder, Vectors
from embeddings.errors import IndexUnusable, NoIndex, NothingToIndex
from embeddings.generation import (
    KEPT_GENERATIONS,
    Manifest,
    checksums,
    current_generation,
    delete_leftovers,
    drop_old,
    new_generation,
    publish,
)
from embeddings.index import Index, open_index
from embeddings.lexical import write_lexical
from embeddings.lock import writing
from embeddings.priors import load_priors, load_token_priors, token_codec
from embeddings.texts import write_texts
from embeddings.token_codes import TokenCodec
from embeddings.token_index import PassageTokens, places_in, write_tokens
from embeddings.vector_cache import VectorCache

Progress = Callable[[int, int], None]
Fingerprint = tuple[str, str, str]

_SAMPLE = 8
_MOST_AVERAGED = 2000


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: distinct texts embedded anew, those whose vector was kept, passages dropped.

    `published` is false when nothing had changed, and `generation` is the one that was there.
    """

    embedded: int
    kept: int
    removed: int
    passages: int
    documents: int
    seconds: float
    generation: str
    snapshot: str
    published: bool


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """What a build would do; `seconds` is an estimate from the speed on a few of the texts."""

    embedded: int
    kept: int
    removed: int
    passages: int
    seconds: float
    up_to_date: bool


@dataclass(frozen=True, slots=True)
class _Work:
    """What there is to do: all passages of the new generation, and the generation before."""

    documents: list[Document]
    passages: list[Passage]
    snapshot: str
    before: Index | None

    def comparable(self, encoder: Encoder) -> Index | None:
        """The generation before, where its vectors are of the same encoder."""
        same = self.before is not None and self.before.manifest.encoder_id == encoder.id
        return self.before if same else None

    @property
    def removed(self) -> int:
        """Passages of the generation before that the new one lacks."""
        now = {passage.id for passage in self.passages}
        return sum(int(id_) not in now for id_ in self.before.ids) if self.before else 0


def build_index(
    home: Path,
    library: Library,
    encoder: Encoder,
    encoder_name: str,
    settings: SplitterSettings | None = None,
    progress: Progress | None = None,
    *,
    full: bool = False,
    keep: int = KEPT_GENERATIONS,
    wait_s: float = 0.0,
    least_free_bytes: int = LEAST_FREE_BYTES,
) -> BuildReport:
    """Embed what is new, write a generation and publish it; readers go on with the old one.

    When nothing changed nothing is written, unless `full`, which splits, embeds and averages anew.
    `keep` generations stay. Raises `BuildInProgress` when another process writes for longer than
    `wait_s`, `NothingToIndex` when the library is empty, `EmbeddingsError` when the disk refuses, `DiskFull` before
    less than `least_free_bytes` of it would be left.
    """
    started = time.monotonic()
    settings = settings or SplitterSettings()
    with writing(home, wait_s):
        unchanged = None if full else _unchanged(home, library, encoder, encoder_name, settings)
        if unchanged:
            delete_leftovers(home)
            drop_old(home, unchanged.generation, keep)
            return _report(unchanged, 0, unchanged.passages, 0, started, published=False)
        with _work(home, library, encoder, settings, full=full) as work:
            return _build(
                home, work, encoder, encoder_name, settings, progress, keep, started, least_free_bytes, full=full
            )


def plan_build(
    home: Path, library: Library, encoder: Encoder, settings: SplitterSettings | None = None, *, full: bool = False
) -> BuildPlan:
    """What `build_index` would do now, without doing it."""
    settings = settings or SplitterSettings()
    with _work(home, library, encoder, settings, full=full) as work:
        texts = [passage.embedded for passage in work.passages]
        with closing(VectorCache(home / "vectors.db", read_only=True)) as cache:
            todo = list(dict.fromkeys(texts)) if full else cache.missing(encoder, texts)
        up_to_date = not full and work.before is not None and work.before.manifest.snapshot == work.snapshot
        kept = len(set(texts)) - len(todo)
        return BuildPlan(len(todo), kept, work.removed, len(texts), _estimate(encoder, todo), up_to_date)


def _estimate(encoder: Encoder, texts: Sequence[str]) -> float:
    """Seconds that embedding takes, from the characters a second of every n-th text."""
    sample = texts[:: max(1, len(texts) // _SAMPLE)][:_SAMPLE]
    if not sample:
        return 0.0
    started = time.monotonic()
    encoder.encode_passages(sample)
    speed = (time.monotonic() - started) / max(1, sum(map(len, sample)))
    return round(speed * sum(map(len, texts)), 1)


def _unchanged(
    home: Path, library: Library, encoder: Encoder, name: str, settings: SplitterSettings
) -> Manifest | None:
    """The current manifest when a build would only repeat it."""
    try:
        before = Index(current_generation(home))
    except (NoIndex, IndexUnusable):
        return None
    before.close()
    now = (snapshot_id(library.fingerprints(), settings, encoder.id), name)
    return before.manifest if (before.manifest.snapshot, before.manifest.encoder) == now else None


def _before(home: Path) -> Index | None:
    """What readers are answered from, when there is a sound generation."""
    try:
        return open_index(home)
    except (NoIndex, IndexUnusable):
        return None


@contextmanager
def _work(home: Path, library: Library, encoder: Encoder, settings: SplitterSettings, *, full: bool) -> Iterator[_Work]:
    """What there is to do, with the generation before held open."""
    with ExitStack() as opened:
        before = _before(home)
        if before:
            opened.callback(before.close)
        yield _compared(before, library, encoder, settings, full=full)


def _compared(
    before: Index | None, library: Library, encoder: Encoder, settings: SplitterSettings, *, full: bool
) -> _Work:
    documents = _linked(list(library.documents()))
    fingerprints = [(d.id, d.content_hash, d.record.to_json()) for d in sorted(documents, key=lambda d: d.id)]
    known: dict[Fingerprint, list[Passage]] = {}
    if before and not full and before.manifest.encoder_id == encoder.id and _same_splitter(before, settings):
        known = before.texts.split_documents()
    passages = passages_of(documents, settings, encoder, known)
    if not passages:
        raise NothingToIndex("the library has no passages: add texts with 'eurag add PATH' or 'eurag add --library'")
    return _Work(documents, passages, snapshot_id(fingerprints, settings, encoder.id), before)


def _linked(documents: list[Document]) -> list[Document]:
    """The documents with their duplicates found anew: an addition that was killed may have marked none.

    The links follow from texts and records, so that the same snapshot has the same passages.
    """
    fuller = fuller_documents(documents)
    return [replace(document, duplicate_of=fuller.get(document.id)) for document in documents]


def _same_splitter(before: Index, settings: SplitterSettings) -> bool:
    return before.manifest.splitter == {"version": SPLITTER_VERSION, **asdict(settings)}


def _build(
    home: Path,
    work: _Work,
    encoder: Encoder,
    name: str,
    settings: SplitterSettings,
    progress: Progress | None,
    keep: int,
    started: float,
    least_free_bytes: int,
    *,
    full: bool,
) -> BuildReport:
    texts = [passage.embedded for passage in work.passages]
    with closing(VectorCache(home / "vectors.db", least_free_bytes=least_free_bytes)) as cache:
        embedded = cache.embed(encoder, texts, progress, again=full)
        raw = cache.get(encoder, texts)
        codec, tokens = _tokens(cache, encoder, work.passages)
    size = raw.nbytes + sum(part.codes.nbytes for part in tokens) + 4 * sum(map(len, texts))
    require_space(home, least_free_bytes, size)
    before = None if full else work.comparable(encoder)
    with new_generation(home) as (generation, folder):
        _write(folder, work, raw, _means(work, raw, encoder, before))
        write_tokens(folder / "tokens", tokens, codec, _token_means(work, tokens, codec, encoder, before))
        manifest = Manifest(
            generation=generation,
            snapshot=work.snapshot,
            encoder_id=encoder.id,
            encoder=name,
            dimension=encoder.dimension,
            splitter={"version": SPLITTER_VERSION, **asdict(settings)},
            documents=len(work.documents),
            passages=len(work.passages),
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            parent=work.before.manifest.generation if work.before else None,
            files=checksums(folder),
        )
        publish(home, folder, manifest)
    if work.before:
        work.before.close()  # its lease would keep it from being dropped
    drop_old(home, generation, keep)
    return _report(manifest, embedded, len(set(texts)) - embedded, work.removed, started, published=True)


def _tokens(
    cache: VectorCache, encoder: Encoder, passages: Sequence[Passage]
) -> tuple[TokenCodec, list[PassageTokens]]:
    found = []
    for passage in passages:
        codes, starts = cache.tokens(encoder, passage.embedded)
        found.append(PassageTokens(codes, places_in(passage.text, passage.embedded, starts)))
    return token_codec(encoder), found


def _means(work: _Work, raw: Vectors, encoder: Encoder, before: Index | None) -> Means:
    means = language_means(raw, [passage.language for passage in work.passages], load_priors(encoder.id))
    return settled(means, before.means) if before else means


def _token_means(
    work: _Work, tokens: Sequence[PassageTokens], codec: TokenCodec, encoder: Encoder, before: Index | None
) -> Means:
    """The mean token vector of each language, from the passages' means; of many passages every n-th."""
    rows = [row for row, passage in enumerate(work.passages) if len(tokens[row].codes)]
    rows = rows[:: max(1, len(rows) // _MOST_AVERAGED)]
    vectors = np.array([codec.decode(tokens[row].codes).mean(axis=0) for row in rows], np.float32)
    vectors = vectors.reshape(len(rows), encoder.dimension)
    means = language_means(vectors, [work.passages[row].language for row in rows], load_token_priors(encoder.id))
    return settled(means, before.tokens.means) if before else means


def _write(folder: Path, work: _Work, raw: Vectors, means: Means) -> None:
    languages = [passage.language for passage in work.passages]
    write_dense(folder / "passages.faiss", centre(raw, languages, means))
    np.savez(folder / "means.npz", **means)  # type: ignore[arg-type]  # mypy holds ** to allow_pickle too
    write_lexical(folder / "lexical", [passage.embedded for passage in work.passages], languages)
    write_texts(folder / "texts.db", work.documents, work.passages)


def _report(
    manifest: Manifest, embedded: int, kept: int, removed: int, started: float, *, published: bool
) -> BuildReport:
    seconds = round(time.monotonic() - started, 3)
    counts = (manifest.passages, manifest.documents)
    return BuildReport(embedded, kept, removed, *counts, seconds, manifest.generation, manifest.snapshot, published)


def passages_of(
    documents: Sequence[Document],
    settings: SplitterSettings,
    encoder: Encoder,
    known: dict[Fingerprint, list[Passage]] | None = None,
) -> list[Passage]:
    """The passages to index, ordered by id; text that a fuller document holds is left to that one.

    `known` are documents that were split before with the same settings and encoder.
    """
    limits = SplitterSettings(settings.max_chars, min(settings.max_tokens, encoder.max_tokens))
    by_id = {document.id: document for document in documents}
    copied = {document.duplicate_of for document in documents} | {d.id for d in documents if d.duplicate_of}
    passages = {}
    for document in documents:
        fuller = by_id.get(document.duplicate_of or "")
        key = (document.id, document.content_hash, document.record.to_json())
        earlier = (known or {}).get(key) if document.id not in copied else None
        for passage in earlier or split(document, limits, encoder.count_tokens):
            if fuller is None or not is_contained(passage.text, fuller):
                passages[passage.id] = passage
    return [passages[key] for key in sorted(passages)]


def snapshot_id(fingerprints: Sequence[Fingerprint], settings: SplitterSettings, encoder_id: str) -> str:
    """16 hexadecimal digits: the same on every machine for the same texts, records and settings.

    `fingerprints` are (id, content hash, record as JSON), ordered by id.
    """
    digest = hashlib.sha256(repr((SPLITTER_VERSION, asdict(settings), encoder_id)).encode())
    for id_, content, record in fingerprints:
        digest.update(f"{id_} {content} {record}\n".encode())
    return digest.hexdigest()[:16]
