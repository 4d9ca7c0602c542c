"""Structured logs: one JSON object a line, a request id in each, no question and no key ever by itself."""

import json
import logging
import re
import secrets
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.service.errors import ApiError, error_response

CLIENT_CLOSED = 499

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_logger = logging.getLogger("eurag.service")
_fields: ContextVar[dict[str, Any] | None] = ContextVar("log_fields", default=None)


def note(**fields: Any) -> None:
    """Add fields to the line that the request of this context will get."""
    noted = _fields.get()
    if noted is not None:
        noted.update(fields)


def request_id() -> str | None:
    """The id of the request of this context."""
    return (_fields.get() or {}).get("request_id")


class JsonFormatter(logging.Formatter):
    """A log record as one line of JSON; what `extra={"fields": ...}` holds is put beside the message."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        data: dict[str, Any] = {"time": time, "level": record.levelname.lower(), "pid": record.process}
        data["message"] = record.getMessage()
        data |= getattr(record, "fields", {})
        if record.exc_info:
            data["traceback"] = self.formatException(record.exc_info)
        return json.dumps(data, ensure_ascii=False, default=str)


def log_config(level: str = "INFO") -> dict[str, Any]:
    """The logging of a service process for `logging.config.dictConfig`: everything as JSON on stderr."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "rag.service.ops.logs.JsonFormatter"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "level": level}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "eurag": {"level": level},
            "uvicorn": {"level": level},
            "uvicorn.access": {"level": "CRITICAL", "propagate": False},
        },
    }


class RequestLog:
    """Gives each request an id and a log line, and turns an unexpected exception into a 500 that names it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; the response carries `X-Request-ID`, taken from the request if it is sane."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        fields: dict[str, Any] = {"request_id": _request_id(scope), "status": CLIENT_CLOSED}
        token, started = _fields.set(fields), perf_counter()

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                fields["status"] = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = fields["request_id"]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except ClientDisconnect:
            pass  # the line says so: its status is 499
        except Exception:  # the outermost layer: any bug gets a line with its id and, if nothing was sent yet, a 500
            _logger.exception("unexpected error", extra={"fields": {"request_id": fields["request_id"]}})
            if fields["status"] != CLIENT_CLOSED:
                raise
            await _internal_error(fields["request_id"])(scope, receive, send_with_id)
        finally:
            _fields.reset(token)
            _logger.info("request", extra={"fields": _line(scope, fields, perf_counter() - started)})


def _line(scope: Scope, fields: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    client = scope.get("client")
    return {
        "method": scope["method"],
        "route": route_of(scope),
        "client": client[0] if client else None,
        "ms": round(seconds * 1000, 1),
        **fields,
    }


def route_of(scope: Scope) -> str:
    """The path of the route as it was declared; "none" where a request was refused before or has no route.

    So nothing that a client made up is told apart or written.
    """
    return getattr(scope.get("route"), "path", "none")


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _ID.fullmatch(given) else secrets.token_hex(8)


def _internal_error(id_: str) -> ASGIApp:
    return error_response(
        ApiError(500, f"internal error; the log names it by {id_}", type="server_error", code="internal_error")
    )


def install(app: FastAPI) -> None:
    """Log every request of the application."""
    app.add_middleware(RequestLog)
