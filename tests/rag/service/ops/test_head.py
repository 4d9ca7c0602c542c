import pytest


@pytest.mark.parametrize(
    "path",
    [
        "/documents",
        "/documents/court.md",
        "/documents/court.md/text",
        "/v1/models",
        "/health/live",
        "/metrics",
        "/nothing",
    ],
)
def test_the_head_of_whatever_can_be_got_may_be_asked_for(client, path):
    head, whole = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (whole.status_code, b"")
    assert head.headers["Content-Type"] == whole.headers["Content-Type"]


def test_the_head_tells_the_length_and_the_version_of_what_it_leaves_out(client):
    head, whole = client.head("/documents"), client.get("/documents")
    assert head.headers["Content-Length"] == str(len(whole.content))
    assert head.headers["ETag"] == whole.headers["ETag"]
    assert client.head("/documents", headers={"If-None-Match": head.headers["ETag"]}).status_code == 304


def test_what_cannot_be_got_has_no_head(client):
    refused = client.head("/search")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "POST")


def test_it_is_counted_and_logged_as_what_was_asked(client):
    client.head("/documents")
    assert 'eurag_requests_total{method="HEAD",route="/documents",status="200"} 1.0' in client.get("/metrics").text
