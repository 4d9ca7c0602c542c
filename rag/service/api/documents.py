"""Documents and passages to read: lists, records, the text that a citation counts in."""

from collections.abc import Collection
from contextlib import closing
from hashlib import sha256
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, FastAPI, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.convertors import Convertor, register_url_convertor

from corpus import Document, Filters
from embeddings import IndexUnusable, StoredDocument
from embeddings.generation import generations, read_manifest
from embeddings.texts import Texts
from rag.bibliography.citation_styles import STYLES, cite
from rag.bibliography.sections import find_section
from rag.home.catalogue import find
from rag.home.library import read_library
from rag.output.contract import document_json, passage_json
from rag.service.api.parameters import known_only
from rag.service.api.schemas import (
    DAY,
    PASSAGE_NUMBER,
    CitationText,
    DocumentDetails,
    DocumentPage,
    DocumentText,
    PassageDetails,
)
from rag.service.errors import USUAL, ApiError, described
from rag.service.gate.keys import collections_of
from rag.service.gate.threads import in_thread
from rag.service.state import Service
from rag.settings import Settings

MAX_LIMIT = 500

Name = Annotated[str, Path(description="An id, the unique beginning of one, or a source.")]
PassageId = Annotated[str, Path(pattern=PASSAGE_NUMBER, description="As `passage` in citations and results.")]
Date = Annotated[str | None, Query(pattern=DAY, description="ISO 8601: 2014, 2014-05 or 2014-05-29.")]
StyleName = Literal["gost", "apa", "chicago", "bibtex", "ris", "csl-json"]
Offset = Annotated[int, Query(ge=0)]

_NOT_MODIFIED: dict[int | str, Any] = {304: {"description": "What the sender of If-None-Match holds is still right."}}


class NameConvertor(Convertor[str]):
    """A document's name in a path: anything, slashes and line ends too."""

    regex = r"[\s\S]+"

    def convert(self, value: str) -> str:
        """The name as it stands."""
        return value

    def to_string(self, value: str) -> str:
        """The name as it stands."""
        return value


register_url_convertor("name", NameConvertor())
router = APIRouter(tags=["documents"], dependencies=[Depends(known_only)], responses=USUAL)


