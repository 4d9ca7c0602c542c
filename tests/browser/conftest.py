"""A Chromium without a window, and a process of the service over the built-in library and two texts of our own."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from corpus import Library, add_builtin, add_paths
from embeddings import DEFAULT_ENCODER, Encoder, build_index
from tests.rag.service.fake_server import is_ready

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WAIT_S = 120
WAIT_MS = 30_000
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MARKUP = """<img src=x onerror="document.body.id='broken'"> <script>document.body.id='broken'</script>"""
TEXTS = {
    "bees.md": f"---\ntitle: {json.dumps(MARKUP)}\nlanguage: en\nkind: note\n---\n"
    f"The Zarechye accord on travelling beekeepers was signed in Osh on 3 May 2017. {MARKUP} ends this text.\n",
    "railways.md": "---\ntitle: Mountain railways\nlanguage: en\nkind: note\n---\n"
    "😀 𐍈𐌰𐍃 🚂🚂 stand at the head of this text. "
    "The Kelmara agreement on mountain railways was signed in Naryn on 7 June 2018.\n",
}


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """The system's Chromium; none is downloaded."""
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install '.[browser]'")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on the PATH")
    with api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def address(
    browser: "Browser",
    tmp_path_factory: pytest.TempPathFactory,
    write_texts: Callable[[Path, Mapping[str, str]], Path],
    model_directory: Path,
    e5: Encoder,
) -> Iterator[str]:
    """Where `eurag serve` answers; not started where there is no browser to ask it."""
    home = tmp_path_factory.mktemp("browser-home")
    (home / "model").symlink_to(model_directory)
    with Library(home / "library.db") as library:
        add_builtin(library)
        add_paths(library, [write_texts(home / "texts", TEXTS)])
        build_index(home, library, e5, DEFAULT_ENCODER)
    command = [sys.executable, "-c", "from rag.cli import main; main()", "serve", "--home", home, "--port", "0"]
    with (home / "serve.log").open("wb") as log:
        process = subprocess.Popen(command, stderr=log, env=os.environ | {"EURAG_SERVICE_REQUESTS_PER_MINUTE": "0"})
    try:
        yield _address(process, home / "serve.log")
    finally:
        process.terminate()
        process.wait(WAIT_S)


def _address(process: "subprocess.Popen[bytes]", log: Path) -> str:
    deadline = time.monotonic() + WAIT_S
    while True:
        assert process.poll() is None and time.monotonic() < deadline, log.read_text("utf-8")
        found = re.search(r"http://127\.0\.0\.1:(\d+)", log.read_text("utf-8"))
        if found and is_ready(int(found[1])):
            return found[0]
        time.sleep(0.1)


@pytest.fixture
def visit(browser: "Browser", address: str) -> "Iterator[Callable[..., Page]]":
    """Opens the page in a browser of its own; keywords are Playwright's for contexts. Its errors fail the test."""
    contexts, errors = [], []

    def opened(path: str = "/", *, script: str = "", **options: Any) -> "Page":
        defaults = {"locale": "en-GB", "reduced_motion": "reduce", "viewport": {"width": 1280, "height": 800}}
        context = browser.new_context(**(defaults | options))
        contexts.append(context)
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        if script:
            page.add_init_script(script)
        page.goto(address + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert errors == []
