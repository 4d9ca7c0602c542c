"""`POST /search` and `POST /ask`: the JSON contract of the command line."""

from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse

from corpus import Filters
from rag.output.contract import answer_json, search_json
from rag.service.api.schemas import AskRequest, AskResponse, FilterFields, SearchRequest, SearchResponse
from rag.service.errors import USUAL, ApiError
from rag.service.gate.keys import collections_of
from rag.service.gate.threads import in_thread
from rag.service.ops.logs import note
from rag.service.state import Service

router = APIRouter(tags=["questions"], responses=USUAL)


@router.post("/search", response_model=SearchResponse)
async def search(request: Request, body: SearchRequest) -> JSONResponse:
    """Find passages, in both languages whatever the question's; what `eurag search --json` prints."""
    service: Service = request.app.state.service
    check_question(service, body.query, "query")
    return JSONResponse(await in_thread(request, lambda: _found(service, body, collections_of(request))))


@router.post("/ask", response_model=AskResponse)
async def ask(request: Request, body: AskRequest) -> JSONResponse:
    """Answer with quoted sentences, or say that the texts hold no answer; what `eurag ask --json` prints."""
    service: Service = request.app.state.service
    check_question(service, body.question, "question")
    return JSONResponse(await in_thread(request, lambda: _answered(service, body, collections_of(request))))


def check_question(service: Service, question: str, param: str) -> None:
    """Raises `ApiError` 400 when a question is longer than the settings allow."""
    most = service.settings.max_question_chars
    if len(question) > most:
        message = f"the question has {len(question)} characters, at most {most} are answered"
        raise ApiError(400, message, param=param, code="context_length_exceeded")
    if service.settings.log_questions:
        note(question=question)


def _found(service: Service, body: SearchRequest, collections: tuple[str, ...]) -> dict[str, Any]:
    retriever = service.retriever()
    query = retriever.query(body.query)
    hits = retriever.search(query, body.k, _filters(body, collections))
    return search_json(body.query, query.language, retriever.index.manifest.snapshot, hits)


def _answered(service: Service, body: AskRequest, collections: tuple[str, ...]) -> dict[str, Any]:
    found = service.answer(service.retriever(), body.question, _filters(body, collections))
    service.metrics.observe_answer(found)
    return answer_json(found)


def _filters(body: FilterFields, collections: tuple[str, ...]) -> Filters:
    return Filters(body.language, body.kind, body.since, body.until, body.author, collections=collections)


def install(app: FastAPI) -> None:
    """Add the routes."""
    app.include_router(router)