@router.get("/documents", response_model=DocumentPage, responses=_NOT_MODIFIED)
async def documents(
    request: Request,
    language: str | None = None,
    kind: str | None = None,
    since: Date = None,
    until: Date = None,
    author: str | None = None,
    text: Annotated[str | None, Query(description="Any part of title, source or an author's name.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 100,
    offset: Offset = 0,
) -> Response:
    """List the documents of the library, by collection and source; removed ones are gone at once."""
    filters = Filters(language, kind, since, until, author, text, collections_of(request))
    settings: Settings = request.app.state.service.settings.home

    def listed() -> Response:
        with read_library(settings) as library:
            total, found = library.count(filters), library.entries(filters, limit, offset)
        shown = [document_json(entry, full=False) for entry in found]
        return _tagged(request, {"total": total, "limit": limit, "offset": offset, "documents": shown})

    return await in_thread(request, listed)


@router.get("/documents/{document:name}/text", response_model=DocumentText, responses=described(404) | _NOT_MODIFIED)
async def text(
    request: Request, document: Name, start: Offset = 0, end: Offset | None = None, snapshot: str | None = None
) -> Response:
    """A stretch of a document's text, cut where the text ends.

    It is the text that citations of the current index count in, or with `snapshot` those of an
    earlier one, as long as that is on disk; the library's own text where no index holds the document.
    """
    if end is not None and end < start:
        raise ApiError(400, f"end: expected {start} (start) or more, found {end}", param="end", code="invalid_value")
    service: Service = request.app.state.service

    def stretch() -> Response:
        found, held_by = _held(service, document, snapshot, collections_of(request))
        first = min(start, len(found.text))
        last = len(found.text) if end is None else min(end, len(found.text))
        data = {"document": found.id, "snapshot": held_by, "start": first, "end": last}
        data |= {"characters": len(found.text), "text": found.text[first:last]}
        return _tagged(request, data, held_by)

    return await in_thread(request, stretch)


@router.get(
    "/documents/{document:name}/citation", response_model=CitationText, responses=described(404) | _NOT_MODIFIED
)
async def citation(
    request: Request, document: Name, style: StyleName, section: str | None = None, page: str | None = None
) -> Response:
    """A document's reference in a style, as plain text; of a treaty, `section` names the article, 404 without it."""
    settings: Settings = request.app.state.service.settings.home

    def cited() -> Response:
        found = find(settings, document, collections_of(request))
        named = section and find_section(found, section)
        reference = cite(found.record, style, section=named, page=page)
        data = {"document": found.id, "style": style, "media_type": STYLES[style].media_type, "reference": reference}
        return _tagged(request, data)

    return await in_thread(request, cited)


@router.get("/documents/{document:name}", response_model=DocumentDetails, responses=described(404) | _NOT_MODIFIED)
async def details(request: Request, document: Name) -> Response:
    """A document's record, and where each field of it came from."""
    settings: Settings = request.app.state.service.settings.home

    def detailed() -> Response:
        return _tagged(request, document_json(find(settings, document, collections_of(request)), full=True))

    return await in_thread(request, detailed)


@router.get("/passages/{passage}", response_model=PassageDetails, responses=described(404) | _NOT_MODIFIED)
async def passage(request: Request, passage: PassageId) -> Response:
    """A passage of the current index."""
    service: Service = request.app.state.service

    def found() -> Response:
        retriever = service.retriever()
        index, snapshot = retriever.index, retriever.index.manifest.snapshot
        try:
            stored = index.passage(index.row_of(int(passage)))
        except KeyError:
            raise _no_passage(passage) from None
        own = collections_of(request) or (stored.document.collection,)
        if stored.document.id in retriever.hidden or stored.document.collection not in own:
            raise _no_passage(passage)
        return _tagged(request, passage_json(stored) | {"snapshot": snapshot}, snapshot)

    return await in_thread(request, found)


def _no_passage(id_: str) -> ApiError:
    return ApiError(404, f"the index holds no passage {id_}", param="passage", code="passage_not_found")


def _held(
    service: Service, name: str, snapshot: str | None, collections: Collection[str]
) -> tuple[Document | StoredDocument, str | None]:
    """A document of the library as an index holds it, and the snapshot of that index.

    Raises `DocumentNotFound`, or `ApiError` 404 when no index of that snapshot holds it.
    """
    document = find(service.settings.home, name, collections)
    current = service.retriever().index
    if snapshot not in (None, current.manifest.snapshot):
        return _as_of(service.settings.home, document.id, snapshot), snapshot
    try:
        return current.document(document.id), current.manifest.snapshot
    except KeyError:
        return document, None


def _as_of(settings: Settings, document_id: str, snapshot: str | None) -> StoredDocument:
    for folder in generations(settings.home):
        try:
            if read_manifest(folder).snapshot == snapshot:
                with closing(Texts(folder / "texts.db")) as texts:
                    return texts.document(document_id)
        except (IndexUnusable, KeyError):
            continue
    message = f"no index of the snapshot '{snapshot}' holds the document any more"
    raise ApiError(404, message, param="snapshot", code="snapshot_not_found")


def _tagged(request: Request, data: dict[str, Any], version: str | None = None) -> Response:
    """The data with an ETag, `version` or a hash of all; 304 when the client holds it already."""
    response = JSONResponse(data)
    tag = f'"{version or sha256(response.body).hexdigest()[:16]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    known = [known.strip().removeprefix("W/") for known in request.headers.get("If-None-Match", "").split(",")]
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response


def install(app: FastAPI) -> None:
    """Add the routes."""
    app.include_router(router)
