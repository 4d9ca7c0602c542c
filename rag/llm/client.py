"""The one place that speaks to the model; whatever goes wrong there is one error here."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from corpus import squash
from rag.answer.problem import Kind, Problem
from rag.errors import LlmUnavailable
from rag.llm.prompt import Message
from rag.llm.settings import NO_KEY, LlmSettings

RETRIES = 2
#: An answer longer than this many characters a token is cut off: a model that does not stop is stopped.
_CHARACTERS = 12
_MOST_TOLD = 200

_KINDS: dict[int, Kind] = {401: "key", 403: "key", 408: "overloaded", 429: "overloaded", 503: "overloaded"}
_STREAM, _FORMATS = "text/event-stream", {"text/html": "HTML", "application/json": "JSON"}
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.S)


def complete(settings: LlmSettings, messages: Sequence[Message]) -> str:
    """What the model answers, at most as long as the settings allow. Raises `LlmUnavailable`."""
    if settings.unusable:
        raise _unavailable(settings, "settings", settings.unusable)
    try:
        from anyio.from_thread import start_blocking_portal

        with start_blocking_portal() as portal:  # a caller may have an event loop of its own
            return portal.call(_complete, settings, messages)
    except LlmUnavailable:
        raise
    except ImportError as exc:
        raise _unavailable(settings, "settings", f"{exc}; install eurag[llm]") from exc
    except TimeoutError as exc:
        raise _unavailable(settings, "late", f"{settings.timeout_s:g}") from exc
    except Exception as exc:  # what a stream of nonsense raises depends on the nonsense: the client checks no types
        raise _translated(settings, exc) from exc


async def _complete(settings: LlmSettings, messages: Sequence[Message]) -> str:
    """The deadline is for all of it: the client's own time-out begins anew with every byte."""
    from anyio import fail_after

    sent: list[Any] = [asdict(message) for message in messages]
    async with _client(settings) as client:
        with fail_after(settings.timeout_s):
            stream = await client.chat.completions.create(
                model=settings.model,
                messages=sent,
                max_tokens=settings.answer_tokens,
                temperature=0,
                stream=True,
            )
            async with stream:
                return await _read(settings, stream)


def _client(settings: LlmSettings) -> Any:
    """The client, under whatever the environment says of proxies and certificates."""
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient

    from rag.llm.transport import restrain

    try:
        connection = DefaultAsyncHttpxClient(event_hooks={"response": [restrain]})
    except (ImportError, OSError, ValueError) as exc:
        raise _unavailable(settings, "settings", str(exc)) from exc
    return AsyncOpenAI(base_url=settings.url, api_key=settings.key, max_retries=RETRIES, http_client=connection)


async def _read(settings: LlmSettings, stream: Any) -> str:
    """The text of a stream, without what a model thinks aloud before it answers."""
    from openai import APIConnectionError

    text, most, spoke = "", settings.answer_tokens * _CHARACTERS, False
    try:
        async for chunk in stream:
            spoke = spoke or bool(chunk.choices)
            text += (chunk.choices[0].delta.content or "") if chunk.choices else ""
            if len(text) > most:
                break
    except APIConnectionError as exc:
        raise _unavailable(settings, "interrupted") from exc
    sent = stream.response.headers.get("content-type", _STREAM).partition(";")[0].strip()
    if not spoke and sent != _STREAM:
        raise _unavailable(settings, "not a stream", _FORMATS.get(sent, sent))
    return _THOUGHT.sub("", text[:most])


def _translated(settings: LlmSettings, exc: Exception) -> LlmUnavailable:
    """What the client raised, as the problem that it is."""
    from openai import APIConnectionError, APIError, APIStatusError

    if isinstance(exc, APIStatusError):
        told = _told(settings, exc)
        if exc.status_code == 404:
            return _unavailable(settings, "model" if "model" in told.casefold() else "address")
        kind = _KINDS.get(exc.status_code, "failed" if exc.status_code >= 500 else "refused")
        return _unavailable(settings, kind, f"HTTP {exc.status_code}{told and ': '}{told}")
    if isinstance(exc, APIConnectionError):
        return _unavailable(settings, "unreachable")
    if isinstance(exc, APIError):
        return _unavailable(settings, "failed", _told(settings, exc))
    return _unavailable(settings, "garbled")


def _told(settings: LlmSettings, exc: Any) -> str:
    """The server's own words for its error, without the key."""
    message = exc.body.get("message") if isinstance(exc.body, dict) else exc.body
    words = squash(message) if isinstance(message, str) else ""
    shown = words if settings.key == NO_KEY else words.replace(settings.key, "***")
    return shown[:_MOST_TOLD].rstrip(" .")


def _unavailable(settings: LlmSettings, kind: Kind, detail: str = "") -> LlmUnavailable:
    return LlmUnavailable(Problem(kind, settings.model, settings.host, detail))
