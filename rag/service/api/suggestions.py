"""`GET /suggestions`: questions to begin with."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, FastAPI, Query, Request

from corpus.builtin import COLLECTION, SampleQuestion, has_builtin, sample_questions
from rag.home.library import read_library
from rag.service.api.parameters import known_only
from rag.service.api.schemas import Suggestion, Suggestions
from rag.service.errors import USUAL
from rag.service.gate.keys import collections_of
from rag.service.gate.threads import in_thread
from rag.service.state import Service
from rag.settings import Settings

MAX_COUNT = 20

router = APIRouter(tags=["questions"], dependencies=[Depends(known_only)], responses=USUAL)


@router.get("/suggestions")
async def suggestions(
    request: Request,
    lang: Annotated[Literal["en", "ru"] | None, Query(description="Only questions in this language.")] = None,
    count: Annotated[int, Query(ge=1, le=MAX_COUNT)] = 4,
) -> Suggestions:
    """Questions to begin with, others each day (UTC); none where the built-in library, which answers them, is not."""
    service: Service = request.app.state.service
    return await in_thread(request, lambda: _suggested(service.settings.home, lang, count, collections_of(request)))


def _suggested(settings: Settings, language: str | None, count: int, collections: Collection[str]) -> Suggestions:
    if collections and COLLECTION not in collections:
        return Suggestions(suggestions=[])
    with read_library(settings) as library:
        if library.ids() and not has_builtin(library):  # the service adds the library to an empty home
            return Suggestions(suggestions=[])
    chosen = of_the_day(sample_questions(language), datetime.now(UTC).date(), count)
    return Suggestions(suggestions=[Suggestion(question=made.question, language=made.language) for made in chosen])


def of_the_day(samples: Sequence[SampleQuestion], day: date, count: int) -> list[SampleQuestion]:
    """So many of the samples, on from where those of the day before ended, and from the first again after the last."""
    first = day.toordinal() * count
    return [samples[(first + n) % len(samples)] for n in range(min(count, len(samples)))]


def install(app: FastAPI) -> None:
    """Add the route."""
    app.include_router(router)
