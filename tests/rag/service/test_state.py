import random
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from corpus import Library
from embeddings.errors import NoIndex
from rag.errors import ReaderUnavailable
from rag.home import open as open_module
from rag.messages import NO_READER
from rag.output.contract import answer_json
from rag.service import state as state_module
from rag.service.errors import ApiError
from rag.service.settings import ServiceSettings
from rag.service.state import Service
from rag.settings import Settings
from tests.fakes import WordReader
from tests.rag.conftest import TEXTS

WAIT_S = 60


@pytest.fixture
def service(service_home):
    made = Service(ServiceSettings(Settings(service_home)))
    yield made
    made.close()


def until(condition):
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_before_it_is_open_questions_are_told_why_and_to_come_back(service):
    with pytest.raises(ApiError, match="not ready: the index is being opened") as refused:
        service.retriever()
    assert (refused.value.status, refused.value.headers) == (503, {"Retry-After": "5"})


def test_before_it_is_open_nothing_is_answered(service, retriever):
    with pytest.raises(ApiError, match="not ready: the index is being opened") as refused:
        service.answer(retriever, "Where does the Court sit?")
    assert refused.value.status == 503


def test_a_reader_that_cannot_be_opened_is_what_it_waits_for(service, monkeypatch):
    def refuse(*_):
        raise ReaderUnavailable("the reader is broken")

    monkeypatch.setattr(open_module, "open_reader", refuse)
    monkeypatch.setattr(state_module, "RETRY_S", 0.01)
    service.start()
    until(lambda: service.problem == "the reader is broken")
    assert not service.ready
    monkeypatch.setattr(open_module, "open_reader", lambda *_: WordReader())
    until(lambda: service.ready)
    assert service.problem is None


def test_the_reader_is_the_one_of_the_settings(service_home, monkeypatch):
    asked = []
    monkeypatch.setattr(open_module, "open_reader", lambda *names: asked.append(names))
    service = Service(ServiceSettings(Settings(service_home, reader="none")))
    service.start()
    until(lambda: service.ready)
    found = service.answer(service.retriever(), "Where does the Court of the Union sit?")
    assert asked == [("none", service_home / "model")]
    assert (found.answerable, found.reason) == (False, NO_READER["en"])
    service.close()


def test_once_open_the_current_generation_answers(service, service_home, fill_home):
    service.start()
    until(lambda: service.ready)
    held = service.retriever()
    fill_home(service_home, {**TEXTS, "tea.txt": "Tea is grown on the hills."})
    assert service.retriever().index.manifest.generation > held.index.manifest.generation
    assert held.search(held.query("court"), 1)


def test_the_encoder_is_opened_once_for_all_generations_it_built(service_home, fill_home, monkeypatch):
    opened, open_encoder = [], open_module.open_encoder
    monkeypatch.setattr(
        open_module, "open_encoder", lambda name, model: opened.append(name) or open_encoder(name, model)
    )
    service = Service(ServiceSettings(Settings(service_home)))
    service.start()
    until(lambda: service.ready)
    before = service.retriever()
    fill_home(service_home, {**TEXTS, "tea.txt": "Tea is grown on the hills."})
    assert service.retriever() is not before
    assert opened == ["fake"]
    service.close()


def test_an_empty_home_gets_the_built_in_library(tmp_path, service_home):
    service = Service(ServiceSettings(Settings(tmp_path / "empty")))
    service.start()
    until(lambda: service.ready)
    assert len(service.retriever().index.document_ids()) >= 12
    service.close()


def test_a_home_that_cannot_be_opened_yet_is_tried_again(service, monkeypatch):
    attempts = []

    def refuse_twice(*_):
        attempts.append(1)
        if len(attempts) < 3:
            raise NoIndex("no index yet")

    monkeypatch.setattr(state_module, "add_library_if_empty", refuse_twice)
    monkeypatch.setattr(state_module, "RETRY_S", 0.01)
    service.start()
    until(lambda: service.ready)
    assert len(attempts) == 3


def test_while_one_request_opens_a_new_generation_others_go_on_with_the_one_before(
    service, service_home, fill_home, monkeypatch
):
    service.start()
    until(lambda: service.ready)
    before, opening, go_on = service.retriever(), threading.Event(), threading.Event()
    open_index = open_module.open_index

    def open_slowly(*arguments):
        opening.set()
        go_on.wait(WAIT_S)
        return open_index(*arguments)

    monkeypatch.setattr(open_module, "open_index", open_slowly)
    fill_home(service_home, {**TEXTS, "tea.txt": "Tea is grown on the hills."})
    with ThreadPoolExecutor() as threads:
        first = threads.submit(service.retriever)
        opening.wait(WAIT_S)
        assert service.retriever() is before
        go_on.set()
        assert first.result() is service.retriever() is not before


def test_sixteen_threads_get_what_one_gets(service):
    service.start()
    until(lambda: service.ready)
    words = ("Court", "суд", "budget", "пенсии", "border", "judges", "энергетика", "Minsk")
    questions = [f"{one} {other}" for one in words for other in words]

    def ask(question):
        return answer_json(service.answer(service.retriever(), question))

    expected = {question: ask(question) for question in questions}
    asked = questions * 3
    random.Random(5).shuffle(asked)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(16) as threads:
            found = list(threads.map(ask, asked))
    finally:
        sys.setswitchinterval(interval)
    assert [question for question, got in zip(asked, found, strict=True) if got != expected[question]] == []


def test_a_removal_under_load_is_seen_by_every_thread(service, service_home):
    service.start()
    until(lambda: service.ready)

    def found(_):
        retriever = service.retriever()
        return {hit.passage.document.source for hit in retriever.search(retriever.query("Court Minsk"), 10)}

    with ThreadPoolExecutor(8) as threads:
        assert all("court.md" in sources for sources in threads.map(found, range(20)))
        with Library(service_home / "library.db") as library:
            library.remove(library.find("court.md").id)
        assert not any("court.md" in sources for sources in threads.map(found, range(20)))
