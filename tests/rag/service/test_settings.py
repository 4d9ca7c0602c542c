import pytest

from rag.errors import SettingsError
from rag.service.settings import ServiceSettings, load_service_settings
from rag.settings import Settings


@pytest.fixture
def home(tmp_path):
    return Settings(tmp_path)


@pytest.fixture
def store(tmp_path):
    """Writes the settings file of the home."""
    return lambda text: (tmp_path / "settings.toml").write_text(text, "utf-8")


def test_without_anything_set_only_this_machine_is_served_and_no_proxy_believed(home):
    settings = load_service_settings(home, {}, {})
    assert settings == ServiceSettings(home)
    assert (settings.host, settings.cors_origins, settings.trusted_proxies) == ("127.0.0.1", (), ())
    assert not settings.public_without_keys


def test_flags_come_before_the_environment_before_the_file(home, store):
    store('[service]\nport = 1\nhost = "::1"\nworkers = 2\n')
    environment = {"EURAG_SERVICE_PORT": "2", "EURAG_SERVICE_WORKERS": "3", "EURAG_HOME": "elsewhere"}
    settings = load_service_settings(home, {"port": 3, "host": None}, environment)
    assert (settings.port, settings.host, settings.workers) == (3, "::1", 3)


def test_every_type_is_read_from_text_and_from_toml(home, store):
    store('[service]\nlog_questions = true\nrequest_timeout_s = 2\ncors_origins = ["https://a.example"]\n')
    settings = load_service_settings(home, {}, {"EURAG_SERVICE_TRUSTED_PROXIES": "10.0.0.1, 10.0.0.2,"})
    assert settings.log_questions is True
    assert (settings.request_timeout_s, settings.cors_origins) == (2.0, ("https://a.example",))
    assert settings.trusted_proxies == ("10.0.0.1", "10.0.0.2")
    assert load_service_settings(home, {}, {"EURAG_SERVICE_LOG_QUESTIONS": "no"}).log_questions is False


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("PORT", "http", "port must be a whole number, found 'http'"),
        ("PORT", "65536", "port must be 65535 or less, found 65536"),
        ("TRUSTED_PROXIES", "10.0.0.1,proxy", "trusted_proxies must be addresses or networks .* 'proxy'"),
        ("TRUSTED_PROXIES", "*", "trusted_proxies must be addresses or networks .* '\\*'"),
        ("WORKERS", "0", "workers must be 1 or more, found 0"),
        ("REQUEST_TIMEOUT_S", "nan", "request_timeout_s must be 1 or more"),
        ("LOG_QUESTIONS", "maybe", "log_questions must be true or false"),
        ("SPEED", "1", "no setting speed; it knows host, port"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(home, name, value, message):
    with pytest.raises(SettingsError, match=message):
        load_service_settings(home, {}, {f"EURAG_SERVICE_{name}": value})


def test_a_list_in_the_file_must_be_one(home, store):
    store("[service]\ncors_origins = 5\n")
    with pytest.raises(SettingsError, match="cors_origins must be a list, found '5'"):
        load_service_settings(home, {}, {})


def test_no_limit_a_minute_and_any_port_are_zero(home):
    settings = load_service_settings(home, {"port": 0, "requests_per_minute": 0}, {})
    assert (settings.port, settings.requests_per_minute) == (0, 0)
