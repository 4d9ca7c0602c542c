import asyncio
import sys

import pytest

from rag.errors import LlmUnavailable
from rag.llm.client import complete
from rag.llm.prompt import Message
from tests.rag.llm.conftest import begin, stream

MESSAGES = (Message("system", "Rules."), Message("user", "Вопрос?"))


def test_the_pieces_of_a_stream_are_the_answer(model):
    model.script = lambda body, handler: "Суд находится в Минске [1]."
    assert complete(model.settings(), MESSAGES) == "Суд находится в Минске [1]."


def test_model_messages_and_limits_are_sent(model):
    complete(model.settings(answer_tokens=77), MESSAGES)
    (request,) = model.requests
    assert request["messages"] == [{"role": "system", "content": "Rules."}, {"role": "user", "content": "Вопрос?"}]
    assert (request["model"], request["max_tokens"], request["stream"]) == ("scripted", 77, True)


def test_a_server_that_fails_once_is_asked_again(model):
    def script(body, handler):
        if len(model.requests) == 1:
            return begin(handler, 503, "application/json", retry_after_ms="1")
        return stream(handler, ["Yes [1]."])

    model.script = script
    assert complete(model.settings(), MESSAGES) == "Yes [1]."
    assert len(model.requests) == 2


def test_it_works_where_an_event_loop_is_running(model):
    model.script = lambda body, handler: "Yes [1]."

    async def ask():
        return complete(model.settings(), MESSAGES)

    assert asyncio.run(ask()) == "Yes [1]."


@pytest.mark.parametrize("thought", ["<think>Hm [2].\n</think>Yes [1].", "Yes [1].<think>Is that so?"])
def test_what_a_model_thinks_aloud_is_no_answer(model, thought):
    model.script = lambda body, handler: thought
    assert complete(model.settings(), MESSAGES) == "Yes [1]."


def test_without_the_client_library_it_says_what_to_install(model, monkeypatch):
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(LlmUnavailable, match=r"install eurag\[llm\]"):
        complete(model.settings(), MESSAGES)
