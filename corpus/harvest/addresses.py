"""Which addresses a harvester asks: public ones, and those of the server that it was told to harvest.

A record of a stranger must not make this machine ask another one on its own network.
"""

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from corpus.errors import HarvestFailed

Address = IPv4Address | IPv6Address

#: Networks of IPv6 whose last 32 bits are an address of IPv4 (RFC 6052, 8215, 4291).
_EMBEDDING = tuple(IPv6Network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "::/96"))
_DEFAULT_PORTS = {"http": 80, "https": 443}
_WEB = re.compile(r"https?://[^\s/?#\[\]]+(?:[/?#]\S*)?", re.I)


def is_web_address(text: str) -> bool:
    """Whether a text is the address of a page or file on a named host."""
    return _WEB.fullmatch(text) is not None


def addresses_of(host: str) -> frozenset[Address]:
    """The addresses of a host; none when it has no name that resolves."""
    try:
        return frozenset(_address(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError):
        return frozenset()


@dataclass(frozen=True, slots=True)
class Server:
    """A scheme, host and port: what "the same server" means for a request."""

    scheme: str
    host: str
    port: int


def server_of(scheme: str, host: str, port: int | None) -> Server:
    """The server that a URL of these parts asks."""
    return Server(scheme, host.lower().rstrip("."), port or _DEFAULT_PORTS.get(scheme, 0))


@dataclass(frozen=True, slots=True)
class Own:
    """The server that a harvester was told to ask, and its addresses where all of them are private, else none.

    A name that resolves to public and private addresses alike is a stranger's, who points at this network.
    """

    server: Server
    addresses: frozenset[Address]

    @classmethod
    def of(cls, server: Server) -> "Own":
        """Of a server, by what its host resolves to now."""
        found = addresses_of(server.host)
        return cls(server, frozenset() if any(map(is_public, found)) else found)


def refuse_private(address: object, server: Server, own: Own) -> None:
    """Raises `HarvestFailed` for an address that is not public, unless it is `own`'s and its server is asked."""
    found = _address(address)
    if not is_public(found) and not (server == own.server and found in own.addresses):
        raise HarvestFailed(f"the address {found} is not on the public internet")


def is_public(address: Address) -> bool:
    """Whether an address, and each of IPv4 that it embeds, is one host's on the public internet."""
    return all(each.is_global and not each.is_multicast and not _is_site_local(each) for each in _embedded(address))


def _is_site_local(address: Address) -> bool:
    return isinstance(address, IPv6Address) and address.is_site_local


def _embedded(address: Address) -> Iterator[Address]:
    """The address, or instead of one that is a way to another, that other: mapped, NAT64, 6to4 and Teredo."""
    if isinstance(address, IPv4Address):
        yield address
        return
    if any(address in network for network in _EMBEDDING):
        yield IPv4Address(int(address) & 0xFFFFFFFF)
    elif address.sixtofour:
        yield address.sixtofour
    elif address.teredo:
        yield from address.teredo
    else:
        yield address


def _address(value: object) -> Address:
    """Of IPv6 without the zone that a system writes behind a link-local one."""
    address = ip_address(str(value).partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
