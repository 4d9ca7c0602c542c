import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from embeddings import BuildReport
from rag.answer.answer import Answerer
from rag.home import maintenance as maintenance_module
from rag.home import open as open_module
from rag.service import state as state_module
from rag.service.app import create_app
from rag.service.settings import ServiceSettings
from rag.settings import Settings
from tests.fakes import FakeEncoder, WordReader, word_layer
from tests.rag.conftest import TEXTS

BASE = "http://localhost:8000"
WAIT_S = 60


@pytest.fixture
def service_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fill_home: Callable[..., BuildReport]) -> Path:
    """A home with `TEXTS`, to be written to; every encoder and reader that is opened is the fake one."""
    for module in (open_module, maintenance_module):
        monkeypatch.setattr(module, "open_encoder", lambda name, model: FakeEncoder())
    monkeypatch.setattr(open_module, "open_reader", lambda name, model: WordReader())
    fill_home(tmp_path / "home", TEXTS)
    return tmp_path / "home"


@pytest.fixture
def thanked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions with a word of thanks are told from others."""
    layer = word_layer({"спасибо": "courtesy"})
    monkeypatch.setattr(state_module, "open_answerer", lambda settings: Answerer(WordReader(), layer=layer))


@pytest.fixture
def start(service_home: Path) -> Iterator[Callable[..., TestClient]]:
    """Starts the application under the given settings and waits until it can answer."""
    with ExitStack() as running:

        def start_with(**settings: object) -> TestClient:
            app = create_app(ServiceSettings(Settings(service_home), **{"requests_per_minute": 0} | settings))
            client = running.enter_context(TestClient(app, base_url=BASE))
            until_ready(client)
            return client

        yield start_with


@pytest.fixture
def client(start: Callable[..., TestClient]) -> TestClient:
    """The application under default settings."""
    return start()


def until_ready(client: TestClient) -> None:
    deadline = time.monotonic() + WAIT_S
    while client.get("/health/ready").status_code != 200:
        assert time.monotonic() < deadline, client.get("/health/ready").text
        time.sleep(0.02)
