from ipaddress import ip_address

import pytest

from corpus.errors import HarvestFailed
from corpus.harvest.addresses import addresses_of, is_web_address, refuse_private

PRIVATE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_refused(address):
    with pytest.raises(HarvestFailed, match="not on the public internet"):
        refuse_private(address, frozenset())


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_a_public_address_is_taken(address):
    refuse_private(address, frozenset())


def test_the_harvested_host_may_be_private_but_none_beside_it():
    own = addresses_of("127.0.0.1")
    assert own == {ip_address("127.0.0.1")}
    refuse_private("::ffff:127.0.0.1", own)
    with pytest.raises(HarvestFailed, match=r"127\.0\.0\.2"):
        refuse_private("127.0.0.2", own)


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
