import errno
import fcntl
import sqlite3
from pathlib import Path

import pytest

from embeddings import BuildInProgress, EmbeddingsError
from embeddings.lock import writing


def held_elsewhere(home):
    """The lock as another process holds it."""
    file = (home / "build.lock").open("wb")
    fcntl.flock(file, fcntl.LOCK_EX)
    return file


def test_a_second_writer_is_refused_and_told_who_holds_it(tmp_path):
    (tmp_path / "build.holder").write_text('{"pid": 17, "host": "box", "since": "2026-01-01"}', "utf-8")
    with (
        held_elsewhere(tmp_path),
        pytest.raises(BuildInProgress, match="process 17 on box, since 2026-01-01"),
        writing(tmp_path),
    ):
        pass


@pytest.mark.parametrize("content", ["", "[]", "{}"])
def test_a_holder_that_cannot_be_read_is_another_process(tmp_path, content):
    (tmp_path / "build.holder").write_text(content, "utf-8")
    with held_elsewhere(tmp_path), pytest.raises(BuildInProgress, match="another process"), writing(tmp_path):
        pass


def test_the_thread_that_holds_it_may_take_it_again_and_keeps_it(tmp_path):
    with writing(tmp_path):
        with writing(tmp_path):
            pass
        assert (tmp_path / "build.holder").exists()
        with (tmp_path / "build.lock").open("wb") as file, pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert not (tmp_path / "build.holder").exists()


def test_the_lock_of_a_dead_process_is_free_whatever_its_file_says(tmp_path):
    (tmp_path / "build.lock").touch()
    (tmp_path / "build.holder").write_text('{"pid": 17, "host": "box", "since": "2026-01-01"}', "utf-8")
    with writing(tmp_path):
        assert '"pid": 17,' not in (tmp_path / "build.holder").read_text("utf-8")


@pytest.mark.parametrize(
    "refused",
    [OSError(errno.ENOSPC, "No space left on device"), OSError(errno.EDQUOT, "Disk quota exceeded")],
    ids=["full disk", "quota"],
)
def test_a_full_disk_is_named(tmp_path, refused):
    with pytest.raises(EmbeddingsError, match="cannot be written: the disk is full"), writing(tmp_path):
        raise refused


def test_a_database_that_finds_the_disk_full_is_named_too(tmp_path):
    database = sqlite3.connect(tmp_path / "small.db")
    database.execute("PRAGMA max_page_count = 2")
    database.execute("CREATE TABLE one (text TEXT)")
    with pytest.raises(EmbeddingsError, match="cannot be written: the disk is full"), writing(tmp_path):
        database.execute("INSERT INTO one VALUES (?)", ("long" * 10_000,))
    database.close()


def test_a_full_disk_that_refuses_the_holders_name_is_a_known_error_and_frees_the_lock(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", refuse)
        with pytest.raises(EmbeddingsError, match="the disk is full"), writing(tmp_path):
            pass
    with writing(tmp_path):
        pass


def test_a_holders_name_that_cannot_be_deleted_fails_no_work(tmp_path, monkeypatch):
    def refuse(path, missing_ok=False):
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as refusing:
        refusing.setattr(Path, "unlink", refuse)
        with writing(tmp_path):
            pass
    with writing(tmp_path):
        pass
