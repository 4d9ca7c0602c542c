"""Building, undoing and checking the index of a home: what the commands and the script call."""

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from corpus import CorpusError, FileReport, Library, SplitterSettings, add_paths
from corpus.database import connect_for_reading, damage
from embeddings import (
    DEFAULT_ENCODER,
    BuildPlan,
    BuildReport,
    EmbeddingsError,
    Encoder,
    EncoderUnavailable,
    Index,
    IndexUnusable,
    NoIndex,
    build_index,
    open_encoder,
    open_index,
    plan_build,
)
from embeddings.build import snapshot_id
from embeddings.generation import current_generation, generations, read_manifest, roll_back
from embeddings.lock import writing
from embeddings.vector_cache import VectorCache
from embeddings.verification import verify_generation
from rag.home.audit import record
from rag.home.file_reports import changed_by, lines_of
from rag.home.library import library_for_writing
from rag.settings import Settings

Ids = frozenset[str]
Progress = Callable[[int, int], None]
Notice = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Rebuild:
    """What to rebuild: `source` is a folder to add or update first, with `prune` also removing."""

    full: bool = False
    source: Path | None = None
    prune: bool = False


@dataclass(frozen=True, slots=True)
class RebuildPlan(BuildPlan):
    """What a rebuild would do: the documents that the folder adds, updates and prunes, then the build."""

    added: int = 0
    updated: int = 0
    pruned: int = 0


def rebuild(settings: Settings, options: Rebuild, notice: Notice, progress: Progress | None = None) -> BuildReport:
    """Add or update from a folder if asked, then build what changed.

    The encoder is the one that the settings name, else the index's own. Raises the errors of
    `build_index`.
    """
    name, encoder = build_encoder(settings)
    with writing(settings.home) if options.source else nullcontext(), library_for_writing(settings) as library:
        if options.source:
            added, updated, pruned = _take_in(library, options.source, notice, prune=options.prune)
            for action, documents in (("add", added | updated), ("remove", pruned)):
                if documents:
                    record(settings, action, tuple(sorted(documents)), f"from {options.source}")
        report = build_index(
            settings.home,
            library,
            encoder,
            name,
            progress=progress,
            full=options.full,
            keep=settings.keep,
            least_free_bytes=settings.least_free_bytes,
        )
    if report.published:
        record(settings, "build", detail=report.generation)
    return report


def plan(settings: Settings, options: Rebuild, notice: Notice) -> RebuildPlan:
    """What `rebuild` would do now; the home is only read, and a folder is taken into a copy of the library."""
    _, encoder = build_encoder(settings)
    with ExitStack() as opened:
        library = opened.enter_context(Library(settings.library, read_only=True))
        added = updated = pruned = frozenset[str]()
        if options.source:
            copy = Path(opened.enter_context(TemporaryDirectory())) / "library.db"
            library.back_up(copy)
            library = opened.enter_context(Library(copy))
            added, updated, pruned = _take_in(library, options.source, notice, prune=options.prune)
        build = plan_build(settings.home, library, encoder, full=options.full)
        return RebuildPlan(**asdict(build), added=len(added), updated=len(updated), pruned=len(pruned))


def _take_in(library: Library, source: Path, notice: Notice, *, prune: bool) -> tuple[Ids, Ids, Ids]:
    """Add or update from a folder and say what was rejected; returns what was added, updated, pruned."""
    collection = source.resolve().name
    if prune and not library.remember_folder(collection, source):
        raise CorpusError(f"the collection '{collection}' came from another folder than {source}: nothing is pruned")
    before = library.ids()
    reports = add_paths(library, [source])
    for line, rejected in lines_of(reports):
        if rejected:
            notice(line)
    pruned = _prune(library, collection, reports, source) if prune else frozenset()
    changed = frozenset(changed_by(reports))
    return changed - before, changed & before, pruned


def _prune(library: Library, collection: str, reports: list[FileReport], source: Path) -> Ids:
    if not reports:
        raise CorpusError(f"{source} holds no files: nothing is pruned; is it mounted?")
    seen = {report.source for report in reports}
    unread = tuple(f"{report.source}/" for report in reports if report.status == "rejected")  # archives, for now
    gone = [
        document.id
        for document in library.entries()
        if document.collection == collection and document.source not in seen and not document.source.startswith(unread)
    ]
    for document_id in gone:
        library.remove(document_id)
    library.link_duplicates()
    return frozenset(gone)


