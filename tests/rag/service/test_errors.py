import pytest

from corpus import DocumentNotFound, EuragError
from rag.errors import UnknownSection
from rag.service.errors import ApiError, described

SHAPE = {"message", "type", "param", "code"}


@pytest.fixture
def raising(client):
    """The response of a route that raises the exception."""

    def respond(exc):
        @client.app.get(f"/raise/{id(exc)}")
        def _():
            raise exc

        return client.get(f"/raise/{id(exc)}")

    return respond


def test_an_error_has_openais_shape_its_status_and_its_headers(raising):
    response = raising(ApiError(429, "too many", "rate_limit_error", "x", "slow_down", {"Retry-After": "7"}))
    assert (response.status_code, response.headers["Retry-After"]) == (429, "7")
    expected = {"message": "too many", "type": "rate_limit_error", "param": "x", "code": "slow_down"}
    assert response.json() == {"error": expected}


@pytest.mark.parametrize(
    ("exc", "status", "code"),
    [
        (DocumentNotFound("no document"), 404, "document_not_found"),
        (UnknownSection("no section"), 404, "section_not_found"),
        (EuragError("disk full"), 503, "unavailable"),
    ],
)
def test_the_projects_own_errors_are_answered_with_their_message(raising, exc, status, code):
    response = raising(exc)
    assert response.status_code == status
    assert response.json()["error"]["code"] == code
    assert response.json()["error"]["message"].startswith(str(exc))


@pytest.mark.parametrize("path", ["/documents/0000", "/documents/0000/text", "/documents/0000/citation?style=apa"])
def test_what_is_not_found_is_said_to_callers_without_a_command_line(client, path):
    message = client.get(path).json()["error"]["message"]
    assert message == "no document '0000' in the library; GET /documents lists all"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/nothing", None, 404, "not_found"),
        ("PUT", "/search", None, 405, "method_not_allowed"),
        ("POST", "/search", b"{", 400, "invalid_json"),
        ("POST", "/search", b'{"query": "\xff"}', 400, "bad_request"),
        ("POST", "/search", b'{"query": "\\ud800"}', 400, "invalid_value"),
        ("POST", "/search", b'{"query": ' + b"[" * 100_000, 400, "bad_request"),
        ("POST", "/search", b"", 400, "missing_required_parameter"),
    ],
)
def test_what_the_framework_refuses_has_the_same_shape(client, method, path, body, status, code):
    response = client.request(method, path, content=body, headers={"Content-Type": "application/json"})
    assert set(response.json()["error"]) == SHAPE
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)


def test_a_method_that_is_not_allowed_says_which_are(client):
    refused = client.put("/search")
    assert refused.headers["Allow"] == "POST"
    assert refused.json()["error"]["message"] == "PUT is not possible at /search, only POST"
    assert client.patch("/documents").headers["Allow"] == "GET, HEAD, POST"
    assert client.put("/documents/court.md/text").headers["Allow"] == "GET, HEAD"
    assert client.post("/page/index.html").headers["Allow"] == "GET, HEAD"


def test_a_path_that_is_none_says_where_the_paths_are_listed(client):
    message = client.get("/nothing").json()["error"]["message"]
    assert message == "there is nothing at /nothing: GET /openapi.json says what there is"


def test_errors_are_described_by_their_status():
    assert described(404)[404]["description"] == "Not Found"
