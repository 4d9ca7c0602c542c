"""Requests over HTTP: slow enough for the server, bounded in time and size, and to no address that is not meant."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from corpus.errors import HarvestFailed
from corpus.harvest.addresses import Own, Server, addresses_of, refuse_private, server_of
from corpus.harvest.pace import Pace

_SCHEMES = ("http", "https")
_PASSING = (429, 500, 502, 503, 504)
#: Others pack far more than a thousand bytes into one, or can be nested.
_ENCODINGS = ("", "identity", "gzip", "deflate")
_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one response may take: `timeout_s` to connect and between two pieces, `response_s` in all."""

    timeout_s: float = 60.0
    response_s: float = 600.0
    response_bytes: int = 50 * 2**20
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Response:
    """The body of a response, its media type in lower case, without parameters, and where it came from at last."""

    url: str
    media_type: str
    data: bytes


class StatusRefused(HarvestFailed):
    """A server refused a request by a status that will not pass; `data` is what it said."""

    def __init__(self, reason: str, data: bytes) -> None:
        super().__init__(reason)
        self.data = data


class _TryAgain(Exception):
    """A request failed for a reason that may pass."""

    def __init__(self, reason: str, retry_after: str | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class PoliteClient:
    """Asks one host, and where that points to; use it as a context manager.

    No proxy is used, since behind one it could not be told which address answers.
    """

    def __init__(self, url: str, pace: Pace | None = None, limits: Limits | None = None) -> None:
        """A client for the host of a URL. Raises `HarvestFailed` when the URL is none of http or https."""
        import httpx2

        self._pace, self._limits = pace or Pace(), limits or Limits()
        self._own = Own.of(_server(_url(url)))
        self._last = float("-inf")
        self._http = httpx2.Client(
            headers={"User-Agent": _user_agent(), "Accept-Encoding": "gzip"},
            timeout=self._limits.timeout_s,
            trust_env=False,
        )

    def __enter__(self) -> "PoliteClient":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, url: str, parameters: Mapping[str, str] | None = None, tries: int | None = None) -> Response:
        """The response to a request; `parameters` are added to the query of the URL.

        What may pass (429, some of 5xx, a broken connection) is tried `tries` times, else as often as the pace says.
        Raises `StatusRefused` on any other status, `HarvestFailed` on more redirects, bytes or time than the limits
        allow, and on what `addresses` refuses.
        """
        target = _url(url).copy_merge_params(dict(parameters or {}))
        tried, most = 0, tries or self._pace.tries
        while True:
            try:
                return self._follow(target)
            except _TryAgain as exc:
                tried += 1
                if tried >= most:
                    raise HarvestFailed(f"{url}: {exc}, {tried} times") from exc
                self._pace.back_off(tried, f"{url}: {exc}", exc.retry_after)

    def _follow(self, url: Any) -> Response:
        """The response, after redirects; only to http and https, and never from https to http."""
        for _ in range(self._limits.redirects + 1):
            response, location = self._once(url)
            if location is None:
                return response
            onward = _url(location, url)
            if url.scheme == "https" and onward.scheme != "https":
                raise HarvestFailed(f"{url}: redirected to {onward}, which is not encrypted")
            url = onward
        raise HarvestFailed(f"{url}: more than {self._limits.redirects} redirects")

    def _once(self, url: Any) -> tuple[Response, str | None]:
        """The response to one request, and where it redirects to. Raises `_TryAgain`, `HarvestFailed`."""
        import httpx2

        server = _server(url)
        for address in addresses_of(server.host):  # before a connection is made; again when it stands, for a name that
            refuse_private(address, server, self._own)  # resolves to something else by then
        trace = partial(self._refuse_private, server)
        self._pace.pause(self._last)
        try:
            with self._http.stream("GET", url, extensions={"trace": trace}) as response:
                if response.status_code in _PASSING:
                    raise _TryAgain(f"HTTP {_status(response)}", response.headers.get("retry-after"))
                if not (response.is_success or response.has_redirect_location):
                    raise StatusRefused(f"{url}: HTTP {_status(response)}", self._body(response))
                media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
                location = response.headers["location"] if response.has_redirect_location else None
                return Response(str(url), media_type, self._body(response)), location
        except (httpx2.HTTPError, OSError) as exc:
            raise _TryAgain(str(exc) or type(exc).__name__) from exc
        except httpx2.InvalidURL as exc:
            raise HarvestFailed(f"{url}: {exc}") from exc
        finally:
            self._last = self._pace.clock()

    def _body(self, response: Any) -> bytes:
        """The body, unpacked. Raises `HarvestFailed` over a limit."""
        packed = response.headers.get("content-encoding", "").strip().lower()
        if packed not in _ENCODINGS:
            raise HarvestFailed(f"{response.url}: packed as '{packed}', expected gzip or nothing")
        began, data = self._pace.clock(), bytearray()
        for piece in response.iter_bytes(_PIECE):
            data += piece
            if len(data) > self._limits.response_bytes:
                raise HarvestFailed(f"{response.url}: more than {self._limits.response_bytes / 2**20:g} MB")
            if self._pace.clock() - began > self._limits.response_s:
                raise HarvestFailed(f"{response.url}: not read within {self._limits.response_s:g} s")
        return bytes(data)

    def _refuse_private(self, server: Server, event: str, info: Mapping[str, Any]) -> None:
        """Called when a connection stands and before anything is sent, so that no name can resolve to two hosts."""
        if event != "connection.connect_tcp.complete":
            return
        connection = info["return_value"]
        try:
            refuse_private(connection.get_extra_info("server_addr")[0], server, self._own)
        except (HarvestFailed, OSError):
            connection.close()
            raise


def _url(url: str, base: Any = None) -> Any:
    """The URL, parsed, from `base` on where it is relative. Raises `HarvestFailed` when it is none of http or https."""
    import httpx2

    try:
        parsed = base.join(url) if base else httpx2.URL(url)
    except httpx2.InvalidURL as exc:
        raise HarvestFailed(f"{url}: {exc}") from exc
    if parsed.scheme not in _SCHEMES or not parsed.host:
        raise HarvestFailed(f"expected an address like https://journal.example.org/oai, found '{url}'")
    return parsed


def _server(url: Any) -> Server:
    return server_of(url.scheme, url.host, url.port)


def _status(response: Any) -> str:
    return f"{response.status_code} {response.reason_phrase}".strip()


def _user_agent() -> str:
    try:
        return f"eurag/{version('eurag')} (OAI-PMH harvester)"
    except PackageNotFoundError:
        return "eurag (OAI-PMH harvester)"
