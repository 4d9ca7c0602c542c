"""Limits that hold before any work is done: size of a body, requests at once, time, requests a minute."""

import asyncio
import ipaddress
import math
import time
from collections import Counter
from typing import TYPE_CHECKING

from anyio import CancelScope
from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from rag.service.errors import ApiError, error_response

if TYPE_CHECKING:
    from rag.service.gate.shared import StoredKey
    from rag.service.state import Service

UPLOAD = ("POST", "/documents")
MULTIPART_BYTES = 4096

_UNLIMITED = ("/health/", "/metrics")
#: It goes on until the job has ended.
_ENDLESS = "/rebuild/events"


class _Exchange:
    """One request and its response; once it is refused, the application hears and says nothing more."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, max_body_bytes: int) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._bytes_left = self._max_body_bytes = max_body_bytes
        self.started = self.refused = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._bytes_left -= len(message.get("body", b""))
        if self._bytes_left < 0:
            await self.refuse(_too_large(self._max_body_bytes))
        return {"type": "http.disconnect"} if self.refused else message

    async def send(self, message: Message) -> None:
        if not self.refused:
            self.started = True
            await self._send(message)

    async def refuse(self, error: ApiError) -> None:
        if not self.started and not self.refused:
            self.refused = True
            await error_response(error)(self._scope, self._receive, self._send)
        self.refused = True


class Limits:
    """Refuses what is too large, too much at once or too slow, in the one shape of errors.

    When all places are taken, a key or address with fewer than its share of them is still let in, so that nobody who
    sends much, or slowly, keeps others out. A request that ran out of time keeps its place until its thread is done.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._running: dict[asyncio.Task[None], str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on within its limits."""
        if scope["type"] != "http" or scope["path"].startswith(_UNLIMITED):
            await self._app(scope, receive, send)
            return
        settings = scope["app"].state.service.settings
        largest = settings.max_upload_bytes + MULTIPART_BYTES if _is_upload(scope) else settings.max_body_bytes
        exchange = _Exchange(scope, receive, send, largest)
        if _declared_bytes(scope) > largest:
            await exchange.refuse(_too_large(largest))
        elif self._is_full(scope, settings.max_concurrent_requests):
            await exchange.refuse(_overloaded(settings.max_concurrent_requests))
        else:
            await self._run(scope, exchange, None if scope["path"] == _ENDLESS else settings.request_timeout_s)

    def _is_full(self, scope: Scope, most: int) -> bool:
        """Whether all places are taken, and those of who asks are no fewer than its share."""
        if len(self._running) < most:
            return False
        subject, taken = subject_of(scope), Counter(self._running.values())
        return len(self._running) >= 2 * most or taken[subject] >= max(1, most // len(taken | {subject: 1}))

    async def _run(self, scope: Scope, exchange: _Exchange, timeout_s: float | None) -> None:
        time_left = CancelScope()  # unlike a cancelled task, what runs in it still waits for its thread
        task = asyncio.create_task(self._answer(scope, exchange, time_left))
        self._running[task] = subject_of(scope)
        task.add_done_callback(self._end)
        try:
            done, _ = await asyncio.wait({task}, timeout=timeout_s)
        finally:
            time_left.cancel()
        if timeout_s is not None and not done:
            await exchange.refuse(_timed_out(timeout_s))
        elif not exchange.refused:
            task.result()

    async def _answer(self, scope: Scope, exchange: _Exchange, time_left: CancelScope) -> None:
        with time_left:
            await self._app(scope, exchange.receive, exchange.send)

    def _end(self, task: asyncio.Task[None]) -> None:
        self._running.pop(task, None)
        if not task.cancelled():
            task.exception()  # else asyncio complains that nobody looked at it


def spend(service: "Service", subject: str, count: int = 1) -> None:
    """Count a request of a key or an address. Raises `ApiError` 429 with Retry-After when there are too many."""
    a_minute = service.settings.requests_per_minute
    if not a_minute:
        return
    wait_s = math.ceil(service.shared.spend(subject, a_minute, time.time(), count))
    if wait_s:
        raise ApiError(
            429,
            f"more than {a_minute} requests a minute: try again in {wait_s} s",
            type="rate_limit_error",
            code="rate_limit_exceeded",
            headers={"Retry-After": str(wait_s)},
        )


def payer_of(key: "StoredKey | None", scope: Scope) -> str:
    """Whose requests a minute a request counts among: its key's, or without one its address's."""
    return f"key {key.id}" if key else f"address {address_of(scope)}"


def subject_of(scope: Scope) -> str:
    """Who sends a request, for what is shared fairly: a key, or the address of who shows none.

    Before `keys.Admission` nobody has looked at what is shown as a key; a made-up one is refused there at once.
    """
    key = scope.get("state", {}).get("key")
    return (not key and Headers(scope=scope).get("authorization", "")) or payer_of(key, scope)


def address_of(scope: Scope) -> str:
    """The client's address as it is limited: IPv6 by its /64, which is one customer's."""
    host = scope["client"][0] if scope.get("client") else "local"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else host


def _too_large(max_bytes: int) -> ApiError:
    """The connection closes, so that the rest of the body need not be read."""
    message, closing = f"the body is larger than {max_bytes} bytes", {"Connection": "close"}
    return ApiError(413, message, code="body_too_large", headers=closing)


def _overloaded(most: int) -> ApiError:
    message = f"{most} requests are being answered: try again"
    return ApiError(503, message, type="server_error", code="overloaded", headers={"Retry-After": "1"})


def _timed_out(seconds: float) -> ApiError:
    return ApiError(504, f"no answer within {seconds:g} s", type="server_error", code="timeout")


def _is_upload(scope: Scope) -> bool:
    return (scope["method"], scope["path"]) == UPLOAD


def _declared_bytes(scope: Scope) -> int:
    declared = Headers(scope=scope).get("content-length", "")
    return int(declared) if declared.isdecimal() else 0


def install(app: FastAPI) -> None:
    """Put the limits around the application; CORS and trusted proxies where the settings name any."""
    settings = app.state.settings
    app.add_middleware(Limits)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["ETag", "Retry-After", "X-Request-ID"],
        )
    if settings.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))
