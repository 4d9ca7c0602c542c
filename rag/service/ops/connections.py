"""Connections that cost no more than they bring: so many of a process and of an address, and headers in time.

What is over is closed at once, without a word in the log, so that idle or hostile clients neither fill it nor use up
the descriptors that others need.
"""

import asyncio
import resource
from collections import Counter
from functools import cache
from ipaddress import ip_address, ip_network
from typing import ClassVar

import h11
from uvicorn import Config

from rag.service.ops.shutdown import PatientConnection

#: Descriptors that a process needs beside its connections.
SPARED_DESCRIPTORS = 128
MOST_CONNECTIONS, MOST_OF_AN_ADDRESS = 4_000, 200
HEADERS_S = 20.0


@cache
def most_connections() -> int:
    """How many connections this process holds at once: what its limit of descriptors, raised as may be, allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + SPARED_DESCRIPTORS
    if soft < wanted:
        soft = min(hard, wanted) if hard != resource.RLIM_INFINITY else wanted
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(1, min(MOST_CONNECTIONS, soft - SPARED_DESCRIPTORS))


class BoundedConfig(Config):
    """What the server is told; `trusted_proxies` are addresses or networks of proxies, which speak for many."""

    trusted_proxies: tuple[str, ...] = ()


class BoundedConnection(PatientConnection):
    """A connection within the limits."""

    _of_address: ClassVar[Counter[str]] = Counter()
    _counted: str | None = None
    _headers_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # asyncio declares a BaseTransport, and gives this
        """Take the connection, or close it where there are too many."""
        super().connection_made(transport)
        address = self.client[0] if self.client else ""
        crowded = self._of_address[address] >= MOST_OF_AN_ADDRESS and not self._is_trusted(address)
        if crowded or len(self.connections) > most_connections():
            transport.abort()
            return
        self._counted = address
        self._of_address[address] += 1
        self._expect_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Count one fewer."""
        if self._counted is not None:
            self._of_address[self._counted] -= 1
            if not self._of_address[self._counted]:
                del self._of_address[self._counted]
            self._counted = None
        self._forget_headers()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; headers that have begun must come to an end in time."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._forget_headers()
        elif self._headers_due is None:
            self._expect_headers()

    def _is_trusted(self, address: str) -> bool:
        proxies = getattr(self.config, "trusted_proxies", ())
        return any(ip_address(address) in ip_network(proxy) for proxy in proxies)

    def _expect_headers(self) -> None:
        self._headers_due = self.loop.call_later(HEADERS_S, self._close_silently)

    def _forget_headers(self) -> None:
        if self._headers_due:
            self._headers_due.cancel()
            self._headers_due = None

    def _close_silently(self) -> None:
        if not self.transport.is_closing():
            self.transport.abort()
