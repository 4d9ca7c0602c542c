"""Files and folders into the library: what comes in, what is refused and why, one file at a time."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from corpus.archives import Budget, Content, unpack
from corpus.errors import CorpusError, UnreadableFile
from corpus.exports import EXPORTS, Entry, join, read_export
from corpus.isolation import Session, isolated
from corpus.metadata import SIDECAR_SUFFIXES
from corpus.readers import ARCHIVES, READERS, is_plain
from corpus.reading import Reading, prepare, read_abstract, read_contents, read_document
from corpus.records import Document, Field
from corpus.store import Library

MAX_FILE_BYTES = 50 * 2**20
MAX_ARCHIVE_BYTES = 200 * 2**20
MAX_NESTING = 2

#: Suffixes of files that hold files; a message also has a text of its own.
_CONTAINERS = (*ARCHIVES, ".eml")

Status = Literal["added", "updated", "unchanged", "duplicate", "rejected"]


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file.

    `detail` names the fuller one of a duplicate, says why a file was rejected, or what its reader had to decide.
    """

    source: str
    status: Status
    document: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class IntakeFile:
    """A file to add: `source` is its path inside `root`, or its name when it came alone.

    `own` says that its collection was named by the user or first added from the same folder; `described` is what an
    export says of the file.
    """

    path: Path
    root: Path
    source: str
    collection: str
    own: bool = True
    described: tuple[Field, ...] = ()


Progress = Callable[[int, int], None]


def add_paths(
    library: Library, paths: Sequence[Path], collection: str | None = None, progress: Progress | None = None
) -> list[FileReport]:
    """Add files and folders (with all below them); returns a report for each file, in order.

    A file that cannot be read is reported as rejected and the rest goes on. Hidden files and
    sidecars are passed over. Exports come first: what they say joins the files that they name, and an
    entry that names none becomes a document of its abstract, "export.bib/key". The files in an archive
    and the attachments of a message become documents "archive.zip/path".

    Raises `CorpusError` when a path does not exist.
    """
    files, reports = _joined(library, [file for path in paths for file in _files(library, path, collection)])
    with isolated.session(partial(prepare, ".md")) as texts:
        for number, file in enumerate(files, start=1):
            with _session_of(file, texts) as session:
                reports += _add(library, file, Budget(), session)
            if progress:
                progress(number, len(files))
    return _with_duplicates(library, reports)


@contextmanager
def _session_of(file: IntakeFile, texts: Session) -> Iterator[Session]:
    """The process that a file is read in: its own, for all that it holds too; plain texts of one call share theirs."""
    if is_plain(file.path):
        yield texts
        return
    with _own_session(file) as own:
        yield own


def _own_session(file: IntakeFile) -> Session:
    return isolated.session(partial(prepare, file.path.suffix.lower()))


def _root(path: Path) -> tuple[Path, str]:
    folder = path if path.is_dir() else path.parent
    return folder, folder.resolve().name or "root"


def _files(library: Library, path: Path, collection: str | None) -> Iterator[IntakeFile]:
    if not path.exists() and not path.is_symlink():
        raise CorpusError(f"{path}: no such file or folder")
    root, folder_name = _root(path)
    name = collection or folder_name
    own = library.remember_folder(name, root) or collection is not None
    if not path.is_dir():
        yield IntakeFile(path, root, path.name, name, own)
        return
    for file in _walk(path):
        yield IntakeFile(file, root, file.relative_to(path).as_posix(), name, own)


def _walk(path: Path) -> Iterator[Path]:
    """The files and links below a folder, in order, but for hidden ones and sidecars; no link is followed."""
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(folder for folder in folders if not folder.startswith("."))
        links = (name for name in folders if Path(folder, name).is_symlink())
        for name in sorted([*names, *links]):
            if not name.startswith(".") and not name.endswith(SIDECAR_SUFFIXES):
                yield Path(folder, name)


def _joined(
    library: Library, files: Sequence[IntakeFile], session: Session | None = None
) -> tuple[list[IntakeFile], list[FileReport]]:
    """The files that are no exports, with what exports say of them; and what became of all else in the exports.

    Without a session, each export is read in one of its own.
    """
    paths = {file.path: Path(os.path.realpath(file.path)) for file in files}
    exports = [file for file in files if file.path.suffix.lower() in EXPORTS]
    rest = [file for file in files if file.path.suffix.lower() not in EXPORTS]
    described: dict[Path, tuple[Field, ...]] = {}
    reports = []
    for file in exports:
        with nullcontext(session) if session else _own_session(file) as own:
            try:
                export = own.call(read_export, _bytes(file, MAX_FILE_BYTES), file.path.name)
            except UnreadableFile as exc:
                reports.append(FileReport(file.source, "rejected", None, str(exc)))
                continue
            joined = join(export, paths[file.path], [paths[other.path] for other in rest])
            described |= joined.described
            reports += [FileReport(file.source, "rejected", None, problem) for problem in export.problems]
            reports += [_add_entry(library, file, entry, missing, own) for entry, missing in joined.alone]
    return [replace(file, described=described.get(paths[file.path], ())) for file in rest], reports


def _add_entry(
    library: Library, export: IntakeFile, entry: Entry, missing: Sequence[str], session: Session
) -> FileReport:
    """Add the abstract of an entry that describes none of the files."""
    file = replace(export, source=f"{export.source}/{entry.key}")
    reason = f"its file {missing[0]!r} is not among what is added" if missing else "it names no file"
    if not any(statement.name.startswith("abstracts.") for statement in entry.statements):
        return FileReport(file.source, "rejected", None, f"{reason}, and it has no abstract")
    report = _store(library, file, lambda: session.call(read_abstract, entry.statements, file.source))
    return replace(report, detail=report.detail or f"{reason}: only its abstract was added")


