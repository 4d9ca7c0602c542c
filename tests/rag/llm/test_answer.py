import json
import re
from dataclasses import replace

import pytest

from rag.answer.quotes import Group
from rag.llm.answer import cited_sentences, llm_answer, worded
from rag.llm.settings import read_llm_settings
from rag.llm.transport import MOST_BYTES
from rag.output.contract import answer_json
from tests.rag.llm.conftest import begin, event, passages_in, trickle

QUESTION = "Where does the Court of the Union sit?"


def citing(words, text):
    """A script: the text, each {} in it the number of the passage that holds the words."""

    def script(body, handler):
        number = next(n for n, passage in passages_in(body).items() if words in passage)
        return text.format(number)

    return script


def test_a_held_sentence_is_given_in_the_models_words_with_the_quote_it_rests_on(model, ask, retriever):
    model.script = citing("sits in Minsk", "The Court of the Union sits in Minsk [{}].")
    found = llm_answer(model.settings(), ask, retriever, QUESTION)
    (sentence,) = found.sentences
    assert sentence.text == "The Court of the Union sits in Minsk."
    assert "sits in Minsk" in sentence.quotes[0].text
    assert (found.generation.kept, found.generation.dropped, found.generation.used) == (1, 0, True)


def test_the_headings_of_the_quotes_do_not_stand_over_a_models_words(model, ask, retriever):
    plain = ask(retriever, QUESTION)
    grouped = replace(plain, groups=(Group("Sources", plain.sentences),))
    model.script = citing("sits in Minsk", "The Court of the Union sits in Minsk [{}].")
    assert worded(model.settings(), retriever, grouped).groups == ()
    model.script = citing("sits in Minsk", "Nobody knows.")
    assert worded(model.settings(), retriever, grouped).groups == grouped.groups


def test_what_does_not_hold_is_dropped_and_counted(model, ask, retriever):
    text = "The Court of the Union sits in Minsk [{0}]. The judges serve nine years [{0}]. Its judges serve six [{0}]."
    model.script = citing("sits in Minsk", text)
    found = llm_answer(model.settings(), ask, retriever, QUESTION)
    assert not any("six" in sentence.text for sentence in found.sentences)
    assert found.generation.dropped == 1
    assert "2 of its 3" in found.generation.note("en")
    assert "2 из 3" in found.generation.note("ru")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I do not know.",
        "The Court of the Union sits in Minsk.",
        "The Court of the Union sits in Minsk [99].",
        "The Court of the Union sits in Astana [{}].",
        "[{}] [{}]",
        "\x00\ufffd" * 40,
    ],
    ids=["empty", "no citation", "true without citation", "no such passage", "another city", "marks only", "garbage"],
)
def test_where_too_little_holds_the_extractive_answer_is_given_and_says_so(model, ask, retriever, text):
    model.script = citing("sits in Minsk", text)
    found, extractive = llm_answer(model.settings(), ask, retriever, QUESTION), ask(retriever, QUESTION)
    assert (found.sentences, found.generation.used) == (extractive.sentences, False)
    assert "Quoted instead" in answer_json(found)["generation"]["note"]


def refusing(status, message="no", **headers):
    def script(body, handler):
        begin(handler, status, "application/json", **({"retry_after_ms": "1"} | headers))
        handler.wfile.write(json.dumps({"error": {"message": message}}).encode())

    return script


def sending(data, kind="text/event-stream", **headers):
    def script(body, handler):
        begin(handler, 200, kind, **headers)
        handler.wfile.write(data)

    return script


def chunk(**fields):
    return f"data: {json.dumps(fields)}\n\n".encode()


def huge(body, handler):
    begin(handler)
    handler.wfile.write(b"data: ")
    for _ in range(MOST_BYTES // 1_000_000 + 9):
        handler.wfile.write(b"a" * 1_000_000)


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (refusing(400, "Unsupported parameter."), "refused the request: HTTP 400: Unsupported parameter."),
        (refusing(401, "Wrong key secret-1"), "did not accept the key (EURAG_LLM_KEY)."),
        (refusing(403), "did not accept the key"),
        (refusing(404, "model 'scripted' not found"), "has no model scripted."),
        (refusing(404, "Not Found"), "has no such address"),
        (refusing(429), "is overloaded, or the quota there is used up."),
        (refusing(429, retry_after="60", retry_after_ms="x"), "is overloaded"),
        (refusing(500, "Out of memory with secret-1"), "failed: HTTP 500: Out of memory with ***."),
        (refusing(503), "is overloaded"),
        (sending(b"<html>welcome</html>", "text/html; charset=utf-8"), "sent HTML instead of a streamed answer"),
        (sending(b'{"result": "yes"}', "application/json"), "sent JSON instead of a streamed answer"),
        (sending(b"hello", "text/plain"), "sent text/plain instead"),
        (sending(b"hello"), "wrote nothing."),
        (sending(chunk(choices=[])), "wrote nothing."),
        (sending(b"data: not json\n\n"), "sent what cannot be read."),
        (sending(b"data: [1, 2]\n\n"), "sent what cannot be read."),
        (sending(b"data: " + b"[" * 200_000 + b"\n\n"), "sent what cannot be read."),
        (sending(chunk(choices=3)), "sent what cannot be read."),
        (sending(chunk(choices=[{"delta": None}])), "sent what cannot be read."),
        (sending(chunk(choices=[{"delta": {"content": 5}}])), "sent what cannot be read."),
        (sending(chunk(error={"message": "too many users"})), "failed: too many users."),
        (sending(b"data: \xff\xfe\n\n"), "sent what cannot be read."),
        (sending(event("The Court"), Content_Length="9999"), "broke off."),
        (sending(event("The Court")[:40]), "Quoted instead"),
        (huge, "Quoted instead"),
    ],
)
def test_a_model_that_refuses_or_talks_nonsense_costs_no_answer_and_the_note_says_what_came(
    model, ask, retriever, script, told
):
    model.script = script
    found, extractive = llm_answer(model.settings(key="secret-1"), ask, retriever, QUESTION), ask(retriever, QUESTION)
    assert found.sentences == extractive.sentences
    note = answer_json(found)["generation"]["note"]
    assert told in note
    assert not re.search(r"secret|Error|Exception", note)


