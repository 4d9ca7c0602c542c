"""Programs that others wrote, against a process of the service."""

import pytest

from tests.rag.conftest import TEXTS
from tests.rag.service.fake_server import running

QUESTION = [{"role": "user", "content": "Where does the Court of the Union sit?"}]
FIRST = "The Court of the Union sits in Minsk. [1]"


@pytest.fixture(scope="module")
def address(tmp_path_factory, fill_home):
    """Where the process answers."""
    home = tmp_path_factory.mktemp("clients")
    fill_home(home, TEXTS)
    with running(home) as url:
        yield url


@pytest.fixture
def openai(address):
    """The official client; it retries nothing, so that every error shows."""
    from openai import OpenAI

    with OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as client:
        yield client


def test_the_official_client_gets_an_answer_with_citations(openai):
    completion = openai.chat.completions.create(model="eurag", messages=QUESTION, temperature=0)
    message = completion.choices[0].message
    assert message.content.startswith(FIRST)
    span = message.annotations[0].url_citation
    assert message.content[span.start_index : span.end_index] == "[1]"
    assert message.eurag["citations"][0]["quote"] == "The Court of the Union sits in Minsk."
    assert completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens


def test_the_official_client_streams_the_same_answer(openai):
    whole = openai.chat.completions.create(model="eurag", messages=QUESTION)
    options = {"include_usage": True}
    with openai.chat.completions.create(
        model="eurag", messages=QUESTION, stream=True, stream_options=options
    ) as stream:
        chunks = list(stream)
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    assert "".join(delta.content or "" for delta in deltas) == whole.choices[0].message.content
    assert deltas[-2].eurag == whole.choices[0].message.eurag
    assert chunks[-1].usage == whole.usage


def test_the_official_clients_stream_helper_puts_the_message_together(openai):
    with openai.chat.completions.stream(model="eurag", messages=QUESTION) as stream:
        completion = stream.get_final_completion()
    assert completion.choices[0].message.content.startswith(FIRST)


def test_the_official_client_raises_its_own_errors(openai):
    from openai import BadRequestError, NotFoundError

    with pytest.raises(NotFoundError) as missing:
        openai.chat.completions.create(model="gpt-5", messages=QUESTION)
    assert (missing.value.code, missing.value.param) == ("model_not_found", "model")
    with pytest.raises(BadRequestError) as refused:
        openai.chat.completions.create(model="eurag", messages=QUESTION, n=2)
    assert (refused.value.code, refused.value.param) == ("unsupported_value", "n")


def test_the_official_client_lists_models_and_embeds(openai):
    models = [model.id for model in openai.models.list()]
    assert openai.models.retrieve(models[0]).id == "eurag"
    found = openai.embeddings.create(model="eurag-embedding", input=["court", "border"])
    assert [len(item.embedding) for item in found.data] == [1024, 1024]
    plain = openai.embeddings.create(model="eurag-embedding", input="court", encoding_format="float")
    assert plain.data[0].embedding == pytest.approx(found.data[0].embedding)


@pytest.fixture
def langchain(address):
    module = pytest.importorskip("langchain_openai", reason="LangChain is not installed: pip install '.[clients]'")
    return module.ChatOpenAI(model="eurag", base_url=f"{address}/v1", api_key="none", max_retries=0)


def test_langchain_gets_and_streams_an_answer_with_citations(langchain):
    question = QUESTION[0]["content"]
    answered = langchain.invoke(question)
    assert answered.text.startswith(FIRST)
    assert "Sources:\n[1] The Court" in answered.text
    streamed = list(langchain.stream(question))
    assert "".join(chunk.text for chunk in streamed) == answered.text
    assert sum(bool(chunk.text) for chunk in streamed) > 1
    assert answered.usage_metadata["output_tokens"] > 0


def test_langchain_carries_a_conversation(langchain):
    turns = [("human", QUESTION[0]["content"]), ("ai", "In Minsk."), ("human", "How many judges does it have?")]
    assert langchain.invoke(turns).text.startswith("Understood as: ")
