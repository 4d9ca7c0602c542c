"""Whether the process lives and whether it can answer, for those who restart it and those who send it requests."""

import time
from threading import Lock
from typing import TYPE_CHECKING, Literal

from fastapi import FastAPI, Request
from pydantic import BaseModel

from corpus import EuragError
from rag.home.library import read_library
from rag.service.errors import ApiError, described, without_path

if TYPE_CHECKING:
    from rag.service.state import Service

BELIEVED_S = 2.0


class Live(BaseModel):
    """The process lives."""

    status: Literal["live"] = "live"


class Ready(BaseModel):
    """Index and encoder answer, from the generation and texts that these name."""

    status: Literal["ready"] = "ready"
    generation: str
    snapshot: str


class Readiness:
    """Asks index and encoder a question, and believes the answer for `BELIEVED_S` seconds."""

    def __init__(self) -> None:
        self._lock, self._until = Lock(), 0.0
        self._last: Ready | None = None

    def check(self, service: "Service") -> Ready:
        """What answered. Raises `ApiError` 503 while nothing does."""
        with self._lock:
            if self._last is None or time.monotonic() > self._until:
                self._last, self._until = _ask(service), time.monotonic() + BELIEVED_S
            return self._last


def _ask(service: "Service") -> Ready:
    try:
        with read_library(service.settings.home) as library:
            library.ids()
        retriever = service.retriever()
        retriever.search(retriever.query("ready"), 1)
    except EuragError as exc:
        message = without_path(f"not ready: {exc}", service.settings.home.home)
        raise ApiError(503, message, type="server_error", code="not_ready") from exc
    return Ready(generation=retriever.index.manifest.generation, snapshot=retriever.index.manifest.snapshot)


def install(app: FastAPI) -> None:
    """Add the two checks; neither needs a key."""
    readiness = Readiness()

    @app.get("/health/live", tags=["operations"])
    def live() -> Live:
        """Whether the process answers at all: restart it when not."""
        return Live()

    @app.get("/health/ready", tags=["operations"], responses=described(503))
    def ready(request: Request) -> Ready:
        """Whether index and encoder answer: send requests only then."""
        return readiness.check(request.app.state.service)
