from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest

from rag.errors import KeyNotFound, KeyRefused
from rag.home.audit import actor
from rag.service.gate.keys import add_key, find_key, id_of, is_loopback, revoke_key
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


def bearer(text):
    return {"Authorization": f"Bearer {text}"}


def test_a_key_is_found_by_its_own_text_only(make):
    shared = make().shared
    key = add_key(shared, "laptop", "read")
    assert find_key(shared, key).name == "laptop"
    other = add_key(shared, "other", "admin")
    id_, secret = key.split("-")[1], other.split("-")[2]
    for wrong in ("", key[:-1], key + "0", key.upper(), f"eurag-{id_}-{secret}", f" {key}", f"{key}\n"):
        assert find_key(shared, wrong) is None


def test_a_key_tells_the_id_by_which_it_is_listed_and_revoked(make):
    shared = make().shared
    key = add_key(shared, "laptop", "read")
    assert id_of(key) == find_key(shared, key).id
    revoke_key(shared, id_of(key))
    assert shared.all_keys() == []


@pytest.mark.parametrize("name", ["", " ", "\t"])
def test_a_key_without_a_name_is_not_made(make, name):
    shared = make().shared
    with pytest.raises(KeyRefused, match="needs a name"):
        add_key(shared, name, "read")
    assert shared.all_keys() == []


def test_the_home_holds_no_secret(make, tmp_path):
    parts = make()
    secret = add_key(parts.shared, "laptop", "read").split("-")[2]
    for path in (tmp_path / "home").iterdir():
        stored = path.read_bytes()
        assert secret.encode() not in stored
        assert bytes.fromhex(secret) not in stored


def test_revoking_an_unknown_key_is_an_error(make):
    with pytest.raises(KeyNotFound, match=r"12345678.*keys list"):
        revoke_key(make().shared, "12345678")


def test_without_keys_this_machine_may_read_and_nobody_may_administer(make):
    client = make().client
    assert client.get("/hello/you").json() == {"hello": "you"}
    assert client.get("/hello/you", headers=bearer("whatever-the-client-needs")).status_code == 200
    assert code(client.get("/rebuild")) == (401, "invalid_api_key")


def test_without_keys_a_page_whose_name_was_pointed_here_may_not_read(make):
    client = make().client
    for host in ("evil.example:8000", "[::1", ""):
        assert code(client.get("/hello/you", headers={"Host": host})) == (403, "wrong_host")
    assert client.get("/hello/you", headers={"Host": "[::1]:8000"}).status_code == 200


def test_with_keys_reading_needs_one(make):
    parts = make()
    key = parts.key()
    refused = parts.client.get("/hello/you")
    assert code(refused) == (401, "invalid_api_key")
    assert refused.headers["WWW-Authenticate"] == "Bearer"
    assert parts.client.get("/hello/you", headers=key).status_code == 200
    assert parts.client.get("/hello/you", headers={"Authorization": "Basic YTpi"}).status_code == 401


def test_with_keys_any_host_name_will_do(make):
    parts = make()
    assert parts.client.get("/hello/you", headers={"Host": "chat.example.org", **parts.key()}).status_code == 200


def test_a_revoked_key_is_refused_at_the_next_request(make):
    parts = make()
    key = parts.key()
    parts.key()
    revoke_key(parts.shared, key["Authorization"].split("-")[1])
    assert code(parts.client.get("/hello/you", headers=key)) == (401, "invalid_api_key")


def test_a_key_for_reading_does_not_administer(make):
    parts = make()
    assert code(parts.client.get("/rebuild", headers=parts.key())) == (403, "insufficient_scope")
    assert parts.client.get("/rebuild", headers=parts.key("admin")).json() == {"job": None}


