import pytest

from rag import load_settings
from rag.llm.settings import LlmSettings, read_llm_settings

ENVIRONMENT = {"EURAG_LLM_URL": "http://localhost:1/v1", "EURAG_LLM_MODEL": "m"}


def test_without_a_url_there_is_no_model(tmp_path):
    assert load_settings(tmp_path, environment={}).llm is None


def test_the_environment_comes_before_the_file(tmp_path):
    (tmp_path / "settings.toml").write_text(
        '[llm]\nurl = "http://elsewhere/v1"\nmodel = "n"\ntimeout_s = 5\nprompt_tokens = 900\nanswer_tokens = 90',
        "utf-8",
    )
    expected = LlmSettings("http://localhost:1/v1", "m", timeout_s=5, prompt_tokens=900, answer_tokens=90)
    assert load_settings(tmp_path, environment=ENVIRONMENT).llm == expected


def test_the_key_is_read_from_the_environment_and_never_shown():
    settings = read_llm_settings({}, ENVIRONMENT | {"EURAG_LLM_KEY": "secret-1"})
    assert settings.key == "secret-1"
    assert "secret-1" not in repr(settings)


@pytest.mark.parametrize(
    ("stored", "named"),
    [
        ({"key": "secret"}, "has no key"),
        ({"url": "http://localhost:1/v1"}, "EURAG_LLM_MODEL"),
        ({"url": 3, "model": "m"}, "text in url"),
        ({"timeout_s": 0}, "number above 0 in timeout_s"),
        ({"timeout_s": -1}, "timeout_s"),
        ({"timeout_s": float("inf")}, "timeout_s"),
        ({"timeout_s": float("nan")}, "timeout_s"),
        ({"timeout_s": "secret"}, "timeout_s"),
        ({"answer_tokens": 1.5}, "whole number above 0 in answer_tokens"),
        ({"answer_tokens": True}, "answer_tokens"),
    ],
)
def test_what_cannot_be_used_is_named_without_its_value(stored, named):
    settings = read_llm_settings(stored, {})
    assert named in settings.unusable
    assert "secret" not in settings.unusable


@pytest.mark.parametrize(
    "url", ["foo", "localhost:1", "ftp://host/v1", "http://", "http://host:99999/v1", "http://[::1/v1", "http://a b/v1"]
)
def test_what_is_no_address_is_not_used(url):
    assert "EURAG_LLM_URL" in read_llm_settings({}, ENVIRONMENT | {"EURAG_LLM_URL": url}).unusable


def test_a_key_that_cannot_be_sent_is_not_used():
    assert "EURAG_LLM_KEY" in read_llm_settings({}, ENVIRONMENT | {"EURAG_LLM_KEY": "ключ"}).unusable


def test_white_space_around_a_value_is_no_part_of_it():
    settings = read_llm_settings({}, {name: f" {value}\n" for name, value in ENVIRONMENT.items()})
    assert (settings.url, settings.model, settings.unusable) == ("http://localhost:1/v1", "m", None)


def test_the_host_is_told_without_what_else_an_address_holds():
    assert LlmSettings("http://user:secret@host:8080/v1", "m").host == "host:8080"


def test_a_wrong_table_stops_nothing(tmp_path):
    (tmp_path / "settings.toml").write_text('[llm]\ntimeout_s = "abc"', "utf-8")
    assert "timeout_s" in load_settings(tmp_path, environment={}).llm.unusable
