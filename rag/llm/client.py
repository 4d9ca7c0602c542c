"""The one place that speaks to the model; whatever goes wrong there is one error here."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from corpus import EuragError
from rag.llm.prompt import Message
from rag.llm.settings import LlmSettings

RETRIES = 2
#: An answer longer than this many characters a token is cut off: a model that does not stop is stopped.
_CHARACTERS = 12


class LlmUnavailable(EuragError):
    """The model gave no answer: down, too slow, refusing, or not speaking the protocol."""


def complete(settings: LlmSettings, messages: Sequence[Message]) -> str:
    """What the model answers, at most as long as the settings allow. Raises `LlmUnavailable`."""
    try:
        from anyio.from_thread import start_blocking_portal
        from httpx2 import HTTPError
        from openai import OpenAIError
    except ImportError as exc:
        raise LlmUnavailable(f"{exc}: install eurag[llm]") from exc
    try:
        with start_blocking_portal() as portal:  # a caller may have an event loop of its own
            return portal.call(_complete, settings, messages)
    except TimeoutError as exc:
        raise LlmUnavailable(f"the model did not answer within {settings.timeout_s:g} s") from exc
    except (OpenAIError, HTTPError, ValueError, LookupError, TypeError, AttributeError) as exc:
        # what a stream of nonsense raises depends on the nonsense: the client checks no types
        raise LlmUnavailable(f"the model could not answer: {type(exc).__name__}") from exc


async def _complete(settings: LlmSettings, messages: Sequence[Message]) -> str:
    """The deadline is for all of it: the client's own time-out begins anew with every byte."""
    from anyio import fail_after
    from openai import AsyncOpenAI

    sent: list[Any] = [asdict(message) for message in messages]
    text, most = "", settings.answer_tokens * _CHARACTERS
    async with AsyncOpenAI(base_url=settings.url, api_key=settings.key, max_retries=RETRIES) as client:
        with fail_after(settings.timeout_s):
            stream = await client.chat.completions.create(
                model=settings.model,
                messages=sent,
                max_tokens=settings.answer_tokens,
                temperature=0,
                stream=True,
            )
            async with stream:
                async for chunk in stream:
                    text += (chunk.choices[0].delta.content or "") if chunk.choices else ""
                    if len(text) > most:
                        break
    return text[:most]
