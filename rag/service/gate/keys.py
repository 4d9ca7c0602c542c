"""API keys: who may read, who may administer.

A key reads `eurag-ID-SECRET`. Its secret is 32 random bytes, so one SHA-256 protects it at rest.
"""

import hmac
import ipaddress
import re
import secrets
from collections.abc import Collection
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, FastAPI, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from corpus import EuragError
from rag.errors import KeyNotFound, KeyRefused
from rag.home.audit import Actor, acting
from rag.service.errors import ApiError, error_response, known
from rag.service.gate.limits import address_of, payer_of, spend
from rag.service.gate.shared import Shared, StoredKey
from rag.service.ops.logs import note
from rag.service.settings import ServiceSettings

if TYPE_CHECKING:
    from rag.service.state import Service

Rights = Literal["read", "admin"]

#: What needs no key: the page's own files, which hold nothing of the corpus, and health checks.
OPEN_PATHS = ("/health/", "/page/")
_OPEN = frozenset({"/", "/openapi.json", "/favicon.ico"})

#: What a proxy adds to a request that it passes on.
_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
_FORM = re.compile(r"eurag-([0-9a-f]{8})-([0-9a-f]{64})")


def add_key(
    shared: Shared, name: str, rights: Rights, expires: datetime | None = None, collections: Collection[str] = ()
) -> str:
    """Make a key and return it, the only time that it can be seen; from `expires` on it is worthless.

    With `collections` it reads those alone. One that administers reads all, since it may add and remove anywhere.
    Raises `KeyRefused`.
    """
    if not name.strip():
        raise KeyRefused(f"a key needs a name that says whose it is or what for, found '{name}'")
    if collections and rights == "admin":
        raise KeyRefused("a key of scope admin reads every collection: give it none, or scope read")
    id_, secret = secrets.token_hex(4), secrets.token_hex(32)
    ends = expires.astimezone(UTC).isoformat(timespec="seconds") if expires else None
    shared.add_key(StoredKey(id_, name, rights, _hash(secret), _now(), ends, tuple(collections)))
    return f"eurag-{id_}-{secret}"


def collections_of(request: Request) -> tuple[str, ...]:
    """The collections that the sender of a request may read; none are named where all are."""
    key: StoredKey | None = request.state.key
    return key.collections if key else ()


def id_of(key: str) -> str:
    """The id in a key, by which it is listed and revoked."""
    return key.split("-")[1]


def revoke_key(shared: Shared, id_: str) -> None:
    """Make a key worthless, in running services too. Raises `KeyNotFound`."""
    if not shared.revoke_key(id_):
        raise KeyNotFound(f"no key has the id '{id_}'; 'eurag keys list' shows them")


def find_key(shared: Shared, text: str) -> StoredKey | None:
    """The stored key that this text is, compared in constant time; none that has expired."""
    form = _FORM.fullmatch(text)
    stored = shared.key(form[1]) if form else None
    if not (form and stored and hmac.compare_digest(stored.hash, _hash(form[2]))):
        return None
    return None if stored.expires_at and stored.expires_at <= _now() else stored


def is_open(settings: ServiceSettings, shared: Shared) -> bool:
    """Whether reading needs no key: where everyone was let in, and on one's own machine where there never was a key.

    A proxy makes strangers look like this machine, so that behind one keys are needed.
    """
    if settings.require_keys or shared.ever_had_keys():
        return False
    behind_proxy = bool(settings.trusted_proxies or settings.public_url)
    return settings.public_without_keys or (is_loopback(settings.host) and not behind_proxy)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def is_loopback(host: str) -> bool:
    """Whether an address, or the name localhost, is reached from this machine only."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


class Admission:
    """Lets a request in by its key and by how many it has sent; what nobody listed as open needs a key."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._one_at_a_time = CapacityLimiter(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its key, or None, in `state["key"]`."""
        if scope["type"] == "http" and not _is_open(scope["path"]):
            service = scope["app"].state.service
            try:
                key = await to_thread.run_sync(admit, service, scope, limiter=self._one_at_a_time)
            except (ApiError, EuragError) as exc:
                refusal = exc if isinstance(exc, ApiError) else known(exc, service.settings.home.home)
                await error_response(refusal)(scope, receive, send)
                return
            scope.setdefault("state", {})["key"] = key
            note(key=key.id if key else None)
            with acting(Actor(f"key {key.id} ({key.name})" if key else "anybody", address_of(scope))):
                await self._app(scope, receive, send)
            return
        await self._app(scope, receive, send)


def admit(service: "Service", scope: Scope) -> StoredKey | None:
    """The key of a request that may be answered, None where reading is open. Raises `ApiError` 401, 403 or 429."""
    headers = Headers(scope=scope)
    kind, _, text = headers.get("authorization", "").partition(" ")
    given = text.strip() if kind.lower() == "bearer" else ""
    key = find_key(service.shared, given)
    spend(service, payer_of(key, scope))
    if not key:
        _check_open(service, given, headers)
    return key


def _check_open(service: "Service", given: str, headers: Headers) -> None:
    """Whether reading needs no key here.

    A page of another site that had its name point here is turned away, and so is what a proxy passes on.
    """
    settings = service.settings
    forwarded = not settings.public_without_keys and any(name in headers for name in _FORWARDED)
    if forwarded or not is_open(settings, service.shared):
        raise _unauthorised(
            "the API key is wrong, expired or revoked" if given else "send an API key: Authorization: Bearer KEY"
        )
    host = headers.get("host", "")
    if not settings.public_without_keys and not is_loopback(_hostname(host)):
        raise ApiError(403, f"this service answers without keys only to localhost, not as '{host}'", code="wrong_host")


def _hostname(host: str) -> str:
    """The name or address in a Host header, "" where there is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _unauthorised(message: str) -> ApiError:
    return ApiError(401, message, code="invalid_api_key", headers={"WWW-Authenticate": "Bearer"})


def _is_open(path: str) -> bool:
    return path in _OPEN or path.startswith(OPEN_PATHS)


def admin_only(
    request: Request,
    _: Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False, scheme_name="key"))],
) -> None:
    """A dependency of what only an administrator may do. Raises `ApiError` 401 without a key, 403 with another's."""
    key: StoredKey | None = request.state.key
    if key is None:
        raise _unauthorised("this needs an API key of scope admin: Authorization: Bearer KEY")
    if key.scope != "admin":
        raise ApiError(403, "this key may only read", code="insufficient_scope")


def install(app: FastAPI) -> None:
    """Ask for keys on everything but what is open."""
    app.add_middleware(Admission)
