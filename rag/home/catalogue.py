"""What the commands about the library do, apart from parsing and printing."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus import (
    Document,
    FileReport,
    Filters,
    Library,
    add_builtin,
    add_paths,
)
from corpus.isolation import protections
from corpus.metadata import edits_from
from corpus.sandbox import PROTECTIONS
from corpus.splitting import context_of
from corpus.store import Entry
from embeddings import NoIndex, StoredDocument, open_index
from rag.errors import QuestionFileError
from rag.home.audit import record
from rag.home.erasure import erase_document
from rag.home.file_reports import changed_by
from rag.home.library import library_for_writing, read_library
from rag.home.maintenance import Notice, Progress, is_up_to_date
from rag.settings import Settings

if TYPE_CHECKING:
    from corpus.harvest import HarvestOptions, HarvestReport


#: So many sources of what was added are named in the record of changes, beside all ids.
_NAMED = 5


@dataclass(frozen=True, slots=True)
class EditReport:
    """What an edit changed: statement -> (value before, value now); `embeds` says that passages get new vectors."""

    document: Document
    changes: Mapping[str, tuple[Any, Any]]
    embeds: bool


def add_to_library(
    settings: Settings,
    paths: Sequence[Path],
    collection: str | None,
    with_builtin: bool,
    progress: Progress | None = None,
) -> list[FileReport]:
    """Add paths, and the built-in library if asked. Raises `DiskFull`; what came before is added then."""
    with library_for_writing(settings) as library:
        reports = add_builtin(library, progress) if with_builtin else []
        reports += add_paths(library, paths, collection, progress)
    if changed := changed_by(reports):
        record(settings, "add", tuple(changed), ", ".join(list(changed.values())[:_NAMED]))
    return reports


def harvest_into_library(
    settings: Settings, url: str, options: "HarvestOptions", notice: Notice, progress: Progress | None = None
) -> "HarvestReport":
    """Harvest a repository; `notice` is told of waits. Raises as `harvest` does."""
    from corpus.harvest import Pace, harvest

    with library_for_writing(settings) as library:
        report = harvest(library, url, options, Pace(notice=notice), progress=progress)
    if report.added or report.updated or report.removed:
        told = f"{url}: {report.added} added, {report.updated} updated, {report.removed} removed"
        record(settings, "harvest", detail=told)
    return report


def documents(settings: Settings, language: str | None = None, kind: str | None = None) -> list[Entry]:
    """The documents of a home without their texts, by language and kind where given."""
    with read_library(settings) as library:
        return library.entries(Filters(language, kind))


def find(settings: Settings, name: str, collections: Collection[str] = ()) -> Document:
    """The document of this id or source, of these collections where any are given. Raises `DocumentNotFound`."""
    with read_library(settings) as library:
        return library.find(name, collections)


def edit(settings: Settings, name: str, assignments: Sequence[str]) -> EditReport:
    """Change a document's record as texts like "title=The Union" say; later additions of its file keep that.

    Raises `DocumentNotFound`, and `CorpusError` for what is no field or no value for it.
    """
    with Library(settings.library) as library:
        before = library.find(name)
        edits = edits_from(assignments, before.record)
        after = before.with_record(library.edit(before.id, edits))
        library.link_duplicates()
    record(settings, "edit", (before.id,), ", ".join(edit.name for edit in edits))
    changes = {edit.name: (before.record.value(edit.name), after.record.value(edit.name)) for edit in edits}
    return EditReport(after, changes, context_of(before, None) != context_of(after, None))


def remove(settings: Settings, name: str, *, purge: bool = False) -> Document | StoredDocument:
    """Remove a document and return what it was; with `purge` erase it from every generation too.

    Raises `DocumentNotFound`.
    """
    if purge:
        return erase_document(settings, name)
    with Library(settings.library) as library:
        document = library.find(name)
        library.remove(document.id)
        library.link_duplicates()
    record(settings, "remove", (document.id,), document.source)
    return document


def status(settings: Settings) -> dict[str, Any]:
    """What a home holds, whether its index matches the library, and why an older one is read where it is."""
    fallback: list[str] = []
    with read_library(settings) as library:
        data: dict[str, Any] = {"home": str(settings.home), "documents": library.count(), "generation": None}
        data["sandbox"] = _sandbox()
        try:
            index = open_index(settings.home, fallback.append)
        except NoIndex:
            return data | {"up_to_date": not data["documents"]}
        manifest, current = index.manifest, is_up_to_date(index, library)
        index.close()
    return data | {
        "generation": manifest.generation,
        "snapshot": manifest.snapshot,
        "passages": manifest.passages,
        "encoder": manifest.encoder,
        "built_at": manifest.created_at,
        "up_to_date": current,
        "fallback": fallback[0] if fallback else None,
    }


def _sandbox() -> str:
    """What holds the process that files are read in, and what this machine lacks for it."""
    held = protections()
    lacking = [protection for protection in PROTECTIONS if protection not in held]
    told = ", ".join(("an empty environment", *held))
    return f"{told}; not on this machine: {', '.join(lacking)}" if lacking else told


def read_questions(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """({"id": ...}, question) for each line of a JSON Lines file. Raises `QuestionFileError`."""
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as exc:
        raise QuestionFileError(f"{path} cannot be read: {exc}") from exc
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            question, id_ = data["question"], data.get("id")
        except (ValueError, KeyError, TypeError, AttributeError) as exc:
            raise QuestionFileError(f"{path}, line {number}: expected an object with id and question") from exc
        if not isinstance(question, str) or not question.strip():
            raise QuestionFileError(f"{path}, line {number}: the question must be text")
        yield {"id": id_}, question
