"""The service as it runs: processes, signals, state that workers share."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing

import httpx2
import pytest

from corpus import Library, add_paths
from rag.errors import AddressUnusable, PublicWithoutKeys
from rag.service.gate.keys import add_key, id_of, revoke_key
from rag.service.gate.shared import open_shared
from rag.service.server import bound, check_address
from rag.service.server import serve as serve_until_stopped
from rag.service.settings import ServiceSettings
from rag.settings import Settings
from tests.rag.conftest import TEXTS

WAIT_S = 120


@pytest.fixture
def home(tmp_path, model_directory, e5):
    """A home of `TEXTS` without an index, with the packaged model prepared."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "model").symlink_to(model_directory)
    return folder


@pytest.fixture
def texts(home, tmp_path, write_texts):
    with Library(home / "library.db") as library:
        add_paths(library, [write_texts(tmp_path / "texts", TEXTS)])
    return home


class Server:
    """`eurag serve` on a free port, without a reader; its log goes to a file."""

    def __init__(self, home, *flags, **settings):
        environment = os.environ | {f"EURAG_SERVICE_{name.upper()}": str(value) for name, value in settings.items()}
        environment["EURAG_READER"] = "none"
        command = [sys.executable, "-c", "from rag.cli import main; main()", "serve", "--home", home, "--port", "0"]
        self.home, self.log = home, home.parent / "serve.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([*command, *flags], stderr=log, env=environment)
        self.url = self._wait_for(lambda: re.search(r"http://[0-9.]+:\d+", self.log.read_text()))[0]
        self.key = self.key_of(home)
        self.client = self.new_client()
        self._wait_for(lambda: self._get("/health/live") == 200)

    @staticmethod
    def key_of(home):
        with closing(open_shared(Settings(home))) as shared:
            return add_key(shared, "test", "admin")

    def new_client(self):
        return httpx2.Client(base_url=self.url, headers={"Authorization": f"Bearer {self.key}"}, timeout=WAIT_S)

    def figures(self):
        with httpx2.Client(base_url=self.url, headers={"Authorization": f"Bearer {self.key_of(self.home)}"}) as client:
            lines = [line for line in client.get("/metrics").text.splitlines() if not line.startswith("#")]
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}

    def lines(self):
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]

    def ready(self):
        """Wait until every worker can answer: a connection each, so that all of them are asked."""
        self._wait_for(lambda: all(self._get("/health/ready") == 200 for _ in range(20)))

    def _get(self, path):
        try:
            with self.new_client() as client:
                return client.get(path).status_code
        except httpx2.ConnectError:  # the port is bound before a worker listens
            return None

    def rebuilt(self):
        """The last job once it is over, as its events tell."""
        events = self.client.get("/rebuild/events").text.splitlines()
        return json.loads([line for line in events if line.startswith("data: ")][-1].removeprefix("data: "))["job"]

    def _wait_for(self, condition):
        until = time.monotonic() + WAIT_S
        while not (found := condition()):
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.05)
        return found

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(WAIT_S)


@pytest.fixture
def serve():
    started = []

    def start(*arguments, **settings):
        started.append(Server(*arguments, **settings))
        return started[-1]

    yield start
    for server in started:
        server.client.close()
        if server.process.poll() is None:
            server.stop()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.org"])
def test_a_public_address_is_refused_without_keys_unless_told_to(tmp_path, host):
    home = Settings(tmp_path / "home")
    with pytest.raises(PublicWithoutKeys, match=r"eurag keys add.*--public-without-keys"):
        check_address(ServiceSettings(home, host=host))
    check_address(ServiceSettings(home, host=host, public_without_keys=True))
    check_address(ServiceSettings(home))
    shared = open_shared(home)
    add_key(shared, "test", "read")
    shared.close()
    check_address(ServiceSettings(home, host=host))


@pytest.mark.parametrize("settings", [{"require_keys": True}, {"public_url": "https://chat.example.org"}])
def test_where_keys_are_asked_for_nothing_starts_without_one(tmp_path, settings):
    home = Settings(tmp_path / "home")
    with pytest.raises(PublicWithoutKeys, match="ask for some: make one with 'eurag keys add"):
        check_address(ServiceSettings(home, **settings))
    shared = open_shared(home)
    key = add_key(shared, "test", "read")
    check_address(ServiceSettings(home, **settings))
    revoke_key(shared, id_of(key))
    shared.close()
    with pytest.raises(PublicWithoutKeys, match="all keys were revoked"):
        check_address(ServiceSettings(home))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_port_in_use_is_refused_before_anything_is_written(tmp_path, workers):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        settings = ServiceSettings(Settings(tmp_path / "home"), port=port, workers=workers)
        with pytest.raises(AddressUnusable, match=f"127.0.0.1, port {port}: Address already in use; choose .*--port"):
            serve_until_stopped(settings)
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid"])
def test_an_address_that_is_not_this_machines_is_refused(host):
    with pytest.raises(AddressUnusable, match=f"cannot listen at {host}, port 0: "):
        bound(host, 0)