def build_encoder(settings: Settings) -> tuple[str, Encoder]:
    """The encoder that a build uses, by name and opened. Raises `EncoderUnavailable`."""
    name = encoder_name(settings)
    return name, open_encoder(name, settings.model)


def encoder_name(settings: Settings) -> str:
    """The encoder that a build uses: the one set, else the current index's, else the default."""
    name = settings.encoder or _indexed_encoder(settings.home) or DEFAULT_ENCODER
    if name != DEFAULT_ENCODER and Path(name).is_dir():
        return str(Path(name).resolve())
    return name


def _indexed_encoder(home: Path) -> str | None:
    """The encoder of the current generation, or without a pointer of the newest that says."""
    try:
        folders = [current_generation(home)]
    except (NoIndex, IndexUnusable):
        folders = generations(home)
    for folder in folders:
        try:
            return read_manifest(folder).encoder
        except IndexUnusable:
            continue
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


def roll_back_to(settings: Settings, name: str | None, notice: Notice | None = None) -> str:
    """Make an earlier generation current and return its name; the next build goes on from the library.

    `notice` is told when there was no current one to go back from.
    """
    with writing(settings.home):
        try:
            current_generation(settings.home)
        except IndexUnusable as exc:
            if notice:
                notice(str(exc))
        generation = roll_back(settings.home, name).generation
    record(settings, "rollback", detail=generation)
    return generation


def verify(settings: Settings) -> list[str]:
    """What is wrong with a home and its generations; what readers are served is also compared with fresh vectors."""
    problems: list[str] = []
    try:
        index = open_index(settings.home, problems.append)
    except IndexUnusable as exc:
        problems.append(str(exc))
        served = None
    else:
        served = index.manifest.generation
        problems += _unlike_library(settings, index)
        index.close()
    problems += _damaged_databases(settings)
    for folder in generations(settings.home):
        problems += _verified(settings, folder, fresh=folder.name == served)
    return problems


def _verified(settings: Settings, folder: Path, *, fresh: bool) -> list[str]:
    try:
        encoder = open_encoder(read_manifest(folder).encoder, settings.model) if fresh else None
    except EncoderUnavailable as exc:
        return [str(exc)]
    return verify_generation(folder, encoder)


def _damaged_databases(settings: Settings) -> list[str]:
    """What SQLite finds wrong with the library, the vector cache and the state of the service."""
    problems: list[str] = []
    try:
        with closing(Library(settings.library, read_only=True)) as library:
            problems += library.damage()
    except CorpusError as exc:
        problems.append(f"{exc}; restore a backup of it")
    try:
        with closing(VectorCache(settings.home / "vectors.db", read_only=True)) as cache:
            problems += cache.damage()
    except EmbeddingsError as exc:
        problems.append(str(exc))
    service = settings.home / "service.db"
    try:
        with closing(connect_for_reading(service)) as connection:
            found = damage(connection)
    except (sqlite3.Error, OSError) as exc:
        found = [str(exc)]
    return problems + [f"the service's {service} is damaged: {what}; delete it to set keys anew" for what in found]


def _unlike_library(settings: Settings, index: Index) -> list[str]:
    """Documents that a generation of the library's own snapshot holds otherwise than the library."""
    if not settings.library.exists():
        return [f"the library {settings.library} is missing: restore it, or add the texts again with 'eurag add'"]
    try:
        with closing(Library(settings.library, read_only=True)) as library:
            if not is_up_to_date(index, library):
                return []
            held, stored = set(index.texts.fingerprints()), set(library.fingerprints())
    except (CorpusError, sqlite3.Error):
        return []  # what is wrong with the library is told by its own check
    name = index.manifest.generation
    return [f"document {id_} differs between the library and {name}" for id_, *_ in sorted(held ^ stored)]


def is_up_to_date(index: Index, library: Library) -> bool:
    """Whether a build of the library as it is would give the same snapshot."""
    splitter = {name: value for name, value in index.manifest.splitter.items() if name != "version"}
    now = snapshot_id(library.fingerprints(), SplitterSettings(**splitter), index.manifest.encoder_id)
    return now == index.manifest.snapshot
