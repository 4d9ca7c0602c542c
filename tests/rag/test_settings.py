from pathlib import Path

import pytest

from rag import Settings, load_settings
from rag.errors import SettingsError


@pytest.fixture
def write_file(tmp_path):
    def write(text):
        (tmp_path / "settings.toml").write_text(text, "utf-8")

    return write


def test_without_anything_the_home_is_the_users_data_folder():
    from platformdirs import user_data_dir

    settings = load_settings(environment={})
    assert settings.home == Path(user_data_dir("eurag", appauthor=False)).resolve()
    assert settings.encoder is None


def test_the_environment_names_home_and_encoder(tmp_path):
    environment = {"EURAG_HOME": str(tmp_path), "EURAG_ENCODER": "model"}
    assert load_settings(environment=environment) == Settings(tmp_path.resolve(), "model")


def test_the_reader_is_named_by_flag_environment_or_file_in_this_order(tmp_path, write_file):
    assert load_settings(tmp_path, environment={}).reader is None
    write_file('reader = "from-file"')
    assert load_settings(tmp_path, environment={}).reader == "from-file"
    assert load_settings(tmp_path, environment={"EURAG_READER": ""}).reader == "from-file"
    assert load_settings(tmp_path, environment={"EURAG_READER": "none"}).reader == "none"
    assert load_settings(tmp_path, environment={"EURAG_READER": "none"}, reader="flag").reader == "flag"


def test_flags_come_before_the_environment(tmp_path):
    environment = {"EURAG_HOME": "elsewhere", "EURAG_ENCODER": "other"}
    assert load_settings(tmp_path, "model", environment) == Settings(tmp_path.resolve(), "model")


def test_the_file_in_the_home_comes_last(tmp_path, write_file):
    write_file('encoder = "from-file"')
    assert load_settings(tmp_path, environment={}).encoder == "from-file"
    assert load_settings(tmp_path, environment={"EURAG_ENCODER": "other"}).encoder == "other"
    assert load_settings(tmp_path, "flag", {"EURAG_ENCODER": "other"}).encoder == "flag"


def test_empty_variables_count_as_unset(tmp_path):
    assert load_settings(environment={"EURAG_HOME": ""}).home.name == "eurag"
    assert load_settings(tmp_path, environment={"EURAG_ENCODER": ""}).encoder is None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('encodr = "model"', "encodr"),
        ('encoder = "m"\ntop = 3\nhome = "x"', "home, top"),
        ("encoder = 3", "found encoder"),
        ("reader = 3", "found reader"),
        ('keep = "3"', "found keep"),
        ("encoder =", "settings.toml"),
    ],
)
def test_a_file_with_anything_else_is_refused_by_name(tmp_path, write_file, text, named):
    write_file(text)
    with pytest.raises(SettingsError, match=named):
        load_settings(tmp_path, environment={})


def test_a_file_that_is_not_text_is_refused(tmp_path):
    (tmp_path / "settings.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path, environment={})


def test_a_home_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "home").write_text("", "utf-8")
    with pytest.raises(SettingsError, match="not a folder"):
        load_settings(tmp_path / "home", environment={})


def test_the_tilde_is_expanded(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load_settings(environment={"EURAG_HOME": "~/eurag"}).home == (tmp_path / "eurag").resolve()


def test_the_library_is_in_the_home(tmp_path):
    assert Settings(tmp_path).library == tmp_path / "library.db"


def test_how_much_of_the_disk_stays_free_is_set_by_environment_or_file(tmp_path, write_file):
    assert load_settings(tmp_path, environment={}).least_free_bytes == 100_000_000
    write_file("least_free_bytes = 5")
    assert load_settings(tmp_path, environment={}).least_free_bytes == 5
    assert load_settings(tmp_path, environment={"EURAG_LEAST_FREE_BYTES": "0"}).least_free_bytes == 0
    with pytest.raises(SettingsError, match="least_free_bytes must be a whole number from 0, found 'much'"):
        load_settings(tmp_path, environment={"EURAG_LEAST_FREE_BYTES": "much"})
