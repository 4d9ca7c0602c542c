import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from rag.llm.settings import LlmSettings

WAIT_S = 30


class ScriptedModel:
    """A server of OpenAI's protocol that says what `script` makes of the request's messages.

    `script` returns the answer, or does what it likes with the request's handler and returns None. `requests`
    are the bodies that came.
    """

    def __init__(self) -> None:
        self.script: Callable = lambda body, handler: ""
        self.requests: list[dict] = []
        self.closing = threading.Event()
        model = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                model.requests.append(body | {"authorization": self.headers["Authorization"]})
                self.close_connection = True
                try:
                    answer = model.script(body, self)
                    if answer is not None:
                        stream(self, [answer[start : start + 7] for start in range(0, len(answer), 7)])
                except (BrokenPipeError, ConnectionResetError):
                    pass

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def settings(self, **changes) -> LlmSettings:
        return LlmSettings(self.url, "scripted", **({"timeout_s": WAIT_S} | changes))

    def stop(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def begin(handler, status=200, kind="text/event-stream", **headers):
    handler.send_response(status)
    for name, value in {"Content-Type": kind, "Connection": "close", **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()


def event(piece):
    choice = {"index": 0, "delta": {"content": piece}, "finish_reason": None}
    head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}
    return f"data: {json.dumps(head | {'choices': [choice]})}\n\n".encode()


def stream(handler, pieces):
    begin(handler)
    for piece in pieces:
        handler.wfile.write(event(piece))
    handler.wfile.write(b"data: [DONE]\n\n")


def trickle(model, pause_s=0.05):
    """A script: a comment now and then, and never an answer."""

    def script(body, handler):
        begin(handler)
        while not model.closing.is_set():
            handler.wfile.write(b": wait\n\n")
            handler.wfile.flush()
            time.sleep(pause_s)

    return script


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    running = ScriptedModel()
    yield running
    running.stop()


def passages_in(body) -> dict[int, str]:
    """{n: text} of the passages in a request, as a model would read them."""
    lines = body["messages"][1]["content"].splitlines()
    fences = [at for at, line in enumerate(lines) if line == lines[0]]
    assert len(fences) == 2
    data = [json.loads(line) for line in lines[1 : fences[1]]]
    return {passage["n"]: passage["text"] for passage in data}
