"""What goes in and out of the service's own endpoints, for validation and for its OpenAPI description.

The answers are those of `rag.output.contract`; the models here only describe them.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

DAY = r"^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"
NOT_BLANK = r"\S"
PASSAGE_NUMBER = "^[1-9][0-9]{0,18}$"

Question = Annotated[str, Field(pattern=NOT_BLANK, description="Any text but white space alone.")]
Day = Annotated[str, Field(pattern=DAY, description="ISO 8601: 2014, 2014-05 or 2014-05-29.")]


def _whole(value: Any) -> Any:
    """JSON Schema takes 3.0 for an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(_whole)]


class Body(BaseModel):
    """A request's body: types are taken as they are, unknown fields are refused."""

    model_config = ConfigDict(strict=True, extra="forbid")


class FilterFields(Body):
    """Which documents may be found."""

    language: str | None = Field(None, description="Only texts in this language (ISO 639-1).")
    kind: str | None = Field(None, description="Only documents of this kind: treaty, article, note, ...")
    since: Day | None = Field(None, description="Only documents of this date or later.")
    until: Day | None = Field(None, description="Only documents of this date or earlier.")
    author: str | None = Field(None, description="Only documents with an author whose name holds this.")


class SearchRequest(FilterFields):
    """What to look for."""

    query: Question
    k: Whole = Field(10, ge=1, le=100, description="How many passages.")


class AskRequest(FilterFields):
    """What to answer."""

    question: Question


class FoundPassage(BaseModel):
    """A passage that was found; `text` is the document's from `start` to `end`, in code points."""

    rank: int
    score: float
    passage: str
    document: str
    source: str
    collection: str
    title: str
    kind: str
    part: str
    language: str
    section: str | None
    page: str | None
    start: int
    end: int
    text: str


class SearchResponse(BaseModel):
    """Passages, best first."""

    query: str
    language: str
    snapshot: str
    results: list[FoundPassage]


class AnswerSentence(BaseModel):
    """A sentence of an answer and the numbers of its citations."""

    text: str
    citations: list[int]
    role: Literal["lead", "corroborates", "differs", "adds"] = Field(
        description="It answers; says the same as the lead; gives another value; says more."
    )


class ShortAnswer(BaseModel):
    """The words of a citation's quote that answer; `start` and `end` are code points of its document."""

    text: str
    start: int
    end: int
    citation: int


class AnswerGroup(BaseModel):
    """Sentences under a heading; `sentences` are their places in those of the answer, from 0."""

    heading: str
    sentences: list[int]


class Citation(BaseModel):
    """A quote: the document's text from `start` to `end`, in code points."""

    n: int
    passage: str
    document: str
    source: str
    collection: str
    title: str
    date: str | None
    language: str
    section: str | None
    page: str | None
    part: str
    start: int
    end: int
    quote: str
    reference: str
    also_in: list[str]


class Wording(BaseModel):
    """How a model's words fared: its sentences `kept` and `dropped`, whether they are `used`, a `note` for readers."""

    model: str
    kept: int
    dropped: int
    used: bool
    problem: str | None
    note: str


class AskResponse(BaseModel):
    """An answer, or a refusal or reply to a mere greeting or thanks: `answerable` false and no sentences."""

    question: str
    language: str
    snapshot: str
    answerable: bool
    confidence: float
    answer: str
    reason: str | None
    sentences: list[AnswerSentence]
    short_answer: ShortAnswer | None = Field(description="Null for a refusal, and where a model worded the answer.")
    groups: list[AnswerGroup]
    notes: list[str]
    citations: list[Citation]
    passages: list[FoundPassage]
    generation: Wording | None = Field(None, description="Only where a language model was asked to word the answer.")


class Suggestion(BaseModel):
    """A question to begin with and the ISO 639-1 code of its words."""

    question: str
    language: str


class Suggestions(BaseModel):
    """Questions to begin with."""

    suggestions: list[Suggestion]


class DocumentEntry(BaseModel):
    """A document of the library; `year` and `duplicate_of` are null where there is none."""

    document: str
    collection: str
    source: str
    title: str
    kind: str
    languages: list[str]
    year: int | None
    duplicate_of: str | None
    characters: int


class DocumentDetails(DocumentEntry):
    """A document with its whole record."""

    record: dict[str, Any]


class DocumentPage(BaseModel):
    """Some of the documents that match, of `total`."""

    total: int
    limit: int
    offset: int
    documents: list[DocumentEntry]


class DocumentText(BaseModel):
    """A stretch of a document's text; offsets count code points, `characters` is the whole length.

    `snapshot` is the index whose citations count in this text, null for a text that none holds yet.
    """

    document: str
    snapshot: str | None
    start: int
    end: int
    characters: int
    text: str


class PassageDetails(BaseModel):
    """A passage of the current index."""

    passage: str
    document: str
    source: str
    collection: str
    title: str
    kind: str
    part: str
    language: str
    section: str | None
    page: str | None
    start: int
    end: int
    text: str
    snapshot: str


class CitationText(BaseModel):
    """A document's reference in a style; `media_type` is what a file of it would have."""

    document: str
    style: str
    media_type: str
    reference: str
