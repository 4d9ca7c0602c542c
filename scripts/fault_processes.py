"""What the fault tests do to a home: the operations, how they are done again, and what must be true afterwards."""

import json
import logging
import os
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # a clone works without installing it
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # forked processes inherit no threads

from crash_processes import use_encoder
from crash_reference import rows_of
from fastapi.testclient import TestClient

from corpus import EuragError, Library
from embeddings import NoIndex, open_index
from embeddings.generation import index_folder
from rag.cli.command import main as eurag
from rag.home import open as open_module
from rag.home.maintenance import verify
from rag.service import state as state_module
from rag.service.app import create_app
from rag.service.gate.keys import add_key
from rag.service.gate.shared import open_shared
from rag.service.settings import ServiceSettings
from rag.settings import Settings
from tests.fakes import FakeEncoder, WordReader

QUESTION = "How many judges sit in the Court in Minsk?"
#: What a purge must leave no trace of.
ERASED = "Zanzibar"
TEXTS = {
    "court.md": "The Court in Minsk has 12 judges. They serve for nine years in the court.",
    "budget.md": "The budget of the office in Astana is 20 million. It is adopted each year.",
    "secret.md": f"The envoy of {ERASED} came to Kazan in May. The envoy left in June.",
}
NEW = {"border.md": "A duty of 5 per cent is paid at the border near Omsk. Lorries wait for the duty."}
_READY_S = 10.0
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Place:
    """A folder with a home in it, the backup of one beside it, and texts elsewhere."""

    folder: Path
    texts: Path

    @property
    def home(self) -> Path:
        """The home."""
        return self.folder / "home"

    @property
    def settings(self) -> Settings:
        """Its settings."""
        return Settings(self.home, "fake")

    @property
    def backup(self) -> Path:
        """Where backups go."""
        return self.folder / "backup.tar"

    def copy_to(self, folder: Path) -> "Place":
        """The same elsewhere, instead of what is there."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        return Place(folder, self.texts)


def command(*arguments: str) -> int:
    """Run `eurag` in this process; returns its exit code."""
    sys.argv = ["eurag", *arguments]
    os.environ["EURAG_ENCODER"] = "fake"
    try:
        eurag()
    except SystemExit as exc:
        return int(exc.code or 0)
    return 0


def add(place: Place, folder: str = "new") -> int:
    """Add the folder of texts."""
    return command("add", str(place.texts / folder), "--home", str(place.home))


def build(place: Place) -> int:
    """Build the index."""
    return command("build", "--home", str(place.home))


def purge(place: Place) -> int:
    """Erase a document; one that is gone already is what was wanted."""
    return command("remove", "secret.md", "--purge", "--home", str(place.home))


def ask(place: Place) -> int:
    """Ask."""
    return command("ask", QUESTION, "--json", "--home", str(place.home))


def backup(place: Place) -> int:
    """Write a backup."""
    return command("backup", str(place.backup), "--home", str(place.home))


def restore(place: Place) -> int:
    """Put a backup back."""
    return command("restore", str(place.backup), "--home", str(place.home))


def serve(place: Place) -> int:
    """Start the service and ask it over HTTP; prints the answer as `ask` does, or says what it got instead."""
    logging.basicConfig(level=logging.WARNING)
    key = (place.texts / "key").read_text()
    app = create_app(ServiceSettings(place.settings))
    with TestClient(app, base_url="http://localhost:8000", headers={"Authorization": f"Bearer {key}"}) as client:
        refused = _until_ready(client)
        for path in ("/metrics", "/documents"):
            refused += _refusals(client, path)
        refused += _refusals(client, "/v1/chat/completions")
    sys.stderr.writelines(f"refused: {line}\n" for line in refused)
    return 0


def _until_ready(client: TestClient) -> list[str]:
    until = time.monotonic() + _READY_S
    while (response := client.get("/health/ready")).status_code != 200:
        if response.status_code != 503 or time.monotonic() > until:
            return [f"/health/ready {response.status_code} {response.text}"]
        time.sleep(0.01)
    return []


def _refusals(client: TestClient, path: str) -> list[str]:
    """What a request was answered with until it was answered well; the answer to a question is printed."""
    refused = []
    body = {"model": "eurag", "messages": [{"role": "user", "content": QUESTION}]}
    for _ in range(_TRIES):
        response = client.post(path, json=body) if path.startswith("/v1") else client.get(path)
        if response.status_code == 200:
            if path.startswith("/v1"):
                print(response.json()["choices"][0]["message"]["content"])
            return refused
        refused.append(f"{path} {response.status_code} {response.text}")
        if response.status_code != 503:
            break
        time.sleep(0.01)
    return [*refused, f"{path} was not answered at all"]


def nothing(_: Place) -> int:
    """Do nothing."""
    return 0


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that is done to a home: `before` leads to the state that it starts from."""

    name: str
    do: Callable[[Place], int]
    before: tuple[Callable[[Place], int], ...] = ()
    answers: bool = False


