"""Requests and responses of OpenAI's protocol, as far as this service has them.

Specification: https://platform.openai.com/docs/api-reference. What a request names beyond these
fields is accepted and has no effect.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from rag.service.api.schemas import NOT_BLANK, AskResponse
from rag.service.problems import unsupported

MAX_INPUTS = 256
MAX_INPUT_CHARS = 30_000

_NOT_BLANK = {"type": "string", "pattern": NOT_BLANK}
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
    raise unsupported("1", "there is one answer to a question")


def _off(value: Any) -> Any:
    if value is False:
        return value
    raise unsupported("false", "sentences are quoted, not drawn by their probability")


def _text(value: Any) -> Any:
    if value == "text":
        return value
    raise unsupported("'text'", "nothing else is read or written here")


def _none(value: Any) -> Any:
    if value == []:
        return value
    raise unsupported("an empty list", "nothing is called here: leave it out")


def _parts(value: Any) -> Any:
    if not isinstance(value, str | list):
        raise unsupported("a string or a list of parts")
    return [{"type": "text", "text": value}] if isinstance(value, str) else value


def _texts(value: Any) -> Any:
    if not isinstance(value, str | list):
        raise unsupported("a string or a list of strings")
    if isinstance(value, list) and any(isinstance(item, int | list) for item in value):
        raise unsupported("strings", "tokens are those of another model: send the texts")
    return [value] if isinstance(value, str) else value


#: pydantic's Literal[1] takes true, and its Literal[False] takes 0.
One = Annotated[Any, AfterValidator(_one), WithJsonSchema({"const": 1})]
Off = Annotated[Any, AfterValidator(_off), WithJsonSchema({"const": False})]
TextOnly = Annotated[Any, AfterValidator(_text), WithJsonSchema({"const": "text"})]
Nothing = Annotated[Any, AfterValidator(_none), WithJsonSchema({"type": "array", "maxItems": 0})]


class OpenAIBody(BaseModel):
    """A request: types are taken as they are."""

    model_config = ConfigDict(strict=True, extra="ignore")


class TextPart(OpenAIBody):
    """A part of a message's content."""

    type: TextOnly
    text: str


#: A string is one part.
Parts = Annotated[list[TextPart], BeforeValidator(_parts, json_schema_input_type=str | list[TextPart])]


class Message(OpenAIBody):
    """A turn of the conversation; only the user's count."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Parts | None = None

    @property
    def text(self) -> str:
        """The content as one string."""
        return "\n".join(part.text for part in self.content or [])


class StreamOptions(OpenAIBody):
    """What a stream holds besides the answer."""

    include_usage: bool | None = None


class TextFormat(OpenAIBody):
    """The one format of an answer."""

    type: TextOnly


class ChatRequest(OpenAIBody):
    """A conversation. The last message of the user that is not blank is the question."""

    model: str
    messages: Annotated[list[Message], Field(min_length=1, json_schema_extra=_A_QUESTION)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: One | None = None
    logprobs: Off | None = None
    tools: Nothing | None = None
    functions: Nothing | None = None
    modalities: list[TextOnly] | None = None
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


Input = Annotated[str, Field(pattern=NOT_BLANK, max_length=MAX_INPUT_CHARS)]
_Inputs = Annotated[list[Input], Field(min_length=1, max_length=MAX_INPUTS)]

#: One text is a list of one.
Inputs = Annotated[_Inputs, BeforeValidator(_texts, json_schema_input_type=Input | _Inputs)]


class EmbeddingRequest(OpenAIBody):
    """Texts to be embedded. `input_type` is an addition: a query is embedded otherwise than a passage."""

    model: str
    input: Inputs
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