def ask(client, question="Where does the Court sit?"):
    return client.post("/search", json={"query": question})


def test_two_workers_share_keys_limits_figures_and_the_progress_of_a_rebuild(serve, texts):
    server = serve(texts, "--workers", "2", requests_per_minute=20)
    assert server.client.post("/rebuild").status_code == 202
    assert server.rebuilt()["state"] == "done"
    server.ready()
    statuses = Counter()
    for _ in range(30):  # a connection each, so that both workers get some
        with server.new_client() as client:
            statuses[ask(client).status_code] += 1
    assert statuses.keys() == {200, 429}
    assert 18 <= statuses[200] < 30  # two workers with limits of their own would have let all through
    assert len({line["pid"] for line in server.lines() if line.get("route") == "/search"}) == 2
    counted = {
        'eurag_requests_total{method="POST",route="/search",status="200"}': statuses[200],
        'eurag_requests_total{method="POST",route="none",status="429"}': statuses[429],
    }
    server._wait_for(lambda: counted.items() <= server.figures().items())  # a worker tells the other a moment later
    figures = server.figures()
    assert figures["eurag_rebuild_progress"] == 1


def test_a_key_that_is_revoked_is_refused_by_both_workers(serve, texts):
    server = serve(texts, "--workers", "2")
    other = Server.key_of(texts)
    assert {get(server, "/rebuild", other) for _ in range(10)} == {200}
    with closing(open_shared(Settings(texts))) as shared:
        revoke_key(shared, other.split("-")[1])
    assert {get(server, "/rebuild", other) for _ in range(10)} == {401}


def test_workers_end_with_the_process_that_began_them(serve, texts):
    server = serve(texts, "--workers", "2")
    server.process.kill()
    server.process.wait()
    until = time.monotonic() + WAIT_S
    while _accepts(server.url):
        assert time.monotonic() < until, "a worker still listens"
        time.sleep(0.05)


def _accepts(url):
    with closing(socket.socket()) as client:
        return client.connect_ex(("127.0.0.1", int(url.rpartition(":")[2]))) == 0


def test_an_answer_under_way_is_finished_when_the_service_is_told_to_stop(serve, texts):
    server = serve(texts)
    server.client.post("/rebuild")
    with server.client.stream("GET", "/rebuild/events") as events:
        lines = events.iter_lines()
        next(lines)
        server.process.send_signal(signal.SIGTERM)
        last = [line for line in lines if line.startswith("data: ")][-1]
    assert json.loads(last.removeprefix("data: "))["job"]["state"] == "done"
    assert server.process.wait(WAIT_S) in (0, -signal.SIGTERM)


def test_while_the_last_answers_are_given_nobody_else_is_kept_waiting(serve, texts):
    server = serve(texts, "--workers", "2")
    server.client.post("/rebuild")
    with server.client.stream("GET", "/rebuild/events") as events:
        lines = events.iter_lines()
        next(lines)
        server.process.send_signal(signal.SIGTERM)
        server._wait_for(lambda: server._get("/health/live") is None)
        last = [line for line in lines if line.startswith("data: ")][-1]
    assert json.loads(last.removeprefix("data: "))["job"]["state"] == "done"


def test_questions_go_on_through_rebuilds_and_see_what_was_added(serve, texts):
    server = serve(texts, requests_per_minute=0)
    server.client.post("/rebuild")
    server.rebuilt()
    server.ready()
    statuses, stop = Counter(), threading.Event()

    def keep_asking():
        with server.new_client() as client:
            while not stop.is_set():
                statuses[ask(client).status_code] += 1

    thread = threading.Thread(target=keep_asking)
    thread.start()
    server.client.post("/documents", files={"file": ("tea.txt", b"Tea is grown on the hills of Adjara.")})
    server.client.post("/rebuild")
    assert server.rebuilt()["state"] == "done"
    assert ask(server.client, "Where is tea grown?").json()["results"][0]["source"] == "tea.txt"
    stop.set()
    thread.join()
    assert statuses.keys() == {200}


def test_the_log_is_json_without_questions_and_keys(serve, texts):
    server = serve(texts)
    ask(server.client, "a secret question")
    server.stop()
    assert {"time", "level", "pid", "message"} <= set.intersection(*(set(line) for line in server.lines()))
    log = server.log.read_text("utf-8")
    assert "secret question" not in log
    assert server.key not in log
    assert server.key.split("-")[2] not in log


def test_questions_are_logged_when_that_was_asked_for(serve, texts):
    server = serve(texts, "--log-questions")
    ask(server.client, "a public question")
    server.stop()
    assert "a public question" in [line.get("question") for line in server.lines()]


def get(server, path, key):
    """The status of a request on a connection of its own."""
    with httpx2.Client(base_url=server.url, headers={"Authorization": f"Bearer {key}"}, timeout=WAIT_S) as client:
        return client.get(path).status_code


def test_small_responses_are_sent_at_once():
    """Else the second half of a response waits for the client's acknowledgement, some 40 ms."""
    with closing(bound("127.0.0.1", 0)) as held:
        assert held.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
