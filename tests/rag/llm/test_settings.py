import pytest

from rag import load_settings
from rag.llm.settings import LlmSettings, read_llm_settings
from rag.settings import SettingsError

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
        ({"key": "secret"}, "found key"),
        ({"url": "localhost:1", "model": "m"}, "begins with http"),
        ({"url": "http://localhost:1/v1"}, "and a model"),
        ({"timeout_s": 0}, "numbers above 0"),
        ({"timeout_s": -1}, "numbers above 0"),
        ({"answer_tokens": "many"}, "numbers above 0"),
        ({"answer_tokens": True}, "numbers above 0"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(stored, named):
    with pytest.raises(ValueError, match=named):
        read_llm_settings(stored, {})


def test_a_wrong_table_is_a_known_error(tmp_path):
    (tmp_path / "settings.toml").write_text('[llm]\nkey = "secret"', "utf-8")
    with pytest.raises(SettingsError, match=r"the model \(llm\)"):
        load_settings(tmp_path, environment={})
