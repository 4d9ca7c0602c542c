"""Files and folders into the library: what comes in, what is refused and why, one file at a time."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from corpus.bibliography import statements_from_text
from corpus.errors import CorpusError, UnreadableFile
from corpus.metadata import SIDECAR_SUFFIXES, read_sidecar
from corpus.readers import READERS, read_file
from corpus.records import Document, Field, build_record, document_id
from corpus.store import Library, content_hash_of
from corpus.structure import blocks_of, languages_of

MAX_FILE_BYTES = 50 * 1024 * 1024

Status = Literal["added", "updated", "unchanged", "duplicate", "rejected"]


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file: for "duplicate" `detail` names the fuller one, else the reason."""

    source: str
    status: Status
    document: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class IntakeFile:
    """A file to add: `source` is its path inside `root`, or its name when it came alone.

    `own` says that its collection was named by the user or first added from the same folder.
    """

    path: Path
    root: Path
    source: str
    collection: str
    own: bool = True


Progress = Callable[[int, int], None]


def add_paths(
    library: Library, paths: Sequence[Path], collection: str | None = None, progress: Progress | None = None
) -> list[FileReport]:
    """Add files and folders (with all below them); returns a report for each file, in order.

    A file that cannot be read is reported as rejected and the rest goes on. Hidden files and
    sidecars are passed over. Raises `CorpusError` when a path does not exist.
    """
    files = [file for path in paths for file in _files(library, path, collection)]
    reports = []
    for number, file in enumerate(files, start=1):
        reports.append(_add_file(library, file))
        if progress:
            progress(number, len(files))
    return _with_duplicates(library, reports)


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
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(folder for folder in folders if not folder.startswith("."))
        for file_name in sorted(names):
            file = Path(folder, file_name)
            if not file_name.startswith(".") and not file_name.endswith(SIDECAR_SUFFIXES):
                yield IntakeFile(file, root, file.relative_to(path).as_posix(), name, own)


def _add_file(library: Library, file: IntakeFile) -> FileReport:
    try:
        document = read_document(file)
        if not file.own:
            _refuse_to_replace(library, document)
    except UnreadableFile as exc:
        return FileReport(file.source, "rejected", None, str(exc))
    return FileReport(file.source, library.put(document), document.id)


def _refuse_to_replace(library: Library, document: Document) -> None:
    """Two folders of one name must not replace each other's files unasked. Raises `UnreadableFile`."""
    stored = library.content_hash(document.id)
    if stored not in (None, document.content_hash):
        raise UnreadableFile(
            f"the collection '{document.collection}' holds another file of this name, from another folder: "
            f"add with --collection {document.collection} to replace it, or with a new name to keep both"
        )


def read_document(file: IntakeFile) -> Document:
    """The document that a file holds, its record and blocks included. Raises `UnreadableFile`."""
    if file.path.suffix.lower() not in READERS:
        read_file(b"", file.path.name)
    statements = _sidecar(file)
    extraction = read_file(_bytes(file), file.path.name)
    blocks = tuple(blocks_of(extraction))
    statements += [*extraction.statements, *statements_from_text(extraction.text, blocks)]
    statements.append(Field("languages", languages_of(extraction.text, blocks), "text"))
    statements.append(Field("title", Path(file.source).stem, "guess"))
    record = build_record(statements)
    _refuse_surrogates(file.source, extraction.text, record.to_json())
    return Document(
        id=document_id(file.collection, file.source),
        collection=file.collection,
        source=file.source,
        content_hash=content_hash_of(extraction.text, blocks),
        text=extraction.text,
        record=record,
        blocks=blocks,
    )


def _bytes(file: IntakeFile) -> bytes:
    """The file's bytes, after the checks that need none of them."""
    try:
        resolved = file.path.resolve()
        if not resolved.is_relative_to(file.root.resolve()):
            raise UnreadableFile("the link leads out of the folder that is added")
        if not resolved.is_file():
            raise UnreadableFile("not a regular file")
        size = resolved.stat().st_size
        if size > MAX_FILE_BYTES:
            raise UnreadableFile(f"{size / 2**20:.0f} MB, the limit is {MAX_FILE_BYTES // 2**20} MB: split it")
        return resolved.read_bytes()
    except OSError as exc:
        raise UnreadableFile(f"cannot be read: {exc.strerror or exc}") from exc
    except RuntimeError as exc:
        raise UnreadableFile("cannot be read: the link leads back to itself") from exc


def _sidecar(file: IntakeFile) -> list[Field]:
    for suffix in SIDECAR_SUFFIXES:
        sidecar = file.path.with_name(file.path.name + suffix)
        if os.path.isfile(sidecar):  # noqa: PTH113 (unlike Path.is_file, no error when the name is too long)
            return read_sidecar(_bytes(replace(file, path=sidecar)), sidecar.name)
    return []


def _refuse_surrogates(*values: str) -> None:
    for value in values:
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as exc:
            raise UnreadableFile("its name, text or metadata holds characters that are not Unicode") from exc


def _with_duplicates(library: Library, reports: Sequence[FileReport]) -> list[FileReport]:
    """The reports, those of documents contained in a fuller one marked as duplicates of it."""
    if not any(report.document for report in reports):
        return list(reports)
    fuller = library.link_duplicates()
    marked = []
    for report in reports:
        if report.document in fuller and report.status in ("added", "updated"):
            detail = library.find(fuller[report.document]).source
            marked.append(replace(report, status="duplicate", detail=detail))
        else:
            marked.append(report)
    return marked
