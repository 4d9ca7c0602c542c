import json
import logging
import logging.config

import pytest

from rag.service.ops.logs import JsonFormatter, log_config, note
from tests.rag.service.parts import Parts


@pytest.fixture
def parts(tmp_path):
    made = Parts(tmp_path / "home")
    yield made
    made.close()


@pytest.fixture
def lines(caplog):
    """The lines that the log has got so far, as objects."""
    caplog.set_level(logging.INFO, "eurag")
    form = JsonFormatter().format
    return lambda: [json.loads(form(record)) for record in caplog.records if record.name == "eurag.service"]


def test_a_request_is_one_line_with_what_became_of_it(parts, lines):
    response = parts.client.get("/hello/you?name=other")
    (line,) = lines()
    assert line["message"] == "request"
    assert (line["method"], line["route"], line["status"]) == ("GET", "/hello/{name}", 200)
    assert line["client"] == "127.0.0.1"
    assert line["request_id"] == response.headers["X-Request-ID"]
    assert line["ms"] >= 0


@pytest.mark.parametrize("given", ["a1.b-c_d", "x" * 64])
def test_a_sane_request_id_is_taken(parts, given):
    assert parts.client.get("/hello/you", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", 'a"b', "a\u00e9".encode("latin1")])
def test_any_other_is_replaced(parts, given):
    made = parts.client.get("/hello/you", headers={"X-Request-ID": given}).headers["X-Request-ID"]
    assert len(made) == 16
    assert int(made, 16) >= 0


def test_refusals_carry_a_request_id_too(parts):
    parts.key()
    assert parts.client.get("/hello/you").headers["X-Request-ID"]


def test_what_a_client_made_up_is_not_written(parts, lines):
    parts.key()
    parts.client.get("/secret-question?q=secret", headers={"Authorization": "Bearer secret"})
    assert lines()[0]["route"] == "none"
    assert "secret" not in json.dumps(lines())


def test_a_key_is_written_by_its_id(parts, lines):
    key = parts.key()
    parts.client.get("/hello/you", headers=key)
    _, id_, secret = key["Authorization"].split("-")
    assert lines()[0]["key"] == id_
    assert secret not in json.dumps(lines())


def test_a_bug_is_logged_with_its_traceback_and_answered_by_the_id_alone(parts, lines):
    response = parts.client.get("/broken")
    assert response.status_code == 500
    error = response.json()["error"]
    assert error["code"] == "internal_error"
    assert response.headers["X-Request-ID"] in error["message"]
    assert "a bug" not in response.text
    bug, request = lines()
    assert "RuntimeError: a bug" in bug["traceback"]
    assert bug["request_id"] == request["request_id"] == response.headers["X-Request-ID"]
    assert request["status"] == 500


def test_what_an_endpoint_notes_goes_to_its_own_line(parts, lines):
    @parts.app.get("/noting/{word}")
    def noting(word: str):
        note(word=word)

    for word in ("one", "two"):
        parts.client.get(f"/noting/{word}")
    assert [line["word"] for line in lines()] == ["one", "two"]


def test_a_note_outside_of_requests_goes_nowhere(lines):
    note(word="lost")
    assert lines() == []


def test_the_configuration_writes_json_to_stderr_and_no_access_log_beside_it(capfd):
    level = logging.getLogger().level
    handlers = logging.getLogger().handlers[:]
    try:
        logging.config.dictConfig(log_config())
        logging.getLogger("uvicorn.error").info("started")
        logging.getLogger("uvicorn.access").info("GET /?q=secret")
        logging.getLogger("other").info("chatter")
    finally:
        logging.getLogger().handlers[:] = handlers
        logging.getLogger().setLevel(level)
    (line,) = capfd.readouterr().err.splitlines()
    assert json.loads(line)["message"] == "started"
