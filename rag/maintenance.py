"""Building, undoing and checking the index of a home: what the commands and the script call."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus import CorpusError, Document, FileReport, Library, SplitterSettings, add_paths
from embeddings import (
    DEFAULT_ENCODER,
    BuildPlan,
    BuildReport,
    EncoderUnavailable,
    Index,
    IndexUnusable,
    NoIndex,
    build_index,
    open_encoder,
    plan_build,
)
from embeddings.build import snapshot_id
from embeddings.generation import current_generation, erase, generations, read_manifest, roll_back
from embeddings.lock import writing
from embeddings.texts import Texts
from embeddings.vector_cache import VectorCache
from embeddings.verification import verify_generation
from rag.settings import Settings

Progress = Callable[[int, int], None]
Notice = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Rebuild:
    """What to rebuild: `source` is a folder to add or update first, with `prune` also removing."""

    full: bool = False
    source: Path | None = None
    prune: bool = False


def rebuild(settings: Settings, options: Rebuild, notice: Notice, progress: Progress | None = None) -> BuildReport:
    """Add or update from a folder if asked, then build what changed.

    The encoder is the one that the settings name, else the index's own. Raises the errors of
    `build_index`.
    """
    with Library(settings.library) as library:
        if options.source:
            for report in _take_in(library, options.source, prune=options.prune):
                if report.status == "rejected":
                    notice(f"rejected {report.source!r}: {report.detail}")
        name = encoder_name(settings)
        encoder = open_encoder(name, settings.model)
        return build_index(
            settings.home, library, encoder, name, progress=progress, full=options.full, keep=settings.keep
        )


def plan(settings: Settings, options: Rebuild) -> BuildPlan:
    """What `rebuild` would do with the library as it is; a folder is not looked into."""
    with Library(settings.library) as library:
        encoder = open_encoder(encoder_name(settings), settings.model)
        return plan_build(settings.home, library, encoder, full=options.full)


def _take_in(library: Library, source: Path, *, prune: bool) -> list[FileReport]:
    collection = source.resolve().name
    if prune and not library.remember_folder(collection, source):
        raise CorpusError(f"the collection '{collection}' came from another folder than {source}: nothing is pruned")
    reports = add_paths(library, [source])
    if prune and not reports:
        raise CorpusError(f"{source} holds no files: nothing is pruned; is it mounted?")
    if prune:
        seen = {report.source for report in reports}
        for document in list(library.documents()):
            if document.collection == collection and document.source not in seen:
                library.remove(document.id)
        library.link_duplicates()
    return reports


def encoder_name(settings: Settings) -> str:
    """The encoder that a build uses: the one set, else the current index's, else the default."""
    name = settings.encoder or _indexed_encoder(settings.home) or DEFAULT_ENCODER
    if name != DEFAULT_ENCODER and Path(name).is_dir():
        return str(Path(name).resolve())
    return name


def _indexed_encoder(home: Path) -> str | None:
    try:
        return read_manifest(current_generation(home)).encoder
    except (NoIndex, IndexUnusable):
        return None


def list_generations(settings: Settings) -> list[dict[str, Any]]:
    """The generations on disk, newest first, which of them is current, and what they hold."""
    try:
        current = current_generation(settings.home).name
    except (NoIndex, IndexUnusable):
        current = ""
    return [_described(folder, current) for folder in generations(settings.home)]


def _described(folder: Path, current: str) -> dict[str, Any]:
    data: dict[str, Any] = {"generation": folder.name, "current": folder.name == current}
    try:
        manifest = read_manifest(folder)
    except IndexUnusable as exc:
        return data | {"problem": str(exc)}
    fields = ("snapshot", "documents", "passages", "encoder", "created_at", "parent")
    return data | {name: getattr(manifest, name) for name in fields}


def roll_back_to(settings: Settings, name: str | None) -> str:
    """Make an earlier generation current and return its name; the next build goes on from the library."""
    with writing(settings.home):
        return roll_back(settings.home, name).generation


def verify(settings: Settings) -> list[str]:
    """What is wrong with the generations of a home; the current one is also compared with fresh vectors."""
    try:
        current = current_generation(settings.home)
    except IndexUnusable as exc:
        return [str(exc)]
    problems = []
    for folder in generations(settings.home):
        try:
            encoder = open_encoder(read_manifest(folder).encoder, settings.model) if folder == current else None
        except (IndexUnusable, EncoderUnavailable) as exc:
            problems.append(str(exc))
            continue
        problems += verify_generation(folder, encoder)
    return [*problems, *_unlike_library(settings, current)]


def _unlike_library(settings: Settings, current: Path) -> list[str]:
    """Documents that a generation of the library's own snapshot holds otherwise than the library."""
    try:
        index = Index(current)
    except IndexUnusable:
        return []
    with closing(index), Library(settings.library) as library:
        if not is_up_to_date(index, library):
            return []
        held, stored = set(index.texts.fingerprints()), set(library.fingerprints())
    return [f"document {id_} differs between the library and {current.name}" for id_, *_ in sorted(held ^ stored)]


def is_up_to_date(index: Index, library: Library) -> bool:
    """Whether a build of the library as it is would give the same snapshot."""
    splitter = {name: value for name, value in index.manifest.splitter.items() if name != "version"}
    now = snapshot_id(library.fingerprints(), SplitterSettings(**splitter), index.manifest.encoder_id)
    return now == index.manifest.snapshot


def purge(settings: Settings, document: Document) -> int:
    """Erase a document's text and vectors from every generation and the cache.

    The document is removed from the library already. Generations that hold it are deleted, after a
    new one without it is in place. Returns how many were deleted.
    """
    texts, holding = [], []
    for folder in generations(settings.home):
        found = list(_embedded(folder, document.id))
        texts += found
        holding += [folder] if found else []
    if holding:
        _build_without(settings)
    with writing(settings.home):
        for folder in holding:
            erase(folder)
        cache = VectorCache(settings.home / "vectors.db")
        cache.forget(texts)
        cache.close()
    return len(holding)


def _embedded(folder: Path, document_id: str) -> Iterator[str]:
    try:
        texts = Texts(folder / "texts.db")
    except IndexUnusable:
        return
    yield from texts.embedded_of(document_id)
    texts.close()


def _build_without(settings: Settings) -> None:
    """Build from what is left; an empty library has no index at all."""
    with Library(settings.library) as library:
        if library.ids():
            name = encoder_name(settings)
            build_index(settings.home, library, open_encoder(name, settings.model), name, keep=settings.keep)