def _with_new(place: Place) -> int:
    return add(place) or build(place)


def _emptied(place: Place) -> int:
    """A backup, and no home any more."""
    code = backup(place)
    shutil.rmtree(place.home)
    return code


OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation("add", add),
        Operation("build", build, (add,)),
        Operation("purge", purge, (_with_new,)),
        Operation("ask", ask, answers=True),
        Operation("serve", serve, answers=True),
        Operation("backup", backup),
        Operation("restore", restore, (_emptied,)),
    )
}


def use_fakes() -> None:
    """The stand-ins for encoder and reader, whatever is named."""
    use_encoder(FakeEncoder)
    open_module.open_reader = lambda *_: WordReader()
    state_module.RETRY_S = 0.01


def make_texts(folder: Path) -> None:
    """The folders `old` and `new` of texts."""
    for name, texts in (("old", TEXTS), ("new", NEW)):
        (folder / name).mkdir(parents=True)
        for file, text in texts.items():
            (folder / name / file).write_text(f"---\ntitle: On {file[:-3]}\nlanguage: en\n---\n{text}\n", "utf-8")


def make_place(folder: Path) -> Place:
    """Texts, and a home with a key and an index of the first of them."""
    place = Place(folder / "first", folder / "texts")
    make_texts(place.texts)
    place.folder.mkdir()
    if add(place, "old") or build(place):
        raise SystemExit("the home for the test cannot be made")
    with closing(open_shared(place.settings)) as shared:
        (place.texts / "key").write_text(add_key(shared, "test", "admin"))
    return place


def state_of(place: Place) -> dict[str, Any]:
    """What a home holds, and what lies about in it."""
    with closing(Library(place.settings.library, read_only=True)) as library:
        state: dict[str, Any] = {"documents": sorted(library.fingerprints())}
    index = open_index(place.home)
    state["snapshot"], state["rows"] = index.manifest.snapshot, rows_of(index)
    state["files"] = index.manifest.files
    index.close()
    state["left"] = [path.name for path in index_folder(place.home).iterdir() if path.name.endswith(".tmp")]
    state["left"] += [path.name for path in place.folder.iterdir() if path.name not in ("home", "backup.tar")]
    state["left"] += [path.name for path in place.home.glob("*.tmp")]
    plain: dict[str, Any] = json.loads(json.dumps(state))
    return plain


def traces(place: Place) -> list[str]:
    """The files of a home that still hold what a purge erased."""
    files = (path for path in place.home.rglob("*") if path.is_file())
    return [str(path.relative_to(place.home)) for path in files if ERASED.encode() in path.read_bytes()]


def problems_of(place: Place) -> list[str]:
    """What `eurag verify` says; a home may have no index yet."""
    try:
        return verify(place.settings)
    except NoIndex:
        return []
    except EuragError as exc:
        return [str(exc)]
