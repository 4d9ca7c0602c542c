import errno
import sqlite3
import time

import pytest

from rag.errors import ServiceStateUnusable
from rag.service.gate import shared as shared_module
from rag.service.gate.shared import Shared, StoredKey, open_shared
from rag.settings import Settings

NOW = 1_000_000.0
KEY = StoredKey("12345678", "laptop", "read", b"a", "2024-01-01T00:00:00+00:00")


@pytest.fixture
def shared(tmp_path):
    opened = open_shared(Settings(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def other_worker(tmp_path, shared):
    opened = open_shared(Settings(tmp_path))
    yield opened
    opened.close()


def allowed(shared, count, subject="key 1", now=NOW):
    return [shared.spend(subject, 3, now) == 0 for _ in range(count)]


def test_only_the_owner_may_read_the_file(tmp_path, shared):
    assert (tmp_path / "service.db").stat().st_mode & 0o077 == 0


def test_a_newer_format_is_refused_with_advice(tmp_path):
    connection = sqlite3.connect(tmp_path / "service.db")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(ServiceStateUnusable, match=r"format 99.*upgrade"):
        open_shared(Settings(tmp_path))


def test_what_is_no_database_is_refused(tmp_path):
    (tmp_path / "service.db").write_bytes(b"text" * 1000)
    with pytest.raises(ServiceStateUnusable, match="cannot be used: file is not a database"):
        open_shared(Settings(tmp_path))


def test_a_minutes_requests_are_allowed_at_once_and_the_next_says_how_long_to_wait(shared):
    assert allowed(shared, 3) == [True, True, True]
    assert shared.spend("key 1", 3, NOW) == pytest.approx(20)
    assert shared.spend("key 1", 3, NOW + 5) == pytest.approx(15)


def test_refused_requests_do_not_count(shared):
    allowed(shared, 10)
    assert shared.spend("key 1", 3, NOW + 20) == 0


def test_requests_become_free_one_by_one(shared):
    allowed(shared, 3)
    assert allowed(shared, 3, now=NOW + 41) == [True, True, False]


def test_each_subject_has_its_own_requests(shared):
    allowed(shared, 4)
    assert shared.spend("key 2", 3, NOW) == 0


def test_all_workers_count_together(shared, other_worker):
    assert allowed(shared, 2) + allowed(other_worker, 2) == [True, True, True, False]


def test_a_clock_that_was_put_back_locks_nobody_out(shared):
    allowed(shared, 3, now=NOW + 10_000)
    assert allowed(shared, 4) == [True, True, True, False]


def test_who_has_all_requests_free_is_forgotten_in_time(shared, tmp_path):
    shared.spend("gone", 60, NOW)
    for i in range(1000):
        shared.spend("busy", 1_000_000, NOW + 100 + i)
    connection = sqlite3.connect(tmp_path / "service.db")
    assert connection.execute("SELECT subject FROM spent").fetchall() == [("busy",)]
    connection.close()


def test_keys_are_seen_and_lost_by_every_worker_at_once(shared, other_worker):
    assert not other_worker.ever_had_keys()
    key = StoredKey("12345678", "laptop", "read", b"hash", "2024-01-01T00:00:00+00:00", "2024-02-01T00:00:00+00:00")
    shared.add_key(key)
    assert other_worker.key("12345678") == key
    assert other_worker.all_keys() == [key]
    assert shared.revoke_key("12345678")
    assert other_worker.key("12345678") is None
    assert other_worker.all_keys() == []
    assert other_worker.ever_had_keys()
    assert not other_worker.revoke_key("12345678")


def test_of_a_revoked_key_no_hash_is_kept(tmp_path, shared):
    shared.add_key(StoredKey("12345678", "laptop", "read", b"hash", "2024-01-01T00:00:00+00:00"))
    shared.revoke_key("12345678")
    assert shared._rows("SELECT hash FROM key") == [(b"",)]


@pytest.mark.parametrize(("version", "columns"), [(1, ""), (2, ", expires_at TEXT, revoked_at TEXT")])
def test_a_file_of_a_format_before_keeps_its_keys(tmp_path, version, columns):
    connection = sqlite3.connect(tmp_path / "service.db")
    connection.executescript(
        f"""CREATE TABLE key (id TEXT PRIMARY KEY, name TEXT NOT NULL, scope TEXT NOT NULL, hash BLOB NOT NULL,
                           created_at TEXT NOT NULL{columns}) STRICT;
        INSERT INTO key (id, name, scope, hash, created_at)
        VALUES ('12345678', 'laptop', 'read', x'61', '2024-01-01T00:00:00+00:00');
        PRAGMA user_version = {version};"""
    )
    connection.close()
    for _ in range(2):
        opened = Shared(tmp_path / "service.db")
        assert opened.all_keys() == [StoredKey("12345678", "laptop", "read", b"a", "2024-01-01T00:00:00+00:00")]
        opened.close()


@pytest.fixture
def read_only(tmp_path, shared, monkeypatch):
    """The file as a process finds it on a disk that takes no writes: root may write anywhere."""
    shared.add_key(KEY)

    def refuse(path):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(shared_module, "_open", refuse)
    opened = open_shared(Settings(tmp_path))
    yield opened
    opened.close()


def test_on_a_disk_that_takes_no_writes_keys_are_read_and_requests_counted_here(read_only):
    assert read_only.all_keys() == [KEY]
    assert allowed(read_only, 5) == [True, True, True, False, False]
    assert read_only.spend("key 1", 3, NOW + 5) == pytest.approx(15)
    assert read_only.spend("key 2", 3, NOW) == 0
    with pytest.raises(ServiceStateUnusable, match="cannot be used"):
        read_only.revoke_key(KEY.id)


def test_without_a_file_on_a_disk_that_takes_no_writes_there_is_no_key_and_none_is_made(tmp_path, read_only):
    opened = open_shared(Settings(tmp_path / "elsewhere"))
    assert not opened.ever_had_keys()
    with pytest.raises(ServiceStateUnusable, match="cannot be used"):
        opened.add_key(KEY)
    opened.close()


def test_once_the_disk_takes_writes_again_they_are_made(read_only, monkeypatch):
    monkeypatch.undo()
    later = time.monotonic() + 60
    monkeypatch.setattr(shared_module.time, "monotonic", lambda: later)
    assert read_only.revoke_key(KEY.id)


def test_where_the_file_was_lost_no_key_is_taken(tmp_path, shared):
    shared.close()
    (tmp_path / "service.db").write_bytes(b"text" * 1000)
    with pytest.raises(ServiceStateUnusable):
        shared.key(KEY.id)
    assert allowed(shared, 4) == [True, True, True, False]


def test_the_progress_of_a_job_is_seen_by_every_worker(shared, other_worker):
    assert other_worker.last_job() is None
    job = shared.start_job("rebuild")
    shared.advance_job(job.id, 3, 7)
    seen = other_worker.last_job()
    assert (seen.kind, seen.state, seen.done, seen.total, seen.finished_at) == ("rebuild", "running", 3, 7, None)
    shared.finish_job(job.id, "done", {"embedded": 7})
    assert other_worker.last_job().detail == {"embedded": 7}


def test_a_job_ends_once(shared):
    job = shared.start_job("rebuild")
    shared.finish_job(job.id, "done")
    shared.finish_job(job.id, "interrupted")
    assert shared.last_job().state == "done"
