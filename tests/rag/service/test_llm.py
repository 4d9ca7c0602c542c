"""The chat model `eurag-llm`: there where a model is configured, and never dearer than the extractive answer."""

from contextlib import ExitStack

import pytest
from fastapi.testclient import TestClient

from rag.llm.settings import LlmSettings, read_llm_settings
from rag.service.app import create_app
from rag.service.settings import ServiceSettings
from rag.service.state import models
from rag.settings import Settings
from tests.rag.llm.conftest import ScriptedModel, begin, passages_in
from tests.rag.service.conftest import BASE, until_ready

QUESTION = [{"role": "user", "content": "Where does the Court of the Union sit?"}]


@pytest.fixture
def model():
    running = ScriptedModel()
    yield running
    running.stop()


@pytest.fixture
def chat(model, service_home):
    """Asks the application, which has the scripted model as `eurag-llm`; gives text where `stream` is said."""
    settings = ServiceSettings(Settings(service_home, llm=model.settings()), requests_per_minute=0)
    with ExitStack() as running:
        client = running.enter_context(TestClient(create_app(settings), base_url=BASE))
        until_ready(client)

        def ask(name, stream=None):
            body = {"model": name, "messages": QUESTION} | ({} if stream is None else {"stream": stream})
            response = client.post("/v1/chat/completions", json=body)
            return response.json() if stream is None else response.text

        yield ask


def test_it_is_a_model_only_where_one_is_configured(tmp_path):
    assert set(models(ServiceSettings(Settings(tmp_path)))) == {"eurag"}
    llm = LlmSettings("http://localhost:1/v1", "m")
    assert set(models(ServiceSettings(Settings(tmp_path, llm=llm)))) == {"eurag", "eurag-llm"}


def test_a_model_gets_less_time_than_a_request(tmp_path, ask):
    llm = LlmSettings("http://localhost:1/v1", "m", timeout_s=500)
    known = models(ServiceSettings(Settings(tmp_path, llm=llm), request_timeout_s=10))
    assert known["eurag-llm"](ask).args[0].timeout_s == 5


def test_its_answer_is_a_chat_message_with_the_note_at_the_end(chat, model):
    def minsk(body, handler):
        n = next(n for n, text in passages_in(body).items() if "sits in Minsk" in text)
        return f"The Court of the Union sits in Minsk [{n}]."

    model.script = minsk
    message = chat("eurag-llm")["choices"][0]["message"]
    assert message["content"].startswith("The Court of the Union sits in Minsk. [1]")
    assert message["content"].endswith("1 of its 1 sentences are held by the passages they cite.")
    assert message["eurag"]["generation"]["used"] is True
    assert len(message["annotations"]) == 1


def test_when_the_model_is_down_the_answer_is_that_of_eurag(chat, model):
    model.stop()
    worded, quoted = (chat(name)["choices"][0]["message"]["eurag"] for name in ("eurag-llm", "eurag"))
    assert worded["sentences"] == quoted["sentences"]
    assert worded["generation"]["used"] is False


def refusing(body, handler):
    begin(handler, 401, "application/json")
    handler.wfile.write(b'{"error": {"message": "no"}}')


@pytest.mark.parametrize("stream", [False, True])
def test_what_went_wrong_stands_at_the_end_of_the_answer(chat, model, stream):
    model.script = refusing
    told = chat("eurag-llm", stream=stream)
    assert "sits in Minsk" in told
    assert "did not accept the key (EURAG_LLM_KEY)" in told


def test_settings_that_cannot_be_used_leave_a_model_that_quotes(tmp_path, caplog):
    llm = read_llm_settings({}, {"EURAG_LLM_URL": "foo"})
    assert set(models(ServiceSettings(Settings(tmp_path, llm=llm)))) == {"eurag", "eurag-llm"}
    assert "eurag-llm only quotes: EURAG_LLM_URL" in caplog.text
