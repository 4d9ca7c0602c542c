import gzip
import zlib
from dataclasses import replace
from importlib.metadata import version
from threading import Event

import pytest

from corpus.errors import HarvestFailed
from corpus.harvest.client import Limits, PoliteClient
from tests.corpus.harvest.repository import Reply


@pytest.fixture
def client(repository, pace):
    with PoliteClient(repository.url, pace) as client:
        yield client


@pytest.fixture
def page(repository):
    """The address of a page that holds "Text"."""
    repository.files["/page"] = Reply(b"Text", headers={"Content-Type": "Text/HTML; charset=utf-8"})
    return repository.url.replace("/oai", "/page")


def becomes(status=200, data=b"", **headers):
    """A fault: another reply altogether."""
    return lambda _: Reply(data, status, {name.replace("_", "-"): value for name, value in headers.items()})


def test_a_response_has_its_body_type_and_address(client, page):
    response = client.get(page)
    assert (response.data, response.media_type, response.url) == (b"Text", "text/html", page)


def test_requests_name_the_program_and_its_version(client, page, repository):
    client.get(page)
    assert repository.headers[0]["User-Agent"].startswith(f"eurag/{version('eurag')} ")


def test_parameters_are_added_to_those_of_the_address(client, page, repository):
    repository.files["/page?a=1&b=x+%26+y"] = Reply(b"both")
    assert client.get(f"{page}?a=1", {"b": "x & y"}).data == b"both"


def test_there_is_a_pause_between_requests(client, page, clock):
    for _ in range(3):
        client.get(page)
    assert clock.slept == [1, 1]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_failure_that_may_pass_is_tried_again_after_a_wait(client, page, repository, clock, status):
    repository.breaks(1, becomes(status), becomes(status))
    assert client.get(page).data == b"Text"
    assert clock.slept == [2, 4]


def test_retry_after_is_waited_for(client, page, repository, clock, said):
    repository.breaks(1, becomes(503, Retry_After="120"))
    assert client.get(page).data == b"Text"
    assert clock.slept == [120]
    assert said == [f"{page}: HTTP 503 Service Unavailable: waiting 120 s"]


def test_tries_are_limited(client, page, repository, pace):
    repository.breaks(1, *[becomes(503)] * 9)
    with pytest.raises(HarvestFailed, match=r"/page: HTTP 503 Service Unavailable, 5 times"):
        client.get(page)
    assert len(repository.requests) == pace.tries == 5


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 304])
def test_a_refusal_is_final(client, page, repository, status):
    repository.breaks(1, becomes(status))
    with pytest.raises(HarvestFailed, match=f"HTTP {status}"):
        client.get(page)
    assert len(repository.requests) == 1


def test_a_truncated_response_is_asked_for_again(client, page, repository):
    repository.breaks(1, lambda reply: replace(reply, headers={"Content-Length": "1000"}))
    assert client.get(page).data == b"Text"
    assert len(repository.requests) == 2


def test_a_server_that_does_not_answer_is_given_up(repository, page, pace):
    released = Event()
    repository.breaks(1, *[lambda reply: released.wait(30) and reply] * 2)
    with PoliteClient(repository.url, replace(pace, tries=2), Limits(timeout_s=0.05)) as client:
        try:
            with pytest.raises(HarvestFailed, match="2 times"):
                client.get(page)
        finally:
            released.set()


def test_a_response_that_takes_too_long_in_all_is_given_up(repository, page, pace, clock):
    def late():
        clock.now += 400
        return clock.now

    with (
        PoliteClient(repository.url, replace(pace, clock=late), Limits(response_s=300)) as client,
        pytest.raises(HarvestFailed, match="not read within 300 s"),
    ):
        client.get(page)


def test_nobody_at_the_address_is_one_error(repository, pace):
    repository_closed = f"http://127.0.0.1:{_free_port()}/oai"
    with (
        PoliteClient(repository_closed, replace(pace, tries=2)) as client,
        pytest.raises(HarvestFailed, match="refused, 2 times"),
    ):
        client.get(repository_closed)


def _free_port():
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_packed_response_is_unpacked_and_measured_so(repository, page, pace, encoding):
    packed = gzip.compress(bytes(3000)) if encoding == "gzip" else zlib.compress(bytes(3000))
    repository.breaks(1, *[becomes(200, packed, Content_Encoding=encoding)] * 2)
    with PoliteClient(repository.url, pace) as client:
        assert client.get(page).data == bytes(3000)
    with (
        PoliteClient(repository.url, pace, Limits(response_bytes=2000)) as client,
        pytest.raises(HarvestFailed, match="more than"),
    ):
        client.get(page)


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd"])
def test_packings_that_hide_bombs_are_refused(client, page, repository, encoding):
    repository.breaks(1, becomes(200, b"x", Content_Encoding=encoding))
    with pytest.raises(HarvestFailed, match="expected gzip or nothing"):
        client.get(page)


def test_redirects_are_followed_and_the_last_address_told(client, page, repository):
    repository.breaks(1, becomes(302, Location="/other"), becomes(301, Location=page))
    response = client.get(page.replace("/page", "/first"))
    assert (response.data, response.url) == (b"Text", page)


def test_redirects_are_limited(client, page, repository):
    repository.breaks(1, *[becomes(302, Location=page)] * 9)
    with pytest.raises(HarvestFailed, match="more than 5 redirects"):
        client.get(page)
    assert len(repository.requests) == 6


@pytest.mark.parametrize("target", ["ftp://example.org/x", "file:///etc/passwd", "gopher://127.0.0.1/", "https://"])
def test_redirects_to_another_scheme_are_refused(client, page, repository, target):
    repository.breaks(1, becomes(302, Location=target))
    with pytest.raises(HarvestFailed, match="expected an address"):
        client.get(page)
    assert len(repository.requests) == 1


@pytest.mark.parametrize("url", ["ftp://example.org/oai", "journal.example.org", "/oai", "", "http://", "http://[::1"])
def test_an_address_must_be_one_of_http(url):
    with pytest.raises(HarvestFailed):
        PoliteClient(url)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::ffff:127.0.0.1]", "localhost"])
def test_a_private_address_gets_no_request_unless_it_is_the_harvested_host(repository, pace, host):
    with (
        PoliteClient("http://8.8.8.8/oai", replace(pace, tries=1)) as client,
        pytest.raises(HarvestFailed, match="not on the public internet"),
    ):
        client.get(f"http://{host}:{repository.port}/page")
    assert repository.requests == []
