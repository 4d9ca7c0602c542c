import datetime

import pytest

from corpus import Library, add_builtin
from corpus.builtin import SampleQuestion, sample_questions
from rag.service.api.schemas import Suggestion
from rag.service.api.suggestions import install, of_the_day
from tests.rag.service.parts import Parts

TODAY = datetime.date(2026, 11, 22)
TOMORROW = datetime.date(2026, 11, 23)
SAMPLES = [SampleQuestion(f"{n}?", "en") for n in range(10)]


def suggested(client, **params):
    return [Suggestion(**made) for made in client.get("/suggestions", params=params).json()["suggestions"]]


@pytest.fixture
def builtin_client(client, service_home):
    """The application over a home that holds the built-in notes too."""
    with Library(service_home / "library.db") as library:
        add_builtin(library)
    return client


@pytest.mark.parametrize("language", ["en", "ru"])
def test_four_of_the_librarys_questions_are_suggested_in_a_language(builtin_client, language):
    questions = {sample.question for sample in sample_questions(language)}
    found = suggested(builtin_client, lang=language)
    assert len({made.question for made in found} & questions) == 4
    assert {made.language for made in found} == {language}


def test_as_many_are_suggested_as_are_asked_for(builtin_client):
    assert len(suggested(builtin_client, count=7)) == 7
    for query, param in [("lang=de", "lang"), ("count=0", "count"), ("count=21", "count")]:
        response = builtin_client.get(f"/suggestions?{query}")
        assert (response.status_code, response.json()["error"]["param"]) == (400, param)


def test_nothing_is_suggested_to_a_library_of_other_texts(client):
    assert suggested(client) == []


def test_an_empty_home_is_about_to_hold_the_built_in_library(tmp_path):
    parts = Parts(tmp_path / "home")
    install(parts.app)
    assert len(suggested(parts.client)) == 4
    parts.close()


def test_a_day_goes_on_where_the_day_before_ended_and_begins_again_after_the_last():
    days = [TODAY + datetime.timedelta(n) for n in range(5)]
    shown = [sample for day in days for sample in of_the_day(SAMPLES, day, 4)]
    first = SAMPLES.index(shown[0])
    assert shown == 2 * (SAMPLES[first:] + SAMPLES[:first])
    assert of_the_day(SAMPLES, TODAY, 4) != of_the_day(SAMPLES, TOMORROW, 4)


def test_none_is_suggested_twice_where_there_are_too_few():
    assert sorted(of_the_day(SAMPLES[:3], TODAY, 4), key=SAMPLES.index) == SAMPLES[:3]
