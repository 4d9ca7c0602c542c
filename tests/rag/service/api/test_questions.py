import pytest

from rag.messages import COURTESY
from rag.service.api.schemas import AnswerSentence, AskResponse, SearchResponse, Wording
from tests.rag.output.test_contract import (
    ANSWER,
    ANSWER_ADDED,
    CITATION,
    CITATION_ADDED,
    RESULT,
    RESULT_ADDED,
    SEARCH,
    SENTENCE,
    SENTENCE_ADDED,
)


def error(response):
    detail = response.json()["error"]
    return response.status_code, detail["param"], detail["code"]


def test_search_gives_what_the_command_line_gives(client):
    found = client.post("/search", json={"query": "Where does the Court sit?", "k": 3}).json()
    assert set(found) == SEARCH
    assert [set(result) for result in found["results"]] == [RESULT | RESULT_ADDED] * 3
    assert found["results"][0]["source"] in ("court.md", "sud.md")


def test_ask_gives_what_the_command_line_gives(client):
    answered = client.post("/ask", json={"question": "Где находится Суд Союза?"}).json()
    assert set(answered) == ANSWER | ANSWER_ADDED
    assert {frozenset(citation) for citation in answered["citations"]} == {frozenset(CITATION | CITATION_ADDED)}


def test_a_refusal_is_an_answer_too(client):
    refused = client.post("/ask", json={"question": "Кто написал оперу о китах?"})
    assert refused.status_code == 200
    assert (refused.json()["answerable"], refused.json()["citations"]) == (False, [])


def test_a_greeting_gets_a_plain_reply_in_its_language_and_no_search(thanked, client):
    thanked = client.post("/ask", json={"question": "Спасибо!"}).json()
    assert (thanked["language"], thanked["answerable"], thanked["reason"]) == ("ru", False, None)
    assert thanked["answer"] == COURTESY["ru"]
    assert thanked["sentences"] == thanked["citations"] == thanked["passages"] == []


def test_the_described_fields_are_those_of_the_contract():
    assert set(SearchResponse.model_fields) == SEARCH
    assert set(AskResponse.model_fields) == ANSWER | ANSWER_ADDED | {"generation"}
    assert set(AnswerSentence.model_fields) == SENTENCE | SENTENCE_ADDED
    assert set(Wording.model_fields) == {"model", "kept", "dropped", "used", "problem", "note"}
    assert "generation" not in AskResponse.model_json_schema()["required"]


@pytest.mark.parametrize("filters", [{"language": "ru"}, {"kind": "article"}, {"since": "2019-01", "until": "2019-12"}])
def test_what_is_found_passes_the_filters_like_what_is_listed(client, filters):
    found = client.post("/search", json={"query": "Court суд", **filters}).json()["results"]
    listed = client.get("/documents", params=filters).json()
    assert {result["source"] for result in found} == {document["source"] for document in listed["documents"]}
    assert 0 < listed["total"] < 7


def test_an_author_is_found_by_a_part_of_the_name_in_any_case(start, service_home, fill_home):
    from tests.rag.conftest import TEXTS

    text = "---\ntitle: О границе\nlanguage: ru\nauthors: [Бахлова О. В.]\n---\nГраница открыта с июля.\n"
    fill_home(service_home, {**TEXTS, "author.md": text})
    found = start().post("/search", json={"query": "граница", "author": "бахлов"}).json()["results"]
    assert [result["source"] for result in found] == ["author.md"]
    assert start().post("/search", json={"query": "граница", "author": "Петров"}).json()["results"] == []


@pytest.mark.parametrize(
    ("path", "body", "refused"),
    [
        ("/search", {}, (400, "query", "missing_required_parameter")),
        ("/search", {"query": " \n"}, (400, "query", "invalid_value")),
        ("/search", {"query": "a", "k": 0}, (400, "k", "invalid_value")),
        ("/search", {"query": "a", "k": "3"}, (400, "k", "invalid_value")),
        ("/search", {"query": "a", "since": "May 2014"}, (400, "since", "invalid_value")),
        ("/search", {"query": "a", "top": 3}, (400, "top", "invalid_value")),
        ("/ask", {"question": "a" * 4001}, (400, "question", "context_length_exceeded")),
        ("/ask", [], (400, None, "invalid_value")),
    ],
)
def test_a_request_that_does_not_fit_is_refused_by_the_field_that_is_wrong(client, path, body, refused):
    assert error(client.post(path, json=body)) == refused


def test_a_question_is_logged_only_when_the_settings_say_so(start, caplog):
    caplog.set_level("INFO", "eurag.service")
    start().post("/search", json={"query": "secret court"})
    assert "secret court" not in repr([record.__dict__ for record in caplog.records])
    start(log_questions=True).post("/search", json={"query": "open court"})
    assert "open court" in repr([record.__dict__ for record in caplog.records])
