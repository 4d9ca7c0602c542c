from ipaddress import ip_address

import pytest

from corpus.errors import HarvestFailed
from corpus.harvest.addresses import Own, addresses_of, is_web_address, refuse_private, server_of

PRIVATE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
    *("64:ff9b::10.0.0.1", "64:ff9b:1::7f00:1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "::10.0.0.1"),
]
STRANGER = server_of("https", "journal.example.org", None)
NOBODY = Own(STRANGER, frozenset())


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_refused(address):
    with pytest.raises(HarvestFailed, match="not on the public internet"):
        refuse_private(address, STRANGER, NOBODY)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"]
)
def test_a_public_address_is_taken(address):
    refuse_private(address, STRANGER, NOBODY)


def test_the_harvested_server_may_be_private_but_none_beside_it():
    server = server_of("http", "127.0.0.1", 8080)
    own = Own.of(server)
    assert own.addresses == {ip_address("127.0.0.1")}
    refuse_private("::ffff:127.0.0.1", server, own)
    with pytest.raises(HarvestFailed, match=r"127\.0\.0\.2"):
        refuse_private("127.0.0.2", server, own)


@pytest.mark.parametrize(
    "other", [("http", "127.0.0.1", 8081), ("https", "127.0.0.1", 8080), ("http", "localhost", 8080)]
)
def test_another_port_scheme_or_name_of_the_same_machine_is_not_its_server(other):
    own = Own.of(server_of("http", "127.0.0.1", 8080))
    with pytest.raises(HarvestFailed, match=r"127\.0\.0\.1"):
        refuse_private("127.0.0.1", server_of(*other), own)


def test_a_name_of_public_and_private_addresses_makes_none_of_them_its_own(monkeypatch):
    found = frozenset(map(ip_address, ("8.8.8.8", "10.0.0.1")))
    monkeypatch.setattr("corpus.harvest.addresses.addresses_of", lambda host: found)
    own = Own.of(STRANGER)
    assert own.addresses == frozenset()
    with pytest.raises(HarvestFailed, match=r"10\.0\.0\.1"):
        refuse_private("10.0.0.1", STRANGER, own)


def test_a_server_is_the_same_with_its_usual_port_and_in_any_case():
    assert server_of("https", "Journal.Example.org.", None) == server_of("https", "journal.example.org", 443)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "", "a" * 300])
def test_a_host_without_a_name_has_no_addresses(host):
    assert addresses_of(host) <= addresses_of("localhost")


@pytest.mark.parametrize(
    "text", ["http://a.org", "https://a.org/x?y#z", "HTTPS://журнал.рф/статья", "http://a.org:8080/"]
)
def test_an_address_of_the_web_names_a_host(text):
    assert is_web_address(text)


@pytest.mark.parametrize(
    "text", ["", "10.5555/1", "//a.org/x", "http://", "http://[::1/x", "file:///x", "http://a.org/a b"]
)
def test_other_identifiers_are_no_address_of_the_web(text):
    assert not is_web_address(text)