def _add(library: Library, file: IntakeFile, budget: Budget, session: Session, depth: int = 0) -> list[FileReport]:
    """Add a file, and what it holds where it holds files."""
    reports = [] if _is_archive(file) else [_store(library, file, lambda: _read(file, session))]
    holds_files = file.path.suffix.lower() in _CONTAINERS
    return reports + (_add_members(library, file, budget, session, depth) if holds_files else [])


def _add_members(library: Library, file: IntakeFile, budget: Budget, session: Session, depth: int) -> list[FileReport]:
    """Add what an archive or a message holds, by way of a folder that is gone afterwards."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        try:
            refused = unpack(_contents(file, budget, session, depth), folder, budget)
        except UnreadableFile as exc:
            return [FileReport(file.source, "rejected", None, str(exc))]
        inner = [
            replace(file, path=path, root=folder, source=f"{file.source}/{path.relative_to(folder).as_posix()}")
            for path in _walk(folder)
        ]
        members, reports = _joined(library, inner, session)
        for member in members:
            reports += _add(library, member, budget, session, depth + 1)
    reports += [FileReport(f"{file.source}/{content.name}", "rejected", None, content.refusal) for content in refused]
    if not reports and _is_archive(file):
        return [FileReport(file.source, "rejected", None, "the archive holds no files")]
    return reports


def _contents(file: IntakeFile, budget: Budget, session: Session, depth: int) -> Iterator[Content]:
    """The files inside a file. Raises `UnreadableFile`."""
    data = _bytes(file, MAX_ARCHIVE_BYTES if _is_archive(file) else MAX_FILE_BYTES)
    for content in session.stream(read_contents, data, file.path.suffix.lower(), budget):
        if depth == MAX_NESTING:
            raise UnreadableFile(f"it holds files more than {MAX_NESTING} levels deep: unpack it")
        yield content


def _is_archive(file: IntakeFile) -> bool:
    return file.path.suffix.lower() in ARCHIVES


def _store(library: Library, file: IntakeFile, read: Callable[[], Reading]) -> FileReport:
    """Store what is read as the document of a file, and report."""
    try:
        reading = read()
        document = reading.document(file.collection, file.source)
        if not file.own:
            _refuse_to_replace(library, document)
    except UnreadableFile as exc:
        return FileReport(file.source, "rejected", None, str(exc))
    return FileReport(file.source, library.put(document), document.id, "; ".join(reading.notes) or None)


def _refuse_to_replace(library: Library, document: Document) -> None:
    """Two folders of one name must not replace each other's files unasked. Raises `UnreadableFile`."""
    stored = library.content_hash(document.id)
    if stored not in (None, document.content_hash):
        raise UnreadableFile(
            f"the collection '{document.collection}' holds another file of this name, from another folder: "
            f"add with --collection {document.collection} to replace it, or with a new name to keep both"
        )


def _read(file: IntakeFile, session: Session) -> Reading:
    """What a file and its sidecar hold. Raises `UnreadableFile`."""
    if os.path.isdir(file.path):  # noqa: PTH112 - Path.is_dir raises when a link's target is too long
        raise UnreadableFile("a link to a folder, which is not followed: add that folder by itself")
    if (suffix := file.path.suffix.lower()) not in READERS:
        known = ", ".join(sorted((*READERS, *ARCHIVES, *EXPORTS)))
        raise UnreadableFile(f"no reader for '{suffix or 'no suffix'}' files (readers: {known})")
    sidecar = _sidecar(file)
    data = _bytes(file, MAX_FILE_BYTES)
    return session.call(read_document, data, file.path.name, file.source, file.described, sidecar)


def _bytes(file: IntakeFile, limit: int) -> bytes:
    """The file's bytes, after the checks that need none of them."""
    try:
        resolved = file.path.resolve()
        if not resolved.is_relative_to(file.root.resolve()):
            raise UnreadableFile("the link leads out of the folder that is added")
        if not resolved.is_file():
            raise UnreadableFile("not a regular file")
        size = resolved.stat().st_size
        if size > limit:
            raise UnreadableFile(f"{size / 2**20:.0f} MB, the limit is {limit // 2**20} MB: split it")
        return resolved.read_bytes()
    except OSError as exc:
        raise UnreadableFile(f"cannot be read: {exc.strerror or exc}") from exc
    except RuntimeError as exc:
        raise UnreadableFile("cannot be read: the link leads back to itself") from exc


def _sidecar(file: IntakeFile) -> tuple[bytes, str] | None:
    """The bytes and name of what is said of a file beside it. Raises `UnreadableFile`."""
    for suffix in SIDECAR_SUFFIXES:
        sidecar = file.path.with_name(file.path.name + suffix)
        if os.path.isfile(sidecar):  # noqa: PTH113 - Path.is_file raises when a name is too long
            return _bytes(replace(file, path=sidecar), MAX_FILE_BYTES), sidecar.name
    return None


def _with_duplicates(library: Library, reports: Sequence[FileReport]) -> list[FileReport]:
    """The reports, those of documents contained in a fuller one marked as duplicates of it."""
    if not any(report.document for report in reports):
        return list(reports)
    library.link_duplicates()
    return [_marked(library, report) for report in reports]


def _marked(library: Library, report: FileReport) -> FileReport:
    if not report.document or report.status not in ("added", "updated"):
        return report
    fuller = library.fuller_source(report.document)
    return replace(report, status="duplicate", detail=fuller) if fuller else report
