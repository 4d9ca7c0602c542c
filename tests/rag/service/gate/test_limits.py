import threading

import pytest

from rag.service.gate.limits import MULTIPART_BYTES
from tests.rag.service.parts import Parts


@pytest.fixture
def make(tmp_path):
    made = []

    def make_parts(**settings):
        made.append(Parts(tmp_path / "home", **settings))
        return made[-1]

    yield make_parts
    for parts in made:
        parts.close()


def code(response):
    return response.status_code, response.json()["error"]["code"]


def in_pieces(count):
    return (b"x" * 10 for _ in range(count))


def test_a_body_up_to_the_limit_passes(make):
    client = make(max_body_bytes=100).client
    assert client.post("/echo", content=b"x" * 100).json() == {"bytes": 100}
    assert client.post("/echo", content=in_pieces(10)).json() == {"bytes": 100}


def test_a_larger_body_is_refused_by_what_it_declares_and_the_connection_closed(make):
    refused = make(max_body_bytes=100).client.post("/echo", content=b"x" * 101)
    assert code(refused) == (413, "body_too_large")
    assert refused.headers["Connection"] == "close"


def test_a_larger_body_of_undeclared_length_is_refused_as_soon_as_it_is_too_large(make):
    sent = []

    def pieces():
        for piece in in_pieces(1000):
            sent.append(piece)
            yield piece

    assert code(make(max_body_bytes=100).client.post("/echo", content=pieces())) == (413, "body_too_large")


def test_uploads_have_their_own_limit(make):
    parts = make(max_body_bytes=100, max_upload_bytes=1000)
    admin, url = parts.key("admin"), "/documents?filename=a.txt"
    assert parts.client.post(url, content=b"court " * 100, headers=admin).status_code == 201
    assert code(parts.client.post(url, content=b"x" * (1001 + MULTIPART_BYTES), headers=admin))[0] == 413


def test_requests_over_the_limit_are_told_to_come_back(make):
    parts = make(max_concurrent_requests=1)
    thread = threading.Thread(target=parts.client.get, args=("/wait",))
    thread.start()
    parts.waiting.acquire()
    refused = parts.client.get("/hello/you")
    assert code(refused) == (503, "overloaded")
    assert refused.headers["Retry-After"] == "1"
    assert parts.client.get("/health/live").status_code == 200
    parts.gate.set()
    thread.join()
    assert parts.client.get("/hello/you").status_code == 200


@pytest.mark.parametrize("path", ["/wait", "/wait-in-thread"])
def test_a_request_that_takes_too_long_is_answered_by_an_error(make, path):
    assert code(make(request_timeout_s=0.05).client.get(path)) == (504, "timeout")


@pytest.mark.parametrize("path", ["/wait", "/wait-in-thread"])
def test_a_request_that_ran_out_of_time_keeps_its_place_until_its_thread_is_done(make, path):
    parts = make(request_timeout_s=0.05, max_concurrent_requests=1)
    with parts.client as client:  # one event loop for all requests
        assert client.get(path).status_code == 504
        assert code(client.get("/hello/you")) == (503, "overloaded")
        parts.gate.set()
        while client.get("/hello/you").status_code == 503:
            pass


def test_an_address_that_sends_too_much_is_told_when_to_come_back(make):
    client = make(requests_per_minute=2).client
    assert [client.get("/hello/you").status_code for _ in range(3)] == [200, 200, 429]
    refused = client.get("/hello/you")
    assert code(refused) == (429, "rate_limit_exceeded")
    assert 1 <= int(refused.headers["Retry-After"]) <= 30


def test_each_key_has_its_own_requests_and_wrong_keys_share_the_addresss(make):
    parts = make(requests_per_minute=2)
    one, other, wrong = parts.key(), parts.key(), {"Authorization": f"Bearer eurag-{'0' * 8}-{'0' * 64}"}
    statuses = [[parts.client.get("/hello/you", headers=key).status_code for _ in range(3)] for key in (one, other)]
    assert statuses == [[200, 200, 429], [200, 200, 429]]
    assert [parts.client.get("/hello/you", headers=wrong).status_code for _ in range(3)] == [401, 401, 429]
    assert parts.client.get("/hello/you").status_code == 429


def test_a_limit_of_zero_is_none(make):
    client = make(requests_per_minute=0).client
    assert {client.get("/hello/you").status_code for _ in range(20)} == {200}


def test_the_addresses_of_one_customers_ipv6_network_are_one(make):
    ask = [make(requests_per_minute=2, address=f"2001:db8::{i}").client for i in range(3)]
    assert [client.get("/hello/you").status_code for client in ask] == [200, 200, 429]
    assert make(requests_per_minute=2, address="2001:db8:0:1::1").client.get("/hello/you").status_code == 200


def statuses_behind(parts, addresses):
    headers = [{"X-Forwarded-For": address} for address in addresses]
    return [parts.client.get("/hello/you", headers=header).status_code for header in headers]


def test_a_clients_word_for_its_address_is_not_taken(make):
    parts = make(requests_per_minute=1, public_without_keys=True)
    assert statuses_behind(parts, ["10.0.0.1", "10.0.0.2"]) == [200, 429]


def test_a_trusted_proxys_word_is_taken_for_the_last_hop_only(make):
    parts = make(requests_per_minute=1, trusted_proxies=("127.0.0.1",), public_without_keys=True)
    assert statuses_behind(parts, ["10.0.0.1", "10.0.0.2", "6.6.6.6, 10.0.0.2"]) == [200, 200, 429]


def test_other_sites_may_not_call_unless_they_are_named(make):
    headers = {"Origin": "https://chat.example.org", "Access-Control-Request-Method": "POST"}
    assert "Access-Control-Allow-Origin" not in make().client.options("/echo", headers=headers).headers
    named = make(cors_origins=("https://chat.example.org",), requests_per_minute=1).client
    allowed = named.options("/echo", headers=headers)
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://chat.example.org"
    assert (
        "Access-Control-Allow-Origin"
        not in named.options("/echo", headers=headers | {"Origin": "https://x.org"}).headers
    )
    refused = [named.get("/hello/you", headers=headers) for _ in range(2)][-1]
    assert refused.status_code == 429
    assert refused.headers["Access-Control-Allow-Origin"] == "https://chat.example.org"


def test_who_fills_all_places_keeps_no_other_key_out(make):
    parts = make(max_concurrent_requests=2, requests_per_minute=0)
    busy, other = parts.key(), parts.key()
    threads = [threading.Thread(target=parts.client.get, args=("/wait",), kwargs={"headers": busy}) for _ in range(2)]
    for thread in threads:
        thread.start()
        parts.waiting.acquire()
    assert code(parts.client.get("/hello/you", headers=busy)) == (503, "overloaded")
    assert parts.client.get("/hello/you", headers=other).status_code == 200
    parts.gate.set()
    for thread in threads:
        thread.join()
