import pytest


@pytest.mark.parametrize("path", ["/documents", "/documents/court.md", "/documents/court.md/text", "/suggestions"])
def test_a_parameter_that_an_endpoint_does_not_have_is_refused(client, path):
    response = client.get(path, params={"langauge": "ru"})
    error = response.json()["error"]
    assert (response.status_code, error["param"], error["code"]) == (400, "langauge", "unknown_parameter")


def test_the_refusal_names_the_parameters_that_there_are(client):
    message = client.get("/suggestions", params={"language": "ru"}).json()["error"]["message"]
    assert message == "'language' is no parameter of this request; known: count, lang"


def test_known_parameters_pass_together(client):
    assert client.get("/documents", params={"language": "ru", "limit": 1}).status_code == 200
