"""The endpoints of OpenAI's protocol: chat completions, models, embeddings."""

import base64
import json
import secrets
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from functools import partial
from typing import Any

from anyio import from_thread
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from corpus import Filters
from embeddings import Encoder, Vectors
from rag.conversation import standalone
from rag.service.api.chat import Reply, chunks, completion, reply
from rag.service.api.protocol import ChatCompletion, ChatRequest, EmbeddingList, EmbeddingRequest, Model, ModelList
from rag.service.api.questions import check_question
from rag.service.errors import USUAL, ApiError, described
from rag.service.gate.keys import collections_of
from rag.service.gate.limits import payer_of, spend
from rag.service.gate.threads import in_thread
from rag.service.state import EXTRACTIVE, Service

EMBEDDING_MODEL = "eurag-embedding"

_RUN = 8
#: So many characters to embed are as much work as a question, and count as another request.
_CHARS_A_REQUEST = 1000
_EVENT = {"type": "object", "required": ["data"], "properties": {"data": {"type": "string"}}}
_STREAM: dict[int | str, Any] = {200: {"content": {"text/event-stream": {"itemSchema": _EVENT}}}}

router = APIRouter(prefix="/v1", tags=["openai"], responses=USUAL)


@router.post("/chat/completions", response_model=ChatCompletion, responses=described(404) | _STREAM)
async def chat_completions(request: Request, body: ChatRequest) -> Response:
    """Answer the last question of a conversation; with `stream` as server-sent events, sentence by sentence."""
    service: Service = request.app.state.service
    if body.model not in service.models:
        raise _no_model(body.model)
    questions = _questions(service, body)
    base_url = service.settings.public_url or str(request.base_url)
    filters = Filters(collections=collections_of(request))
    work = partial(_answered, service, body, questions, filters, base_url)
    head, message, usage = await in_thread(request, work, long=body.model != EXTRACTIVE)
    if not body.stream:
        return JSONResponse(completion(head, message, usage))
    wants_usage = bool(body.stream_options and body.stream_options.include_usage)
    return StreamingResponse(
        _events(chunks(head, message, usage if wants_usage else None)),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@router.get("/models")
async def models(request: Request) -> ModelList:
    """The models that can be named: those that answer, and the one that embeds."""
    return ModelList(data=_models(request.app.state.service))


@router.get("/models/{model}", responses=described(404))
async def model(request: Request, model: str) -> Model:
    """One model."""
    for known in _models(request.app.state.service):
        if known.id == model:
            return known
    raise _no_model(model)


@router.post("/embeddings", response_model=EmbeddingList, responses=described(404))
async def embeddings(request: Request, body: EmbeddingRequest) -> JSONResponse:
    """Embed texts with the encoder of the index: as passages, or with `input_type` "query" as questions.

    Among the requests a minute it counts by how much there is to embed.
    """
    service: Service = request.app.state.service
    if body.model != EMBEDDING_MODEL:
        raise _no_model(body.model)
    encoder = service.retriever().encoder
    if body.dimensions not in (None, encoder.dimension):
        message = f"this encoder's vectors have {encoder.dimension} dimensions, and cannot be shortened"
        raise ApiError(400, message, param="dimensions", code="unsupported_value")
    payer, more = payer_of(request.state.key, request.scope), sum(map(len, body.input)) // _CHARS_A_REQUEST

    def embedded() -> dict[str, Any]:
        if more:
            spend(service, payer, more)
        return _embedded(encoder, body)

    return JSONResponse(await in_thread(request, embedded, long=True))


def _models(service: Service) -> list[Model]:
    names = (*service.models, EMBEDDING_MODEL)
    return [Model(id=name, created=service.started_at, owned_by="eurag") for name in names]


def _no_model(name: str) -> ApiError:
    message = f"the model '{name}' does not exist here; GET /v1/models lists those that do"
    return ApiError(404, message, param="model", code="model_not_found")


def _questions(service: Service, body: ChatRequest) -> list[str]:
    """The user's messages that are not blank, earlier ones cut to a question's length.

    Raises `ApiError` 400 when there is none, or too much.
    """
    most = service.settings.max_messages
    if len(body.messages) > most:
        message = f"{len(body.messages)} messages are too many, at most {most} are read"
        raise ApiError(400, message, param="messages", code="array_above_max_length")
    questions = [message.text for message in body.messages if message.role == "user" and message.text.strip()]
    if not questions:
        raise ApiError(400, "no message of the user holds a question", param="messages", code="invalid_value")
    *earlier, last = questions
    check_question(service, last, "messages")
    return [*(question[: service.settings.max_question_chars] for question in earlier), last]


def _answered(
    service: Service, body: ChatRequest, questions: Sequence[str], filters: Filters, base_url: str
) -> tuple[dict[str, Any], Reply, dict[str, int]]:
    """The head, message and usage of a completion."""
    retriever = service.retriever()
    question = standalone(questions, retriever.glossary)
    if body.model in service.completers and not service.is_courtesy(retriever, question.asked):
        question = service.completers[body.model](questions, question)
    found = service.answer(retriever, question.text, filters, body.model)
    service.metrics.observe_answer(found)
    message = reply(found, question, base_url.rstrip("/"))
    prompt = _tokens(retriever.encoder, (turn.text for turn in body.messages))
    answered = _tokens(retriever.encoder, [message.content])
    usage = {"prompt_tokens": prompt, "completion_tokens": answered, "total_tokens": prompt + answered}
    head = {
        "id": f"chatcmpl-{secrets.token_hex(12)}",
        "created": int(time.time()),
        "model": body.model,
        "system_fingerprint": found.snapshot,
    }
    return head, message, usage


def _embedded(encoder: Encoder, body: EmbeddingRequest) -> dict[str, Any]:
    texts = body.input
    encode = encoder.encode_queries if body.input_type == "query" else encoder.encode_passages
    vectors: list[Vectors] = []
    for start in range(0, len(texts), _RUN):
        from_thread.check_cancelled()
        vectors += list(encode(texts[start : start + _RUN]))
    written = _as_base64 if body.encoding_format == "base64" else _as_numbers
    count = _tokens(encoder, texts)
    return {
        "object": "list",
        "data": [{"object": "embedding", "index": i, "embedding": written(v)} for i, v in enumerate(vectors)],
        "model": body.model,
        "encoder": encoder.id,
        "usage": {"prompt_tokens": count, "total_tokens": count},
    }


def _as_numbers(vector: Vectors) -> list[float]:
    numbers: list[float] = vector.tolist()
    return numbers


def _as_base64(vector: Vectors) -> str:
    return base64.b64encode(vector.astype("<f4").tobytes()).decode()


def _tokens(encoder: Encoder, texts: Iterable[str]) -> int:
    """Tokens of the texts alone, without what the encoder puts around each; at least 1 of a text that is not empty."""
    around = encoder.count_tokens("")
    return sum(max(encoder.count_tokens(text) - around, min(len(text), 1)) for text in texts)


async def _events(parts: Iterable[dict[str, Any]]) -> AsyncIterator[str]:
    """Server-sent events as OpenAI writes them, the last one [DONE]."""
    for part in parts:
        yield f"data: {json.dumps(part, ensure_ascii=False)}\n\n"
    yield "data: [DONE]\n\n"


def install(app: FastAPI) -> None:
    """Add the routes."""
    app.include_router(router)
