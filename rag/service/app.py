"""The application: its parts put together; nothing is loaded before it starts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI

from rag.service import errors
from rag.service.api import admin, documents, openai_api, questions, suggestions
from rag.service.api.description import complete
from rag.service.gate import keys, limits
from rag.service.ops import head, health, logs, metrics
from rag.service.ops.shutdown import end_with_parent
from rag.service.page import routes
from rag.service.settings import ServiceSettings
from rag.service.state import Service

#: Each part's middleware goes around those before it: what keys and limits refuse is logged, and all of it counted.
_PARTS = (
    errors,
    head,
    keys,
    limits,
    logs,
    metrics,
    health,
    admin,
    openai_api,
    questions,
    suggestions,
    documents,
    routes,
)


def create_app(settings: ServiceSettings) -> FastAPI:
    """The service under these settings; its lifespan opens the home and closes it again."""
    app = Application(
        title="eurag",
        version=version("eurag"),
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.settings = settings
    for part in _PARTS:
        part.install(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    end_with_parent()
    app.state.service = Service(app.state.settings)
    app.state.service.start()
    yield
    app.state.service.close()


class Application(FastAPI):
    """An application whose OpenAPI document says what it does under its settings."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        if self.openapi_schema is None:
            complete(super().openapi(), self.state.settings)
        return super().openapi()
