"""What an administrator may do: add and remove documents, rebuild the index in the background, roll back."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ConfigDict
from starlette.datastructures import UploadFile

from corpus import DocumentNotFound, FileReport, LibraryUnusable
from corpus.database import refusal
from corpus.disk import require_space
from corpus.exports import EXPORTS
from corpus.intake import Status
from corpus.readers import ARCHIVES, READERS
from embeddings import IndexUnusable, NoIndex
from embeddings.errors import BuildInProgress
from rag.errors import JobRunning
from rag.home.catalogue import add_to_library, find, remove
from rag.home.maintenance import roll_back_to
from rag.service.api.jobs import Work, current_job, start_job
from rag.service.api.parameters import known_only
from rag.service.errors import ApiError, described
from rag.service.gate.keys import admin_only

if TYPE_CHECKING:
    from rag.service.gate.shared import Job
    from rag.service.state import Service

COLLECTION = "uploads"

_SUFFIXES = sorted((*READERS, *ARCHIVES, *EXPORTS))
_MAX_NAME_BYTES = 200
_SHOWN_CHARS = 50
_POLL_S = 0.5

router = APIRouter(
    tags=["admin"],
    dependencies=[Depends(admin_only), Depends(known_only)],
    responses=described(400, 401, 403, 429, 503),
)


class UploadedFile(BaseModel):
    """What became of a file, as `eurag add --json` tells it; `document` is null where it was rejected."""

    document: str | None
    source: str
    status: Status
    detail: str | None


class Upload(UploadedFile):
    """The first document that came of an upload; `files` has one entry for each file that the upload held."""

    files: list[UploadedFile]


class Removal(BaseModel):
    """A document that was removed; `job` is the one that erases it from every generation, when that was asked."""

    document: str
    job: "JobState | None"


class JobState(BaseModel):
    """A background job: `state` is running, done, failed or interrupted; `done` of `total` texts are embedded."""

    id: int
    kind: str
    state: str
    done: int
    total: int
    detail: dict[str, Any] | None
    started_at: str
    finished_at: str | None


class LastJob(BaseModel):
    """The last job, or null when there never was one."""

    job: JobState | None


class RebuildOrder(BaseModel):
    """How to rebuild: with `full` everything is split, embedded and averaged anew."""

    model_config = ConfigDict(strict=True, extra="forbid")
    full: bool = False


class RollbackOrder(BaseModel):
    """Which generation to go back to; by default the one before the current."""

    model_config = ConfigDict(strict=True, extra="forbid")
    generation: str | None = None


class Generation(BaseModel):
    """The generation of the index that is current now."""

    generation: str


_FILE = {"type": "string", "format": "binary"}
_UPLOAD_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {"type": "object", "required": ["file"], "properties": {"file": _FILE}},
            },
            "application/octet-stream": {"schema": _FILE},
        },
    }
}


@router.post("/documents", status_code=201, openapi_extra=_UPLOAD_BODY, responses=described(400, 413, 415))
async def add_document(
    request: Request, filename: Annotated[str | None, Query(description="The name, where the body is the file.")] = None
) -> Upload:
    """Add what a file holds to the collection "uploads", or replace what is there by this name; then rebuild.

    The file comes as the part `file` of a form, or as the whole body with its name in `filename`. A name may
    name folders, as in `2014/treaty.txt`: it is the document's source. An archive, a message or an export of a
    reference manager may become several documents, `archive.zip/path`.
    """
    given, data = await _uploaded(request, filename)
    name = checked_name(given)
    reports = await run_in_threadpool(_take_in, request.app.state.service, name, data)
    taken = next((report for report in reports if report.document), None)
    if taken is None:
        raise ApiError(400, _refusal(name, reports), param="file", code="unreadable_document")
    files = [UploadedFile(**asdict(report)) for report in reports]
    return Upload(**asdict(taken), files=files)


def _refusal(name: PurePosixPath, reports: Sequence[FileReport]) -> str:
    """Why nothing came of an upload: what is wrong with its first file, and how many others were rejected."""
    if not reports:
        return f"{name}: it holds nothing that can be added"
    others = f" (and {len(reports) - 1} more were rejected)" if len(reports) > 1 else ""
    return f"{reports[0].source}: {reports[0].detail}{others}"


async def _uploaded(request: Request, filename: str | None) -> tuple[str, bytes]:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        if not filename:
            raise ApiError(400, "name the file: POST /documents?filename=NAME", param="filename", code="missing_name")
        return filename, await request.body()
    async with request.form(max_files=1, max_fields=1) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise ApiError(400, "the form has no part 'file' with a file", param="file", code="missing_file")
        return filename or file.filename or "", await file.read()


def checked_name(name: str) -> PurePosixPath:
    """A client's file name, with the folders it names, as a path inside the collection.

    Raises `ApiError` 400 when it leads elsewhere or cannot be a name, 415 when such files are not taken.
    """
    path = PurePosixPath(name)
    if not all(map(_is_plain, name.split("/"))) or len(name.encode(errors="replace")) > _MAX_NAME_BYTES:
        message = f"'{name[:_SHOWN_CHARS]}' cannot be a file's name here: expected NAME or FOLDER/NAME, none hidden"
        raise ApiError(400, message, param="filename", code="bad_name")
    if path.suffix.lower() not in _SUFFIXES:
        known = ", ".join(_SUFFIXES)
        raise ApiError(415, f"'{path.name}' is of a kind that is not read: {known} are", code="unsupported_type")
    return path


def _is_plain(part: str) -> bool:
    """Whether a part of a path names a file or folder below, on every system."""
    return bool(part.strip()) and not part.startswith(".") and part.isprintable() and not set(part) & {"\\", ":"}


def _take_in(service: "Service", name: PurePosixPath, data: bytes) -> list[FileReport]:
    """As `eurag add` takes it in, by way of a folder that is gone afterwards; the library keeps the text."""
    home = service.settings.home
    uploads = home.home / "uploads"
    require_space(home.home, home.least_free_bytes, len(data))
    try:
        uploads.mkdir(mode=0o700, exist_ok=True)
        with TemporaryDirectory(dir=uploads, ignore_cleanup_errors=True) as folder:
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            return add_to_library(home, [Path(folder)], COLLECTION, with_builtin=False)
    except OSError as exc:
        raise LibraryUnusable(f"{uploads} cannot be written: {refusal(exc, home.home)}") from exc


@router.delete("/documents/{document}", responses=described(400, 404, 409) | {202: {"model": Removal}})
def remove_document(request: Request, response: Response, document: str, purge: bool = False) -> Removal:
    """Remove a document: it is hidden at once. With `purge` a job (202) erases it from every generation too."""
    service: Service = request.app.state.service
    if not purge:
        return Removal(document=remove(service.settings.home, document).id, job=None)
    response.status_code = 202
    id_ = _held(service, document)
    return Removal(document=id_, job=_started(service, Work(document=id_)))


def _held(service: "Service", document: str) -> str:
    """The id of a document that the library or the index holds; a purge may have been cut short between them."""
    try:
        return find(service.settings.home, document).id
    except DocumentNotFound:
        if document in service.retriever().index.document_ids():
            return document
        raise


@router.post("/rebuild", status_code=202, responses=described(400, 409))
def rebuild(request: Request, order: RebuildOrder | None = None) -> LastJob:
    """Begin to build the index from the library, in the background; the old one serves until the new is whole."""
    work = Work(full=bool(order and order.full))
    return LastJob(job=_started(request.app.state.service, work))


@router.get("/rebuild")
def rebuild_state(request: Request) -> LastJob:
    """How far the last job is, whichever worker began it."""
    return LastJob(job=_current(request.app.state.service))


@router.get("/rebuild/events", response_class=EventSourceResponse)
async def rebuild_events(request: Request) -> AsyncIterator[ServerSentEvent]:
    """The same as server-sent events: one a change, the last when the job has ended, however long it takes."""
    service: Service = request.app.state.service
    seen: JobState | None = None
    while True:
        job = await run_in_threadpool(_current, service)
        if job != seen or job is None:
            seen = job
            yield ServerSentEvent(event="progress", data=LastJob(job=job))
        if job is None or job.state != "running":
            return
        await asyncio.sleep(_POLL_S)


@router.post("/rollback", responses=described(400, 404, 409))
def rollback(request: Request, order: RollbackOrder | None = None) -> Generation:
    """Make an earlier generation of the index current again; the library stays as it is."""
    wanted = order.generation if order else None
    try:
        name = roll_back_to(request.app.state.service.settings.home, wanted)
    except NoIndex as exc:
        message = "there is no earlier generation" if wanted is None else f"there is no generation '{wanted}'"
        raise ApiError(404, f"{message} on disk", param="generation", code="no_such_generation") from exc
    except (BuildInProgress, IndexUnusable) as exc:
        raise ApiError(409, str(exc), code="conflict") from exc
    return Generation(generation=name)


def _started(service: "Service", work: Work) -> JobState:
    try:
        return _state(start_job(service.settings.home, service.shared, work))
    except JobRunning as exc:
        raise ApiError(409, str(exc), code="job_running", headers={"Retry-After": "5"}) from exc


def _current(service: "Service") -> JobState | None:
    job = current_job(service.settings.home, service.shared)
    return _state(job) if job else None


def _state(job: "Job") -> JobState:
    return JobState(**asdict(job))


def install(app: FastAPI) -> None:
    """Add the administrator's routes."""
    app.include_router(router)