def test_who_asks_to_be_left_alone_for_long_is_not_asked_again(model, ask, retriever):
    model.script = refusing(429, retry_after="60", retry_after_ms="x")
    llm_answer(model.settings(), ask, retriever, QUESTION)
    assert len(model.requests) == 1


def test_settings_that_cannot_be_used_cost_no_answer(ask, retriever):
    settings = read_llm_settings({}, {"EURAG_LLM_URL": "foo", "EURAG_LLM_MODEL": "m"})
    found = llm_answer(settings, ask, retriever, QUESTION)
    assert found.sentences == ask(retriever, QUESTION).sentences
    assert "no model is set up: EURAG_LLM_URL" in found.generation.note("en")
    assert "модель не настроена: EURAG_LLM_URL" in found.generation.note("ru")


def test_a_proxy_that_cannot_be_used_costs_no_answer(model, ask, retriever, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "nonsense://x:1")
    assert "Unknown scheme for proxy" in llm_answer(model.settings(), ask, retriever, QUESTION).generation.note("en")


def test_an_answer_in_another_language_is_not_taken(model, ask, retriever):
    model.script = citing("sits in Minsk", "Суд Союза находится в Минске [{}].")
    found = llm_answer(model.settings(), ask, retriever, QUESTION)
    assert found.sentences == ask(retriever, QUESTION).sentences
    assert found.generation.note("en").endswith("answered in another language.")


def test_where_no_passage_fits_the_model_is_not_asked(model, ask, retriever):
    found = llm_answer(model.settings(prompt_tokens=1), ask, retriever, QUESTION)
    assert found.sentences == ask(retriever, QUESTION).sentences
    assert "none of the passages found can be shown" in found.generation.note("en")
    assert model.requests == []


def test_a_model_that_is_down_costs_no_answer(model, ask, retriever):
    settings = model.settings()
    model.stop()
    found = llm_answer(settings, ask, retriever, QUESTION)
    assert found.sentences == ask(retriever, QUESTION).sentences
    assert found.generation.problem


@pytest.mark.parametrize("kind", ["silent", "trickling"])
def test_a_model_that_is_slow_is_given_up_at_the_deadline(model, ask, retriever, kind):
    model.script = trickle(model) if kind == "trickling" else lambda body, handler: model.closing.wait(30) and None
    found = llm_answer(model.settings(timeout_s=0.5), ask, retriever, QUESTION)
    assert found.sentences == ask(retriever, QUESTION).sentences
    assert "within 0.5 s" in found.generation.note("en")


def test_a_model_that_never_ends_is_cut_off(model, ask, retriever):
    def endless(body, handler):
        begin(handler)
        while not model.closing.is_set():
            handler.wfile.write(event("on and on and on "))

    model.script = endless
    found = llm_answer(model.settings(answer_tokens=50), ask, retriever, QUESTION)
    assert found.sentences == ask(retriever, QUESTION).sentences


def test_a_refusal_is_never_worded(model, retriever, set_threshold):
    found = llm_answer(model.settings(), set_threshold(1.1), retriever, QUESTION)
    assert not found.answerable and found.generation is None
    assert model.requests == []


def test_the_key_goes_to_the_endpoint_and_nowhere_else(model, ask, retriever):
    settings = model.settings(key="secret-1")
    found = llm_answer(settings, ask, retriever, QUESTION)
    assert model.requests[0]["authorization"] == "Bearer secret-1"
    assert "secret-1" not in repr(settings) + str(answer_json(found))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One thing [1]. Another [2][3].", [("One thing.", (1,)), ("Another.", (2, 3))]),
        ("One thing. [1] Another. [2, 3]", [("One thing.", (1,)), ("Another.", (2, 3))]),
        ("- Одно [1].\n- Другое [1][1].", [("Одно.", (1,)), ("Другое.", (1,))]),
        ("Nothing cited.", [("Nothing cited.", ())]),
        ("[1]", []),
        ("**One thing** [[1]]. `Another` [^2], [passage 3].", [("One thing.", (1,)), ("Another.", (2, 3))]),
        ("One thing【1】. Another [2-4].", [("One thing.", (1,)), ("Another.", (2, 4))]),
        (
            "# The answer\n\nHere it is:\n\n* One thing [1].\n---\n> Another. [2]",
            [("One thing.", (1,)), ("Another.", (2,))],
        ),
        ("“One thing.” [1] Another. [2]", [("“One thing.”", (1,)), ("Another.", (2,))]),
        (f"One thing [{'9' * 5000}].", [(f"One thing [{'9' * 5000}].", ())]),
    ],
)
def test_marks_belong_to_the_sentence_before_them(text, expected):
    assert list(cited_sentences(text, "en")) == expected


def test_what_a_model_says_again_is_not_said_again(model, ask, retriever):
    model.script = citing("sits in Minsk", "The Court of the Union sits in Minsk [{0}]. " * 4)
    found = llm_answer(model.settings(), ask, retriever, QUESTION)
    assert len(found.sentences) == found.generation.kept == 1


def test_a_model_that_writes_much_is_read_only_so_far():
    assert len(list(cited_sentences("A sentence is here [1]. " * 500, "en"))) == 12
