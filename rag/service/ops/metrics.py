"""Figures for Prometheus at `GET /metrics`, summed over all workers (`figures`).

What the home holds is read when asked.
"""

from collections.abc import Iterator
from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpus import EuragError
from embeddings.generation import current_generation, read_manifest
from rag.search.stages import Stage, listening
from rag.service.api.jobs import current_job
from rag.service.ops.figures import Figures
from rag.service.ops.logs import CLIENT_CLOSED, route_of

if TYPE_CHECKING:
    from prometheus_client.core import Metric

    from rag.answer.answer import Answer
    from rag.service.state import Service

_METHODS = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS".split())
_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """The figures of one process."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

        disable_created_metrics()  # type: ignore[no-untyped-call]  # when a figure began means nothing of a sum
        self.registry = CollectorRegistry()
        self.figures = Figures(self.registry)
        self._requests = Counter(
            "eurag_requests", "Requests by route and status.", ("method", "route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "eurag_request_seconds",
            "Seconds until the end of the response.",
            ("method", "route"),
            buckets=_BUCKETS_S,
            registry=self.registry,
        )
        self._stages = Histogram(
            "eurag_stage_seconds",
            "Seconds of a stage of a question.",
            ("stage",),
            buckets=_BUCKETS_S,
            registry=self.registry,
        )
        self._answers = Counter("eurag_answers", "Answers and refusals.", ("outcome",), registry=self.registry)

    def observe_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request and its time."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)
        self.figures.changed()

    def observe_stage(self, stage: Stage, seconds: float) -> None:
        """Count the time of one stage; a listener for `rag.search.stages`."""
        self._stages.labels(stage).observe(seconds)

    def observe_answer(self, answer: "Answer") -> None:
        """Count an answer, or a question that the texts do not answer; a mere greeting or thanks is neither."""
        if not answer.reply:
            self._answers.labels("answered" if answer.answerable else "refused").inc()


class _Home:
    """What the home holds, the same whichever worker is asked."""

    def __init__(self, service: "Service") -> None:
        self._service = service

    def collect(self) -> Iterator["Metric"]:
        """Gauges of the current generation and of the last job, as far as there are any."""
        from prometheus_client.core import GaugeMetricFamily

        home, shared = self._service.settings.home, self._service.shared
        figures: dict[str, tuple[str, float]] = {}
        with suppress(EuragError):
            manifest = read_manifest(current_generation(home.home))
            figures["index_documents"] = ("Documents in the index.", manifest.documents)
            figures["index_passages"] = ("Passages in the index.", manifest.passages)
            figures["index_generation"] = ("Number of the current generation.", int(manifest.generation[1:]))
        with suppress(EuragError):
            if job := current_job(home, shared):
                share = job.done / job.total if job.total else float(job.state == "done")
                figures["rebuild_running"] = ("Whether a rebuild or purge runs.", job.state == "running")
                figures["rebuild_progress"] = ("Share of the last job that is done.", share)
        for name, (help_text, value) in figures.items():
            yield GaugeMetricFamily(f"eurag_{name}", help_text, value)


class RequestMetrics:
    """Counts and times each request, and the stages of its question."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; one that ends without a response counts as 499."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, started = CLIENT_CLOSED, perf_counter()
        metrics: Metrics = scope["app"].state.service.metrics

        async def send_and_see(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            with listening(metrics.observe_stage):
                await self._app(scope, receive, send_and_see)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            metrics.observe_request(method, route_of(scope), status, perf_counter() - started)


def render(service: "Service") -> bytes:
    """All figures in Prometheus' text format 0.0.4."""
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    registry.register(service.metrics.figures)
    registry.register(_Home(service))
    return generate_latest(registry)


def install(app: FastAPI) -> None:
    """Count every request of the application and serve the figures."""
    app.add_middleware(RequestMetrics)

    @app.get(
        "/metrics",
        tags=["operations"],
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    def metrics(request: Request) -> Response:
        """The figures of all workers for Prometheus."""
        from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

        return Response(render(request.app.state.service), media_type=CONTENT_TYPE_PLAIN_0_0_4)
