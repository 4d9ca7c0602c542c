import errno
import sqlite3
from collections import namedtuple

import pytest

from corpus import database as database_module
from corpus.database import connect_for_reading, refusal

Usage = namedtuple("Usage", "free")


@pytest.fixture
def written(tmp_path):
    """A database with a write-ahead log, whose one writer is gone."""
    path = tmp_path / "one.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE word (text TEXT)")
    connection.execute("INSERT INTO word VALUES ('court')")
    connection.commit()
    connection.close()
    return path


@pytest.fixture
def no_shared_memory(monkeypatch):
    """Connections that cannot make the file of shared memory, as on a full or read-only disk; root may do anything."""
    connect, refused = sqlite3.connect, []

    class Refusing:
        def __init__(self, connection):
            self.close = connection.close

        def execute(self, _):
            error = sqlite3.OperationalError("unable to open database file")
            error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
            raise error

    def refuse(name, **options):
        connection = connect(name, **options)
        if "immutable" in name:
            return connection
        refused.append(name)
        return Refusing(connection)

    monkeypatch.setattr(database_module.sqlite3, "connect", refuse)
    return refused


def words(connection):
    return [row[0] for row in connection.execute("SELECT text FROM word")]


def test_what_was_committed_is_read_and_nothing_can_be_written(written):
    connection = connect_for_reading(written)
    assert words(connection) == ["court"]
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("INSERT INTO word VALUES ('treaty')")


def test_a_missing_file_reads_as_an_empty_database_and_is_not_made(tmp_path):
    connection = connect_for_reading(tmp_path / "none.db")
    assert connection.execute("SELECT * FROM sqlite_master").fetchall() == []
    assert list(tmp_path.iterdir()) == []


def test_a_writer_in_the_middle_of_a_transaction_keeps_no_reader_waiting(written):
    writer = sqlite3.connect(written)
    writer.execute("BEGIN EXCLUSIVE")
    writer.execute("INSERT INTO word VALUES ('treaty')")
    assert words(connect_for_reading(written)) == ["court"]
    writer.commit()
    assert words(connect_for_reading(written)) == ["court", "treaty"]


def test_where_no_shared_memory_can_be_made_the_file_is_read_alone(written, no_shared_memory):
    assert words(connect_for_reading(written)) == ["court"]
    assert no_shared_memory


def test_but_never_past_a_log_that_holds_more(written, no_shared_memory):
    written.with_name("one.db-wal").write_bytes(b"frames")
    with pytest.raises(sqlite3.OperationalError):
        connect_for_reading(written)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_named(tmp_path, code):
    assert refusal(OSError(code, "no"), tmp_path) == "the disk is full"


def test_a_full_disk_is_named_where_the_error_only_hints_at_it(tmp_path, monkeypatch):
    vague = OSError("512 requested and 0 written")
    assert refusal(vague, tmp_path) == "512 requested and 0 written"
    monkeypatch.setattr(database_module.shutil, "disk_usage", lambda _: Usage(0))
    assert refusal(vague, tmp_path) == "the disk is full (512 requested and 0 written)"
