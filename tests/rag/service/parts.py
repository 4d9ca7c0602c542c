"""An application of the operational parts alone, with routes that do what a test needs."""

import fcntl
import threading
from contextlib import contextmanager
from types import SimpleNamespace

from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from rag.search.stages import stage
from rag.service import errors
from rag.service.api import admin
from rag.service.gate import keys, limits
from rag.service.gate.places import FairPlaces
from rag.service.gate.shared import open_shared
from rag.service.gate.threads import in_thread
from rag.service.ops import health, logs, metrics
from rag.service.settings import ServiceSettings
from rag.settings import Settings

LOCAL = "http://localhost"


@contextmanager
def job_lock(home):
    """Holds the lock that tells that a job is running."""
    with (home / "job.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Parts:
    """The application, its client and its shared state; `gate` holds requests to /wait until it is set."""

    def __init__(self, home, retriever=None, address="127.0.0.1", **settings):
        self.settings = ServiceSettings(Settings(home), **settings)
        self.shared = open_shared(self.settings.home)
        self.gate = threading.Event()
        self.waiting = threading.Semaphore(0)
        self.app = FastAPI()
        self.app.state.settings = self.settings
        self.app.state.service = SimpleNamespace(
            settings=self.settings,
            shared=self.shared,
            metrics=metrics.Metrics(),
            retriever=lambda: retriever,
            short_work=FairPlaces(8),
        )
        for part in (errors, keys, limits, logs, metrics, health, admin):
            part.install(self.app)
        self._add_routes()
        self.client = TestClient(self.app, base_url=LOCAL, client=(address, 50000))

    def _add_routes(self):
        @self.app.get("/hello/{name}")
        def hello(name: str):
            with stage("encode"):
                return {"hello": name}

        @self.app.get("/broken")
        def broken():
            raise RuntimeError("a bug")

        @self.app.post("/echo")
        async def echo(request: Request):
            return {"bytes": len(await request.body())}

        @self.app.get("/wait")
        def wait():
            self._wait()

        @self.app.get("/wait-in-thread")
        async def wait_in_thread(request: Request):
            await in_thread(request, self._wait)

    def _wait(self):
        self.waiting.release()
        self.gate.wait(30)

    def key(self, rights="read"):
        """A new key's Authorization header."""
        return {"Authorization": f"Bearer {keys.add_key(self.shared, 'test', rights)}"}

    def close(self):
        self.gate.set()
        self.shared.close()