@pytest.mark.parametrize("settings", [{}, {"public_without_keys": True}])
def test_where_the_keys_cannot_be_read_nobody_is_let_in_and_one_line_says_so(make, tmp_path, settings):
    parts = make(**settings)
    key = parts.key()
    parts.shared.close()
    (tmp_path / "home" / "service.db").write_bytes(b"text" * 1000)
    for headers in (key, {}):
        response = parts.client.get("/hello/you", headers=headers)
        assert code(response) == (503, "unavailable")
        assert str(tmp_path) not in response.text


@pytest.mark.parametrize("settings", [{}, {"public_without_keys": True}])
def test_losing_the_last_key_opens_nothing(make, settings):
    parts = make(**settings)
    key = parts.key()
    revoke_key(parts.shared, id_of(key["Authorization"].split()[1]))
    assert code(parts.client.get("/hello/you")) == (401, "invalid_api_key")


@pytest.mark.parametrize(
    "settings",
    [{"require_keys": True}, {"trusted_proxies": ("10.0.0.1",)}, {"public_url": "https://chat.example.org"}],
)
def test_behind_a_proxy_or_where_keys_are_required_this_machine_needs_one_too(make, settings):
    parts = make(**settings)
    assert code(parts.client.get("/hello/you")) == (401, "invalid_api_key")
    assert parts.client.get("/hello/you", headers=parts.key()).status_code == 200


@pytest.mark.parametrize("header", ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP"])
def test_what_a_proxy_passes_on_is_not_taken_for_this_machine(make, header):
    parts = make()
    assert code(parts.client.get("/hello/you", headers={header: "198.51.100.7"})) == (401, "invalid_api_key")
    open_to_all = make(public_without_keys=True)
    assert open_to_all.client.get("/hello/you", headers={header: "198.51.100.7"}).status_code == 200


def test_an_expired_key_is_refused(make):
    parts = make()
    now = datetime.now(UTC)
    old, new = (add_key(parts.shared, "test", "read", now + timedelta(days)) for days in (-1, 1))
    assert code(parts.client.get("/hello/you", headers=bearer(old))) == (401, "invalid_api_key")
    assert parts.client.get("/hello/you", headers=bearer(new)).status_code == 200


def test_what_a_request_changes_is_its_keys(make):
    parts = make()
    parts.app.get("/who")(lambda: asdict(actor()))
    key = parts.key()
    told = parts.client.get("/who", headers=key).json()
    assert told == {"name": f"key {id_of(key['Authorization'].split()[1])} (test)", "where": "127.0.0.1"}
    assert actor().where == "command line"


def test_a_public_address_whose_keys_are_gone_stays_closed(make):
    assert code(make(host="0.0.0.0").client.get("/hello/you")) == (401, "invalid_api_key")


def test_a_public_address_answers_without_keys_when_told_to(make):
    client = make(host="0.0.0.0", public_without_keys=True).client
    assert client.get("/hello/you", headers={"Host": "chat.example.org"}).status_code == 200
    assert code(client.get("/rebuild")) == (401, "invalid_api_key")


@pytest.mark.parametrize("path", ["/health/live", "/openapi.json"])
def test_what_holds_nothing_of_the_corpus_needs_no_key(make, path):
    parts = make()
    parts.key()
    assert parts.client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/metrics", "/nothing", "//health/live", "/health/../hello/you"])
def test_everything_else_needs_one(make, path):
    parts = make()
    parts.key()
    assert parts.client.get(path).status_code == 401


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "[::1]", "localhost"])
def test_loopback_addresses_are_known(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.org", "localhost.example.org", ""])
def test_other_addresses_are_not_taken_for_them(host):
    assert not is_loopback(host)


def test_a_key_of_some_collections_keeps_them_and_does_not_administer(make):
    shared = make().shared
    key = add_key(shared, "guest", "read", collections=["treaties", "notes"])
    assert find_key(shared, key).collections == ("treaties", "notes")
    with pytest.raises(KeyRefused, match=r"scope admin reads every collection"):
        add_key(shared, "me", "admin", collections=["treaties"])
    assert [stored.name for stored in shared.all_keys()] == ["guest"]
