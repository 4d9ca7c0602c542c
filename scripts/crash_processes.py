"""The processes of the crash test: one that works until it is killed, one that asks all the while."""

import json
import os
import random
import select
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # a clone works without installing it
os.environ["OMP_NUM_THREADS"] = "1"  # three processes share the cores

from fastapi.testclient import TestClient

from corpus import DocumentNotFound, Library
from embeddings import TokenVectors, build, centring, generation, vector_cache
from embeddings.vector_cache import VectorCache
from rag.answer.answer import Answerer
from rag.home import backup, catalogue, erasure, maintenance
from rag.home import open as open_module
from rag.home.maintenance import Rebuild, rebuild, roll_back_to
from rag.home.open import open_retriever
from rag.search.retrieval import Retriever
from rag.service import state
from rag.service.app import create_app
from rag.service.gate.keys import add_key
from rag.service.gate.shared import open_shared
from rag.service.settings import ServiceSettings
from rag.settings import Settings
from tests.fakes import FakeEncoder, WordReader

QUESTIONS = [
    "How many judges does the Court in Minsk have?",
    "Where does the Commission for pensions in Kazan sit?",
    "Сколько судей работает в Минске?",
    "What is the budget of the office in Astana?",
    "Когда принят бюджет в Ереване?",
    "Who wrote the opera Carmen?",
]
ANY_TIME = "any time"
UPLOADED, LOCAL, OK = "uploads/tea.txt", "http://localhost", 200

_SCRIPT = Path(__file__).with_name("crash_test.py")
_LONGEST_S = 30.0


@dataclass(frozen=True, slots=True)
class Job:
    """One operation on a home; `source` is the folder of texts, `document` the source of the one to purge."""

    operation: str
    home: str
    source: str
    keep: int
    document: str = ""

    @property
    def settings(self) -> Settings:
        """The settings of the home."""
        return Settings(Path(self.home), "fake", self.keep)

    def run(self) -> None:
        """Do the whole operation in this process."""
        if self.operation == "rollback":
            roll_back_to(self.settings, None)
        if self.operation == "serve":
            self._serve()
        self.finish()

    def finish(self) -> None:
        """Do what is left after a kill: all but a rollback, which a build follows anyhow, and serving."""
        if self.operation == "purge":
            self._purge()
        if self.operation == "backup":
            self.backup.unlink(missing_ok=True)
            backup.back_up(self.settings, self.backup)
        if self.operation == "serve":
            self._remove(UPLOADED)
        source = Path(self.source) if self.operation in ("add", "prune") else None
        options = Rebuild(self.operation == "full", source, self.operation == "prune")
        rebuild(self.settings, options, print)

    @property
    def backup(self) -> Path:
        """Where it is backed up to."""
        return Path(self.home).with_name("backup.tar")

    def _purge(self) -> None:
        with suppress(DocumentNotFound):
            erasure.erase_document(self.settings, f"{Path(self.source).name}/{self.document}")

    def _remove(self, name: str) -> None:
        with suppress(DocumentNotFound):
            catalogue.remove(self.settings, name)

    def _serve(self) -> None:
        """Be the service, and its client: upload, ask, remove, ask."""
        state.open_answerer = lambda settings: Answerer(WordReader())
        with closing(open_shared(self.settings)) as shared:
            headers = {"Authorization": f"Bearer {add_key(shared, 'crash test', 'admin')}"}
        with TestClient(create_app(ServiceSettings(self.settings)), base_url=LOCAL, headers=headers) as client:
            while client.get("/health/ready").status_code != OK:
                time.sleep(0.01)
            for question in QUESTIONS[:2]:
                note("serve")
                client.post(f"/documents?filename={Path(UPLOADED).name}", content="Tea is grown on the hills.")
                client.post("/ask", json={"question": question})
                note("serve")
                client.delete(f"/documents/{client.get(f'/documents/{UPLOADED}').json()['document']}")


def note(phase: str) -> None:
    """Tell the parent that a phase begins, and give it a moment to kill."""
    os.write(1, f"{phase}\n".encode())
    time.sleep(random.uniform(0, 0.004))  # noqa: S311 (nothing secret is drawn)


class SlowEncoder(FakeEncoder):
    """The stand-in, a little slower and telling how many texts it is given."""

    def encode_passage_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Like the stand-in's."""
        note(f"embed {len(texts)}")
        return super().encode_passage_tokens(texts)


def watch(owner: Any, name: str, phase: str) -> None:
    """Let every call of `owner.name` begin the phase."""
    original = getattr(owner, name)

    def noted(*arguments: Any, **options: Any) -> Any:
        note(phase)
        return original(*arguments, **options)

    setattr(owner, name, noted)


