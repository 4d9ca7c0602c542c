"""Requests and responses of OpenAI's protocol, as far as this service has them.

Specification: https://platform.openai.com/docs/api-reference. What a request names beyond these
fields is accepted and has no effect.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from rag.service.schemas import AskResponse

MAX_INPUTS = 256
MAX_INPUT_CHARS = 30_000

_NOT_BLANK = {"type": "string", "pattern": r"\S"}
_A_QUESTION = {
    "contains": {
        "type": "object",
        "required": ["role", "content"],
        "properties": {
            "role": {"const": "user"},
            "content": {
                "anyOf": [
                    _NOT_BLANK,
                    {
                        "type": "array",
                        "contains": {"type": "object", "required": ["text"], "properties": {"text": _NOT_BLANK}},
                    },
                ]
            },
        },
    }
}


def _one(value: Any) -> Any:
    if value == 1 and not isinstance(value, bool):
        return value
    raise PydanticCustomError("literal_error", "must be 1")


def _off(value: Any) -> Any:
    if value is False:
        return value
    raise PydanticCustomError("literal_error", "must be false")


#: pydantic's Literal[1] takes true, and its Literal[False] takes 0.
One = Annotated[Any, AfterValidator(_one), WithJsonSchema({"const": 1})]
Off = Annotated[Any, AfterValidator(_off), WithJsonSchema({"const": False})]


class OpenAIBody(BaseModel):
    """A request: types are taken as they are."""

    model_config = ConfigDict(strict=True, extra="ignore")


class TextPart(OpenAIBody):
    """A part of a message's content."""

    type: Literal["text"]
    text: str


class Message(OpenAIBody):
    """A turn of the conversation; only the user's count."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[TextPart] | None = None

    @property
    def text(self) -> str:
        """The content as one string."""
        parts = self.content or ""
        return parts if isinstance(parts, str) else "\n".join(part.text for part in parts)


class StreamOptions(OpenAIBody):
    """What a stream holds besides the answer."""

    include_usage: bool | None = None


class TextFormat(OpenAIBody):
    """The one format of an answer."""

    type: Literal["text"]


class ChatRequest(OpenAIBody):
    """A conversation. The last message of the user that is not blank is the question."""

    model: str
    messages: Annotated[list[Message], Field(min_length=1, json_schema_extra=_A_QUESTION)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: One | None = None
    logprobs: Off | None = None
    tools: Annotated[list[Any], Field(max_length=0)] | None = None
    functions: Annotated[list[Any], Field(max_length=0)] | None = None
    modalities: list[Literal["text"]] | None = None
    response_format: TextFormat | None = None


class UrlCitation(BaseModel):
    """Where the page shows the quote; the indices, in code points, are those of the [n] in the content."""

    url: str
    title: str
    start_index: int
    end_index: int


class Annotation(BaseModel):
    """A citation of the content."""

    type: Literal["url_citation"]
    url_citation: UrlCitation


class ChatAnswer(AskResponse):
    """The answer to `question`, which is what was `asked` made to stand on its own."""

    asked: str


class AssistantMessage(BaseModel):
    """The answer."""

    role: Literal["assistant"]
    content: str
    refusal: None
    annotations: list[Annotation]
    eurag: ChatAnswer


class Choice(BaseModel):
    """The one answer."""

    index: int
    message: AssistantMessage
    logprobs: None
    finish_reason: Literal["stop"]


class Usage(BaseModel):
    """Tokens of the encoder's tokenizer."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatCompletion(BaseModel):
    """An answered conversation; `system_fingerprint` names the snapshot of the texts."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    system_fingerprint: str
    choices: list[Choice]
    usage: Usage


class Model(BaseModel):
    """A model that can be named in a request."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str


class ModelList(BaseModel):
    """All models."""

    object: Literal["list"] = "list"
    data: list[Model]


Input = Annotated[str, Field(pattern=r"\S", max_length=MAX_INPUT_CHARS)]


class EmbeddingRequest(OpenAIBody):
    """Texts to be embedded. `input_type` is an addition: a query is embedded otherwise than a passage."""

    model: str
    input: Input | Annotated[list[Input], Field(min_length=1, max_length=MAX_INPUTS)]
    encoding_format: Literal["float", "base64"] | None = None
    input_type: Literal["query", "passage"] | None = None
    dimensions: Annotated[int, Field(ge=1)] | None = None


class Embedding(BaseModel):
    """A vector of unit length, as numbers or as the base64 of little-endian float32."""

    object: Literal["embedding"]
    index: int
    embedding: list[float] | str


class EmbeddingUsage(BaseModel):
    """Tokens of the encoder's tokenizer."""

    prompt_tokens: int
    total_tokens: int


class EmbeddingList(BaseModel):
    """The vectors in the order of the texts; `encoder` names what made them."""

    object: Literal["list"]
    data: list[Embedding]
    model: str
    encoder: str
    usage: EmbeddingUsage
