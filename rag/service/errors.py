"""Every error of the service in OpenAI's shape: {"error": {"message", "type", "param", "code"}}."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.routing import Match, Mount

from corpus import DocumentNotFound, EuragError
from rag.errors import UnknownSection
from rag.service.problems import code_of, param_of, worded

_logger = logging.getLogger("eurag.service")
_METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")
_UNPARSED = "There was an error parsing the body"  # FastAPI's
_CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed"}


class ErrorDetail(BaseModel):
    """What went wrong: `param` names the parameter, `code` is for programs."""

    message: str
    type: str
    param: str | None
    code: str | None


class ErrorBody(BaseModel):
    """An error."""

    error: ErrorDetail


class ApiError(Exception):
    """A request that is answered by an error; `headers` go with it."""

    def __init__(
        self,
        status: int,
        message: str,
        type: str = "invalid_request_error",  # noqa: A002 - the name that OpenAI gives the field of its errors
        param: str | None = None,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.type, self.param, self.code = status, message, type, param, code
        self.headers = dict(headers or {})


def error_response(error: ApiError) -> JSONResponse:
    """The error as a response."""
    detail = ErrorDetail(message=error.message, type=error.type, param=error.param, code=error.code)
    return JSONResponse(ErrorBody(error=detail).model_dump(), error.status, error.headers)


def described(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI description of these errors, for a route's `responses`."""
    return {status: {"model": ErrorBody, "description": HTTPStatus(status).phrase} for status in statuses}


#: What every endpoint may answer instead of what it was asked for, but for those that need no key.
USUAL = described(400, 401, 403, 413, 429, 503, 504)


def install(app: FastAPI) -> None:
    """Let every exception that is raised on purpose end in the one shape."""

    @app.exception_handler(ApiError)
    async def _(_: Request, exc: ApiError) -> JSONResponse:
        return error_response(exc)

    @app.exception_handler(RequestValidationError)
    async def _(_: Request, exc: RequestValidationError) -> JSONResponse:
        return error_response(_invalid(exc.errors()))

    @app.exception_handler(HTTPException)
    async def _(request: Request, exc: HTTPException) -> JSONResponse:
        return error_response(_of_the_framework(request, exc))

    @app.exception_handler(EuragError)
    async def _(request: Request, exc: EuragError) -> JSONResponse:
        return error_response(known(exc, request.app.state.service.settings.home.home))


def _of_the_framework(request: Request, exc: HTTPException) -> ApiError:
    """What Starlette or FastAPI refuses, in words that say what to do."""
    code, headers, message = _CODES.get(exc.status_code), dict(exc.headers or {}), str(exc.detail)
    if exc.status_code == HTTPStatus.NOT_FOUND:
        message = f"there is nothing at {request.url.path}: GET /openapi.json says what there is"
    elif exc.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = _methods(request)
        message = f"{request.method} is not possible at {request.url.path}, only {headers['Allow']}"
    elif message == _UNPARSED:
        message = "the body cannot be read: expected JSON in UTF-8, not nested too deeply"
    return ApiError(exc.status_code, message, code=code, headers=headers)


def _methods(request: Request) -> str:
    """The methods of all routes of a path; Starlette names only those of the first, and none for files."""
    routes = [route for route in request.app.routes if not isinstance(route, Mount)]
    scopes = {method: {**request.scope, "method": method} for method in _METHODS}
    found = {name for name, scope in scopes.items() if any(r.matches(scope)[0] is Match.FULL for r in routes)}
    if "GET" in found or not found:
        found |= {"GET", "HEAD"}
    return ", ".join(sorted(found))


def _invalid(problems: Sequence[Mapping[str, Any]]) -> ApiError:
    """The first problem of a request that does not fit the schema."""
    return ApiError(400, worded(problems[0]), param=param_of(problems[0]), code=code_of(problems[0]))


def without_path(message: str, home: Path) -> str:
    """A message as strangers may read it: where on this machine the home is stays in the log."""
    return message.replace(str(home), "HOME")


def known(exc: EuragError, home: Path) -> ApiError:
    """One of the project's own errors: a document or section that is not there, or a home that cannot be read now."""
    if isinstance(exc, DocumentNotFound):
        message, _, _ = str(exc).partition("; 'eurag")  # who calls the service may have no command line
        return ApiError(404, f"{message}; GET /documents lists all", param="document", code="document_not_found")
    if isinstance(exc, UnknownSection):
        return ApiError(404, str(exc), param="section", code="section_not_found")
    _logger.warning("%s", exc)
    message = without_path(str(exc), home)
    return ApiError(503, message, type="server_error", code="unavailable", headers={"Retry-After": "5"})
