"""Building the index: documents of the library in, one published generation out."""

import hashlib
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from corpus import SPLITTER_VERSION, Document, Library, Passage, SplitterSettings, split
from corpus.duplicates import is_contained
from embeddings.centring import centre, language_means
from embeddings.dense import write_dense
from embeddings.encoder import Encoder
from embeddings.errors import BuildInProgress, EmbeddingsError, NoIndex
from embeddings.generation import Manifest, checksums, current_generation, publish, start_generation
from embeddings.lexical import write_lexical
from embeddings.priors import load_priors
from embeddings.texts import write_texts
from embeddings.vector_cache import VectorCache

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: distinct texts embedded anew, those whose vector was kept, and the result."""

    embedded: int
    kept: int
    passages: int
    documents: int
    seconds: float
    generation: str
    snapshot: str


def build_index(
    home: Path,
    library: Library,
    encoder: Encoder,
    encoder_name: str,
    settings: SplitterSettings | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Embed what is new, write a generation and publish it; readers go on with the old one.

    Raises `BuildInProgress` when another process builds, `EmbeddingsError` when the library is
    empty or the disk refuses.
    """
    from filelock import FileLock, Timeout

    try:
        with FileLock(home / "build.lock", timeout=0):
            return _build(home, library, encoder, encoder_name, settings or SplitterSettings(), progress)
    except Timeout as exc:
        raise BuildInProgress(f"another process is building the index of {home}: wait for it to finish") from exc
    except (OSError, sqlite3.Error) as exc:
        raise EmbeddingsError(f"the index cannot be written: {exc}; the one before it is still in place") from exc


def _build(
    home: Path, library: Library, encoder: Encoder, name: str, settings: SplitterSettings, progress: Progress | None
) -> BuildReport:
    started = time.monotonic()
    documents = list(library.documents())
    passages = passages_of(documents, settings, encoder)
    if not passages:
        raise EmbeddingsError("the library has no passages: add texts with 'eurag add PATH' or 'eurag add --library'")
    texts = [passage.embedded for passage in passages]
    cache = VectorCache(home / "vectors.db")
    embedded = cache.embed(encoder, texts, progress)
    raw = cache.get(encoder, texts)
    cache.close()
    generation, folder = start_generation(home)
    languages = [passage.language for passage in passages]
    means = language_means(raw, languages, load_priors(encoder.id))
    ids = np.array([passage.id for passage in passages], np.int64)
    write_dense(folder / "passages.faiss", ids, centre(raw, languages, means))
    np.savez(folder / "means.npz", **means)  # type: ignore[arg-type]  # its stub knows no ** of arrays
    write_lexical(folder / "lexical", texts, languages)
    write_texts(folder / "texts.db", documents, passages)
    manifest = Manifest(
        generation=generation,
        snapshot=snapshot_id(documents, settings, encoder.id),
        encoder_id=encoder.id,
        encoder=name,
        dimension=encoder.dimension,
        splitter={"version": SPLITTER_VERSION, **asdict(settings)},
        documents=len(documents),
        passages=len(passages),
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        parent=_parent(home),
        files=checksums(folder),
    )
    publish(home, folder, manifest)
    seconds = time.monotonic() - started
    kept = len(set(texts)) - embedded
    return BuildReport(embedded, kept, len(passages), len(documents), seconds, generation, manifest.snapshot)


def passages_of(documents: Sequence[Document], settings: SplitterSettings, encoder: Encoder) -> list[Passage]:
    """The passages to index, ordered by id; text that a fuller document holds is left to that one."""
    limits = SplitterSettings(settings.max_chars, min(settings.max_tokens, encoder.max_tokens))
    by_id = {document.id: document for document in documents}
    passages = {}
    for document in documents:
        fuller = by_id.get(document.duplicate_of or "")
        for passage in split(document, limits, encoder.count_tokens):
            if fuller is None or not is_contained(passage.text, fuller):
                passages[passage.id] = passage
    return [passages[key] for key in sorted(passages)]


def snapshot_id(documents: Sequence[Document], settings: SplitterSettings, encoder_id: str) -> str:
    """16 hexadecimal digits: the same on every machine for the same texts, records and settings."""
    digest = hashlib.sha256(repr((SPLITTER_VERSION, asdict(settings), encoder_id)).encode())
    for document in sorted(documents, key=lambda d: d.id):
        digest.update(f"{document.id} {document.content_hash} {document.record.to_json()}\n".encode())
    return digest.hexdigest()[:16]


def _parent(home: Path) -> str | None:
    try:
        return current_generation(home).name
    except (NoIndex, EmbeddingsError):
        return None
