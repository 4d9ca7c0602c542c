import subprocess
import sys
import time

import pytest

from corpus import Library, add_builtin, add_paths
from embeddings import open_index
from embeddings.generation import generations
from rag.errors import JobRunning
from rag.home import maintenance as maintenance_module
from rag.service.api.jobs import Work, current_job, run, start_job
from rag.service.gate.shared import open_shared
from rag.settings import Settings
from tests.fakes import FakeEncoder
from tests.rag.conftest import TEXTS
from tests.rag.service.parts import job_lock

WAIT_S = 120


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path / "home")


@pytest.fixture
def shared(settings):
    opened = open_shared(settings)
    yield opened
    opened.close()


@pytest.fixture
def fake_encoder(monkeypatch):
    monkeypatch.setattr(maintenance_module, "open_encoder", lambda name, model_directory: FakeEncoder())


@pytest.fixture
def with_model(settings, model_directory, e5):
    """The home has the packaged model prepared, so that a process of its own opens it quickly."""
    settings.home.mkdir(exist_ok=True)
    (settings.home / "model").symlink_to(model_directory)


def add_texts(settings, folder, texts, write_texts):
    with Library(settings.library) as library:
        add_paths(library, [write_texts(folder, texts)], "texts")


def ended(settings, shared):
    """The last job, once it is over."""
    until = time.monotonic() + WAIT_S
    while (job := current_job(settings, shared)).state == "running":
        assert time.monotonic() < until
        time.sleep(0.1)
    return job


def test_a_rebuild_notes_its_progress_and_its_report(settings, shared, fake_encoder, tmp_path, write_texts):
    add_texts(settings, tmp_path / "texts", TEXTS, write_texts)
    job = shared.start_job("rebuild")
    run(settings, shared, Work(), job.id)
    done = shared.last_job()
    assert done.state == "done"
    assert done.done == done.total > 0
    assert done.detail["embedded"] >= len(TEXTS)
    assert done.detail["generation"] == "g000001"


def test_a_rebuild_that_fails_says_why(settings, shared, fake_encoder):
    job = shared.start_job("rebuild")
    run(settings, shared, Work(), job.id)
    assert shared.last_job().state == "failed"
    assert "eurag add" in shared.last_job().detail["error"]


def test_a_bug_is_no_known_failure(settings, shared, monkeypatch):
    def broken(name, model_directory):
        raise RuntimeError("a bug")

    monkeypatch.setattr(maintenance_module, "open_encoder", broken)
    with pytest.raises(RuntimeError):
        run(settings, shared, Work(), shared.start_job("rebuild").id)
    assert current_job(settings, shared).state == "interrupted"


def test_a_job_whose_process_died_is_found_interrupted(settings, shared):
    shared.start_job("rebuild")
    with job_lock(settings.home):
        assert current_job(settings, shared).state == "running"
    assert current_job(settings, shared).state == "interrupted"


def test_there_is_one_job_at_a_time_in_a_process_of_its_own(settings, shared, with_model, tmp_path, write_texts):
    add_texts(settings, tmp_path / "texts", {"tea.txt": "Tea is grown on the hills."}, write_texts)
    started = start_job(settings, shared, Work())
    with pytest.raises(JobRunning, match="GET /rebuild"):
        start_job(settings, shared, Work())
    job = ended(settings, shared)
    assert (job.id, job.state, job.detail["embedded"]) == (started.id, "done", 1)
    index = open_index(settings.home)
    assert {row.document for row in index.texts.rows} == index.document_ids()
    index.close()


def test_a_purge_erases_a_document_from_every_generation(settings, shared, with_model, tmp_path, write_texts):
    texts = {"tea.txt": "Tea is grown on the hills.", "rye.txt": "Rye is not."}
    add_texts(settings, tmp_path / "texts", texts, write_texts)
    start_job(settings, shared, Work())
    assert ended(settings, shared).state == "done"
    with Library(settings.library) as library:
        tea = library.find("tea.txt").id
    start_job(settings, shared, Work(document=tea))
    job = ended(settings, shared)
    assert (job.kind, job.state, job.detail) == ("purge", "done", {"erased": tea})
    for folder in generations(settings.home):
        assert b"Tea is grown" not in (folder / "texts.db").read_bytes()


def test_a_job_ends_with_the_worker_that_began_it(settings, shared, with_model):
    with Library(settings.library) as library:
        add_builtin(library)
    script = (
        "import os, sys\nfrom pathlib import Path\n"
        "from rag.service.api.jobs import Work, start_job\nfrom rag.service.gate.shared import open_shared\n"
        "from rag.settings import Settings\nsettings = Settings(Path(sys.argv[1]))\n"
        "start_job(settings, open_shared(settings), Work(full=True))\nos._exit(9)"
    )
    subprocess.run([sys.executable, "-c", script, settings.home], check=False)
    assert ended(settings, shared).state == "interrupted"
    assert generations(settings.home) == []
