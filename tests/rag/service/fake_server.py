"""A process of the service with the fake encoder and reader: HOME PORT."""

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
WAIT_S = 60


def main(home: Path, port: int) -> None:
    import uvicorn

    from rag.home import open as open_module
    from rag.service.app import create_app
    from rag.service.settings import ServiceSettings
    from rag.settings import Settings
    from tests.fakes import FakeEncoder, WordReader

    open_module.open_encoder = lambda name, model: FakeEncoder()
    open_module.open_reader = lambda name, model: WordReader()
    app = create_app(ServiceSettings(Settings(home), port=port, requests_per_minute=0))
    uvicorn.run(app, port=port, log_level="warning")


@contextmanager
def running(home: Path) -> Iterator[str]:
    """The address of a process that serves the home; it is ended afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.rag.service.fake_server", str(home), str(port)]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        deadline = time.monotonic() + WAIT_S
        while not is_ready(port):
            assert process.poll() is None and time.monotonic() < deadline, "the service did not become ready"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(WAIT_S)


def is_ready(port: int, path: str = "/health/ready") -> bool:
    """Whether a service at this port answers at the path."""
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except OSError:
            return False


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
