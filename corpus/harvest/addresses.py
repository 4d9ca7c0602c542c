"""Which addresses a harvester asks: of the web, public, or of the host it was told to harvest.

A record of a stranger must not make this machine ask another one on its own network.
"""

import re
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

from corpus.errors import HarvestFailed

Address = IPv4Address | IPv6Address

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


def refuse_private(address: object, own: frozenset[Address]) -> None:
    """Raises `HarvestFailed` for an address that is neither public nor one of `own`."""
    found = _address(address)
    if not found.is_global and found not in own:
        raise HarvestFailed(f"the address {found} is not on the public internet")


def _address(value: object) -> Address:
    address = ip_address(str(value))
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
