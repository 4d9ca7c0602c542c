import errno
import os

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from rag.service.ops import figures as figures_module
from rag.service.ops.figures import Figures, shared_between


class Worker:
    """The figures of one worker of a service whose files lie in a folder."""

    def __init__(self, pid, monkeypatch):
        registry = CollectorRegistry()
        self.pid, self._monkeypatch = pid, monkeypatch
        self.requests = Counter("requests", "Requests.", ("route",), registry=registry)
        self.seconds = Histogram("seconds", "Seconds.", buckets=(1, 10), registry=registry)
        self.figures = Figures(registry)

    def tell(self):
        self._monkeypatch.setattr(figures_module.os, "getpid", lambda: self.pid)
        self.figures.tell()

    def shown(self):
        """{name with labels: value}."""
        self._monkeypatch.setattr(figures_module.os, "getpid", lambda: self.pid)
        registry = CollectorRegistry()
        registry.register(self.figures)
        lines = [line for line in generate_latest(registry).decode().splitlines() if not line.startswith("#")]
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


@pytest.fixture
def folder():
    with shared_between(2):
        yield figures_module.Path(os.environ["EURAG_FIGURES_FOLDER"])


@pytest.fixture
def workers(folder, monkeypatch):
    return [Worker(pid, monkeypatch) for pid in (1, 2)]


def test_the_figures_of_all_workers_are_summed(workers):
    for worker in workers:
        worker.requests.labels("/a").inc()
        worker.seconds.observe(5)
        worker.tell()
    workers[0].requests.labels("/b").inc(3)
    shown = workers[0].shown()
    assert shown['requests_total{route="/a"}'] == 2
    assert shown['requests_total{route="/b"}'] == 3
    assert (shown['seconds_bucket{le="1.0"}'], shown['seconds_bucket{le="10.0"}'], shown["seconds_count"]) == (0, 2, 2)


def test_a_change_is_told_to_the_others_without_being_asked(folder):
    registry = CollectorRegistry()
    told, gauge = Figures(registry), Gauge("size", "Size.", registry=registry)
    gauge.set(7)
    told.changed()
    path = folder / f"{os.getpid()}.json"
    for _ in range(500):
        if path.exists():
            break
        figures_module.time.sleep(0.01)
    assert '"size", [], 7.0' in path.read_text()


def test_files_that_are_emptied_or_gone_cost_what_the_others_counted_and_nothing_else(folder, workers):
    for worker in workers:
        worker.requests.labels("/a").inc()
        worker.tell()
    (folder / "2.json").write_text("")
    assert workers[0].shown()['requests_total{route="/a"}'] == 1
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    workers[0].tell()
    assert workers[0].shown()['requests_total{route="/a"}'] == 1


def test_one_worker_writes_nothing(monkeypatch):
    with shared_between(1):
        assert "EURAG_FIGURES_FOLDER" not in os.environ


def test_where_nothing_can_be_written_each_worker_shows_its_own(monkeypatch):
    def refuse(**_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(figures_module, "TemporaryDirectory", refuse)
    with shared_between(2):
        worker = Worker(1, monkeypatch)
        worker.requests.labels("/a").inc()
        worker.tell()
        assert worker.shown()['requests_total{route="/a"}'] == 1
