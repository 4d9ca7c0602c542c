from dataclasses import replace

import pytest

from rag.answer.answer import Answer
from rag.answer.quotes import Group, Quote, Sentence
from rag.conversation import Standalone
from rag.service.api.chat import chunks, completion, neutral, passage_url, reply

BASE = "http://localhost:8000"
HEAD = {"id": "chatcmpl-1", "created": 1, "model": "eurag", "system_fingerprint": "abc"}
USAGE = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}


@pytest.fixture
def answer(make_passage):
    """Two sentences, the first from two sources; its text has a number in brackets of its own."""
    texts = ["Суд 😀 заседает в Минске [1].", "The Court sits in Minsk.", "Судей десять."]
    passages = [make_passage(text, "en" if "Court" in text else "ru", row=n) for n, text in enumerate(texts)]
    quotes = [Quote(passage, 0, passage.end) for passage in passages]
    sentences = (Sentence((quotes[0], quotes[1])), Sentence((quotes[2],)))
    return Answer("Где Суд?", "ru", "abc", sentences, 0.9, ())


def plain(question):
    return Standalone(question, question)


def test_the_content_is_the_sentences_with_their_numbers_and_then_the_sources(answer):
    content = reply(answer, plain("Где Суд?"), BASE).content
    assert content.splitlines() == [
        "Суд 😀 заседает в Минске [1]. [1][2]",
        "Судей десять. [3]",
        "",
        "Источники:",
        "[1] 0.txt. (0.txt)",
        "[2] 1.txt. (1.txt)",
        "[3] 2.txt. (2.txt)",
    ]


def test_annotations_point_in_code_points_at_the_numbers_and_not_at_brackets_of_the_text(answer):
    message = reply(answer, plain("Где Суд?"), BASE)
    spans = [annotation["url_citation"] for annotation in message.annotations]
    assert [message.content[span["start_index"] : span["end_index"]] for span in spans] == ["[1]", "[2]", "[3]"]
    assert message.content[: spans[0]["start_index"]] == "Суд 😀 заседает в Минске [1]. "
    assert spans[2]["url"] == f"{BASE}/#/documents/document-2?start=0&end=13&snapshot=abc"


def test_what_differs_says_so_before_it_and_annotations_still_fit(answer):
    one, two = answer.sentences
    differing = replace(answer, sentences=(two, replace(one, role="differs")))
    message = reply(differing, plain("Где Суд?"), BASE)
    assert message.content.startswith("Судей десять. [1]\nИначе: Суд 😀 заседает в Минске [1]. [2][3]\n")
    spans = [annotation["url_citation"] for annotation in message.annotations]
    assert [message.content[span["start_index"] : span["end_index"]] for span in spans] == ["[1]", "[2]", "[3]"]


def test_headings_and_notes_stand_in_the_content_and_annotations_still_fit(answer):
    one, two = answer.sentences
    grouped = replace(answer, groups=(Group("Устав [1]", (one,)), Group("Прочее", (two,))), notes=("Сверьте [2].",))
    message = reply(grouped, plain("Где Суд?"), BASE)
    assert message.content.startswith("Устав [1]:\nСуд 😀 заседает в Минске [1]. [1][2]\nПрочее:\nСудей десять. [3]\n")
    assert "[3]\nСверьте [2].\n\nИсточники:" in message.content
    spans = [annotation["url_citation"] for annotation in message.annotations]
    assert [message.content[span["start_index"] : span["end_index"]] for span in spans] == ["[1]", "[2]", "[3]"]


def test_a_follow_up_says_how_it_was_understood_and_offsets_still_fit(answer):
    message = reply(answer, Standalone("А где он?", "Где он (Суд)?", ("Суд",)), BASE)
    assert message.content.startswith("Вопрос понят так: Где он (Суд)?\n\nСуд")
    spans = [annotation["url_citation"] for annotation in message.annotations]
    assert [message.content[span["start_index"] : span["end_index"]] for span in spans] == ["[1]", "[2]", "[3]"]
    assert message.eurag["asked"] == "А где он?"


def test_a_refusal_has_no_sources_and_no_annotations():
    message = reply(Answer("Who?", "en", "abc", (), 0.1, ()), plain("Who?"), BASE)
    assert message.content == "The texts in the library do not hold an answer to this question."
    assert (message.annotations, message.eurag["answerable"]) == ((), False)


def test_a_completion_holds_the_message_its_annotations_and_the_contracts_object(answer):
    message = reply(answer, plain("Где Суд?"), BASE)
    data = completion(HEAD, message, USAGE)
    assert (data["object"], data["usage"], data["id"]) == ("chat.completion", USAGE, "chatcmpl-1")
    said = data["choices"][0]["message"]
    assert (said["role"], said["content"]) == ("assistant", message.content)
    assert said["eurag"]["citations"][0]["quote"] == "Суд 😀 заседает в Минске [1]."


def test_the_chunks_of_a_stream_add_up_to_the_completion(answer):
    message = reply(answer, plain("Где Суд?"), BASE)
    choices = [chunk["choices"][0] for chunk in chunks(HEAD, message, None)]
    assert "".join(choice["delta"].get("content", "") for choice in choices) == message.content
    assert choices[0]["delta"]["role"] == "assistant"
    assert choices[-2]["delta"] == {"annotations": list(message.annotations), "eurag": message.eurag}
    assert [choice["finish_reason"] for choice in choices] == [None] * (len(choices) - 1) + ["stop"]


def test_a_sentence_is_a_chunk(answer):
    message = reply(answer, plain("Где Суд?"), BASE)
    assert message.pieces[:2] == ("Суд 😀 заседает в Минске [1]. [1][2]\n", "Судей десять. [3]")


def test_usage_is_in_a_last_chunk_without_choices_and_null_before_only_when_asked_for(answer):
    message = reply(answer, plain("Где Суд?"), BASE)
    *before, last = chunks(HEAD, message, USAGE)
    assert (last["choices"], last["usage"]) == ([], USAGE)
    assert all(chunk["usage"] is None for chunk in before)
    assert all("usage" not in chunk for chunk in chunks(HEAD, message, None))


def test_an_address_escapes_what_an_id_may_hold():
    url = passage_url(BASE, {"document": "a/b#c", "start": 1, "end": 2}, "s&t")
    assert url == f"{BASE}/#/documents/a%2Fb%23c?start=1&end=2&snapshot=s%26t"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See ![x](https://evil.example/pixel.png) here", "See !\\[x](https://evil.example/pixel.png) here"),
        ("[click](javascript:alert(1))", "\\[click](javascript:alert(1))"),
        ("[a]: https://evil.example and [click][a]", "\\[a]: https://evil.example and \\[click][a]"),
        (
            "<img src=x> <https://evil.example> </b> <!-- -->",
            "\\<img src=x> \\<https://evil.example> \\</b> \\<!-- -->",
        ),
        ("GDP < 5 [1, p. 7] and a[0] stay", "GDP < 5 [1, p. 7] and a[0] stay"),
    ],
)
def test_what_a_text_says_is_neutral_where_markdown_is_rendered(make_passage, text, expected):
    assert neutral(text) == expected
    passage = make_passage(text, "en")
    answer = Answer("What?", "en", "abc", (Sentence((Quote(passage, 0, passage.end),)),), 0.9, ())
    message = reply(answer, plain("What?"), BASE)
    assert message.content.startswith(f"{expected} [1]\n")
    cited = message.annotations[0]["url_citation"]
    assert message.content[cited["start_index"] : cited["end_index"]] == "[1]"
    assert message.eurag["sentences"][0]["text"] == text
