"""What the OpenAPI document says beyond what FastAPI makes of the routes."""

from typing import Any

from rag.service.api.openai_api import EMBEDDING_MODEL
from rag.service.settings import ServiceSettings
from rag.service.state import models

_KEY_OR_NONE: list[dict[str, list[str]]] = [{"key": []}, {}]


def complete(description: dict[str, Any], settings: ServiceSettings) -> None:
    """Make a document tell of errors, keys, limits and models as the service has them."""
    for path in description["paths"].values():
        for operation in path.values():
            _as_answered(operation)
    schemas = description["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    _state_limits(schemas, settings)


def _as_answered(operation: dict[str, Any]) -> None:
    """What does not fit is answered by 400, errors are JSON; where a key can be wrong, one can be sent."""
    operation["responses"].pop("422", None)
    for status, response in operation["responses"].items():
        if status >= "400":
            response["content"] = {"application/json": next(iter(response["content"].values()))}
    if "401" in operation["responses"]:
        operation.setdefault("security", _KEY_OR_NONE)


def _state_limits(schemas: dict[str, Any], settings: ServiceSettings) -> None:
    chat, embedding = schemas["ChatRequest"]["properties"], schemas["EmbeddingRequest"]["properties"]
    chat["messages"]["maxItems"] = settings.max_messages
    chat["model"]["enum"] = list(models(settings))
    embedding["model"]["enum"] = [EMBEDDING_MODEL]
    schemas["SearchRequest"]["properties"]["query"]["maxLength"] = settings.max_question_chars
    schemas["AskRequest"]["properties"]["question"]["maxLength"] = settings.max_question_chars
