from dataclasses import replace

import pytest

from rag.answers import answer
from rag.contract import answer_json
from rag.groups import Group
from rag.llm.answer import cited_sentences, llm_answer, worded
from tests.rag.llm.conftest import begin, event, passages_in, trickle

QUESTION = "Where does the Court of the Union sit?"


@pytest.fixture(autouse=True)
def _answered_always(set_threshold):
    set_threshold(0.0)


def citing(words, text):
    """A script: the text, each {} in it the number of the passage that holds the words."""

    def script(body, handler):
        number = next(n for n, passage in passages_in(body).items() if words in passage)
        return text.format(number)

    return script


def test_a_held_sentence_is_given_in_the_models_words_with_the_quote_it_rests_on(model, retriever):
    model.script = citing("sits in Minsk", "The Court of the Union sits in Minsk [{}].")
    found = llm_answer(model.settings(), retriever, QUESTION)
    (sentence,) = found.sentences
    assert sentence.text == "The Court of the Union sits in Minsk."
    assert "sits in Minsk" in sentence.quotes[0].text
    assert (found.generation.kept, found.generation.dropped, found.generation.used) == (1, 0, True)


def test_the_headings_of_the_quotes_do_not_stand_over_a_models_words(model, retriever):
    plain = answer(retriever, QUESTION)
    grouped = replace(plain, groups=(Group("Sources", plain.sentences),))
    model.script = citing("sits in Minsk", "The Court of the Union sits in Minsk [{}].")
    assert worded(model.settings(), retriever, grouped).groups == ()
    model.script = citing("sits in Minsk", "Nobody knows.")
    assert worded(model.settings(), retriever, grouped).groups == grouped.groups


def test_what_does_not_hold_is_dropped_and_counted(model, retriever):
    text = "The Court of the Union sits in Minsk [{0}]. The judges serve nine years [{0}]. Its judges serve six [{0}]."
    model.script = citing("sits in Minsk", text)
    found = llm_answer(model.settings(), retriever, QUESTION)
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
def test_where_too_little_holds_the_extractive_answer_is_given_and_says_so(model, retriever, text):
    model.script = citing("sits in Minsk", text)
    found, extractive = llm_answer(model.settings(), retriever, QUESTION), answer(retriever, QUESTION)
    assert (found.sentences, found.generation.used) == (extractive.sentences, False)
    assert "Quoted instead" in answer_json(found)["generation"]["note"]


def refusing(status):
    def script(body, handler):
        begin(handler, status, "application/json", retry_after_ms="1")
        handler.wfile.write(b'{"error": {"message": "no"}}')

    return script


def sending(data, kind="text/event-stream"):
    def script(body, handler):
        begin(handler, 200, kind)
        handler.wfile.write(data)

    return script


@pytest.mark.parametrize(
    "script",
    [
        *(refusing(status) for status in (400, 401, 404, 429, 500, 503)),
        sending(b"<html>welcome</html>", "text/html"),
        sending(b"data: not json\n\n"),
        sending(b"data: [1, 2]\n\n"),
        sending(b'data: {"choices": 3}\n\n'),
        sending(b'data: {"choices": [{"delta": null}]}\n\n'),
        sending(b'data: {"choices": [{"delta": {"content": 5}}]}\n\n'),
        sending(b'data: {"error": {"message": "overloaded"}}\n\n'),
        sending(b"data: \xff\xfe\n\n"),
        sending(event("The Court")[:40]),
    ],
)
def test_a_model_that_refuses_or_talks_nonsense_costs_no_answer(model, retriever, script):
    model.script = script
    found, extractive = llm_answer(model.settings(), retriever, QUESTION), answer(retriever, QUESTION)
    assert found.sentences == extractive.sentences
    assert not found.generation.used


def test_a_model_that_is_down_costs_no_answer(model, retriever):
    settings = model.settings()
    model.stop()
    found = llm_answer(settings, retriever, QUESTION)
    assert found.sentences == answer(retriever, QUESTION).sentences
    assert found.generation.problem


@pytest.mark.parametrize("kind", ["silent", "trickling"])
def test_a_model_that_is_slow_is_given_up_at_the_deadline(model, retriever, kind):
    model.script = trickle(model) if kind == "trickling" else lambda body, handler: model.closing.wait(30) and None
    found = llm_answer(model.settings(timeout_s=0.5), retriever, QUESTION)
    assert found.sentences == answer(retriever, QUESTION).sentences
    assert "within 0.5 s" in found.generation.problem


def test_a_model_that_never_ends_is_cut_off(model, retriever):
    def endless(body, handler):
        begin(handler)
        while not model.closing.is_set():
            handler.wfile.write(event("on and on and on "))

    model.script = endless
    found = llm_answer(model.settings(answer_tokens=50), retriever, QUESTION)
    assert found.sentences == answer(retriever, QUESTION).sentences


def test_a_refusal_is_never_worded(model, retriever, set_threshold):
    set_threshold(1.1)
    found = llm_answer(model.settings(), retriever, QUESTION)
    assert not found.answerable and found.generation is None
    assert model.requests == []


def test_the_key_goes_to_the_endpoint_and_nowhere_else(model, retriever):
    settings = model.settings(key="secret-1")
    found = llm_answer(settings, retriever, QUESTION)
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
    ],
)
def test_marks_belong_to_the_sentence_before_them(text, expected):
    assert list(cited_sentences(text, "en")) == expected


def test_a_model_that_writes_much_is_read_only_so_far():
    assert len(list(cited_sentences("A sentence is here [1]. " * 500, "en"))) == 12
