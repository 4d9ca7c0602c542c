"""What one process of the service holds while it runs: the index, the encoder, shared state and figures."""

import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from threading import Event, Thread
from typing import TYPE_CHECKING

from corpus import EuragError, Filters
from embeddings import Encoder
from rag.answer.answer import Answer, Answerer, Ask
from rag.conversation import Standalone
from rag.home.open import LiveRetriever, add_library_if_empty, open_answerer
from rag.search.retrieval import Retriever
from rag.service.errors import ApiError, without_path
from rag.service.gate.places import FairPlaces
from rag.service.gate.shared import Shared
from rag.service.ops.metrics import Metrics
from rag.service.settings import ServiceSettings

if TYPE_CHECKING:
    from rag.llm.settings import LlmSettings

#: The questions of a conversation and what the rules make of the last, to that question completed.
Completer = Callable[[Sequence[str], Standalone], Standalone]

#: The chat model that quotes, and the one that words.
EXTRACTIVE, GENERATIVE = "eurag", "eurag-llm"
RETRY_S = 1.0
#: The share of a request's time that a model may take to answer, so that time is left to complete the question
#: before, to check the sentences, and for the extractive answer.
LLM_SHARE = 0.5
#: How many questions are worked on at once, and how many models and long lists of texts are waited for.
SHORT_WORK, LONG_WORK = (os.cpu_count() or 1) + 1, 32

_logger = logging.getLogger("eurag.service")


class Service:
    """Opened by the lifespan of the application as `app.state.service`.

    `retriever()` is ready some time after `start()`; until then `problem` says why it is not.
    `models` maps the name of each chat model to what makes an answerer of the extractive one. `started_at` is a Unix
    time.
    """

    def __init__(self, settings: ServiceSettings) -> None:
        """Nothing is opened yet: the index is by `start`, the shared state where it is needed."""
        self.settings = settings
        self.shared = Shared(settings.home.home / "service.db")
        self.metrics = Metrics()
        self.short_work, self.long_work = FairPlaces(SHORT_WORK), FairPlaces(LONG_WORK)
        self.started_at = int(time.time())
        self.models, self.completers = models(settings), completers(settings)
        self.problem: str | None = "the index is being opened"
        self._live: LiveRetriever | None = None
        self._ask: Answerer | None = None
        self._closing = Event()
        self._opening = Thread(target=self._open, name="open-index", daemon=True)

    def start(self) -> None:
        """Open the index in the background, after adding the built-in library to an empty home."""
        self._opening.start()

    def retriever(self) -> Retriever:
        """The current generation; a request takes it once. Raises `ApiError` 503 while there is none."""
        if self._live is None:
            raise self._not_ready()
        return self._live.current()

    def answer(
        self, retriever: Retriever, question: str, filters: Filters | None = None, model: str = EXTRACTIVE
    ) -> Answer:
        """The answer under a chat model's name. Raises `ApiError` 503 while nothing reads yet."""
        if self._ask is None:
            raise self._not_ready()
        return self.models[model](self._ask)(retriever, question, filters)

    def _not_ready(self) -> ApiError:
        message = without_path(f"not ready: {self.problem}", self.settings.home.home)
        return ApiError(503, message, type="server_error", code="not_ready", headers={"Retry-After": "5"})

    def is_courtesy(self, retriever: Retriever, question: str) -> bool:
        """Whether a message asks nothing of the texts."""
        return self._ask is not None and self._ask.is_courtesy(retriever, question)

    @property
    def ready(self) -> bool:
        """Whether the index is open and has answered a first question."""
        return self._live is not None

    def close(self) -> None:
        """Give everything back; a build that is under way is left to end with the process."""
        self._closing.set()
        self.shared.close()

    def _open(self) -> None:
        while not self._closing.is_set():
            try:
                self._open_once()
            except EuragError as exc:
                if str(exc) != self.problem:
                    _logger.warning("the index cannot be opened yet: %s", exc)
                self.problem = str(exc)
                self._closing.wait(RETRY_S)
            else:
                return

    def _open_once(self) -> None:
        home = self.settings.home
        add_library_if_empty(home, self._notice)
        live = LiveRetriever(home, _logger.warning, batching)
        retriever = live.current()
        self._ask = open_answerer(home)
        self._ask(retriever, "?")
        self._live, self.problem = live, None

    def _notice(self, message: str) -> None:
        self.problem = message
        _logger.info("%s", message)


def models(settings: ServiceSettings) -> Mapping[str, Callable[[Ask], Ask]]:
    """The chat models under these settings: `eurag-llm` where a model is configured that words answers."""
    known: dict[str, Callable[[Ask], Ask]] = {EXTRACTIVE: lambda ask: ask}
    if llm := _llm(settings):
        from rag.llm.answer import llm_answer

        if llm.unusable:
            _logger.warning("%s only quotes: %s", GENERATIVE, llm.unusable)
        known[GENERATIVE] = lambda ask: partial(llm_answer, llm, ask)
    return known


def completers(settings: ServiceSettings) -> Mapping[str, Completer]:
    """The chat models that complete follow-up questions themselves, beyond the rules."""
    llm = _llm(settings)
    if llm is None:
        return {}
    from rag.llm.follow_up import completed

    return {GENERATIVE: partial(completed, llm)}


def _llm(settings: ServiceSettings) -> "LlmSettings | None":
    """The model with no more time than a request leaves it."""
    if settings.home.llm is None:
        return None
    time_left = settings.request_timeout_s * LLM_SHARE
    return replace(settings.home.llm, timeout_s=min(settings.home.llm.timeout_s, time_left))


def batching(encoder: Encoder) -> Encoder:
    """The encoder for many threads: questions that arrive together are encoded together."""
    from embeddings.batching import BatchingEncoder

    return BatchingEncoder(encoder)