def work() -> None:
    """Read a job from standard input, do it and wait for the end."""
    use_encoder(SlowEncoder)
    for name in ("put", "remove", "link_duplicates"):
        watch(Library, name, "library")
    watch(build, "passages_of", "split")
    watch(build, "new_generation", "start")
    for name in ("write_dense", "write_lexical", "write_texts"):
        watch(build, name, "write")
    watch(build, "drop_old", "drop")
    for name, phase in (("sync", "sync"), ("point_to", "point")):
        watch(generation, name, phase)
    watch(generation.shutil, "rmtree", "erase")
    watch(erasure, "_erase", "purge")
    watch(VectorCache, "forget", "purge")
    watch(Library, "scrub", "purge")
    for name in ("_copy", "_hold", "_add", "_compare"):
        watch(backup, name, "copy")
    watch(Path, "rename", "rename")
    watch(os, "replace", "replace")
    Job(**json.loads(sys.stdin.readline())).run()
    note("done")
    sys.stdin.read()


def use_encoder(encoder: Callable[[], FakeEncoder]) -> None:
    """Open this stand-in, whatever encoder is named, and embed in small batches.

    Means never lag behind the passages here, so that an index follows from its snapshot alone.
    """
    vector_cache.BATCH, centring.MAX_DRIFT = 4, 0.0
    for module in (maintenance, open_module):
        module.open_encoder = lambda *_: encoder()


class Worker:
    """A process that waits for a job; it is started ahead, so that imports are not what is killed."""

    def __init__(self) -> None:
        command = [sys.executable, str(_SCRIPT), "--worker"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 (this script)
        self._told = b""

    @property
    def phases(self) -> list[str]:
        """The phases that began, in order."""
        return self._told.decode().split("\n")[:-1]

    def kill_in(self, job: Job, aim: str, occurrence: int, delay_s: float) -> str:
        """Start the job and kill it `delay_s` after the phase's nth beginning; returns the last phase."""
        self.process.stdin.write(json.dumps(asdict(job)).encode() + b"\n")
        self.process.stdin.flush()
        self._wait(aim, occurrence, delay_s if aim == ANY_TIME else _LONGEST_S)
        if aim != ANY_TIME:
            time.sleep(delay_s)
        self.end()
        self._told += self.process.stdout.read()
        return self.phases[-1].split()[0] if self.phases else "begin"

    def _wait(self, aim: str, occurrence: int, limit_s: float) -> None:
        end, stream = time.monotonic() + limit_s, self.process.stdout.fileno()
        while (left := end - time.monotonic()) > 0 and select.select([stream], [], [], left)[0]:
            told = os.read(stream, 4096)
            self._told += told
            if not told or "done" in self.phases or self._times(aim) >= occurrence:
                return

    def _times(self, phase: str) -> int:
        return sum(told.split()[0] == phase for told in self.phases)

    def end(self) -> int:
        """Kill the process, whatever it does, and wait until it is gone; returns its exit code."""
        self.process.kill()
        return self.process.wait()

    def committed(self) -> int:
        """How many vectors must have been kept: those of all batches but the last."""
        return sum([int(told.split()[1]) for told in self.phases if told.startswith("embed")][:-1])


def read(home: Path, log: Path) -> None:
    """Ask the questions in turn, opening the home anew for each; a line an answer."""
    encoder = FakeEncoder()
    with log.open("a", encoding="utf-8") as file:
        for number in count():
            try:
                line = answered(Settings(home, "fake"), encoder, number % len(QUESTIONS))
            except Exception:  # whatever a reader meets is a finding, and is reported
                line = {"error": traceback.format_exc()}
            file.write(json.dumps(line) + "\n")
            file.flush()
            time.sleep(0.02)


def answered(settings: Settings, encoder: FakeEncoder, number: int) -> dict[str, Any]:
    """What a reader gets for a question, the generation, and what was hidden before and after."""
    notices: list[str] = []
    retriever = open_retriever(settings, notices.append, encoder)
    try:
        manifest = retriever.index.manifest
        before = sorted(retriever.hidden)
        given = ask(retriever, QUESTIONS[number])
        line = {"generation": manifest.generation, "snapshot": manifest.snapshot, "number": number, "answer": given}
        fallen_back = [notice for notice in notices if "answering from" in notice]
        return {**line, "before": before, "after": sorted(retriever.hidden), "notices": fallen_back}
    finally:
        retriever.index.close()


def ask(retriever: Retriever, question: str) -> list[Any]:
    """The answer in comparable form: the quotes of each sentence, and the best passages."""
    found = Answerer(WordReader())(retriever, question)
    quotes = [[[q.passage.document.source, q.start, q.text] for q in s.quotes] for s in found.sentences]
    return [quotes, [hit.passage.id for hit in found.related[:3]]]
