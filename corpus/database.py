"""SQLite files: read where nothing can be written, emptied of what was deleted, checked for damage, copied."""

import errno
import os
import shutil
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

from corpus.disk import make_folder

BUSY_TIMEOUT_S = 30.0

_FULL = {errno.ENOSPC, errno.EDQUOT}
_LEAST_FREE_BYTES = 64 * 1024  # SQLite's shared memory takes half of it


def connect_for_reading(path: Path, *, check_same_thread: bool = True) -> sqlite3.Connection:
    """A connection that waits for no writer and changes nothing; a missing file reads as an empty one.

    Write-ahead logging keeps a file of shared memory beside the database. Where there is none and none
    can be made, as on a full or read-only disk, nobody is writing, and the file is read alone.
    Raises `sqlite3.Error` or `OSError`.
    """
    connect = partial(sqlite3.connect, isolation_level=None, check_same_thread=check_same_thread)
    if not path.exists():
        return connect(":memory:")
    uri = f"{path.resolve().as_uri()}?mode=ro"
    log = path.with_name(f"{path.name}-wal")
    logged = log.exists() and log.stat().st_size
    if os.statvfs(path).f_flag & os.ST_RDONLY and not logged:  # else SQLite may wait 10 s for a writer to mend a log
        return connect(f"{uri}&immutable=1", uri=True)
    connection = connect(uri, timeout=BUSY_TIMEOUT_S, uri=True)
    try:
        connection.execute("PRAGMA schema_version")
    except sqlite3.OperationalError as exc:
        connection.close()
        if exc.sqlite_errorcode == sqlite3.SQLITE_BUSY or (log.exists() and log.stat().st_size):
            raise
        return connect(f"{uri}&immutable=1", uri=True)
    return connection


def refusal(exc: OSError | sqlite3.Error | ValueError, folder: Path) -> str:
    """Why a write into the folder failed; a full disk is named even where the error only hints at it."""
    if getattr(exc, "errno", None) in _FULL or getattr(exc, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return "the disk is full"
    if folder.is_dir() and shutil.disk_usage(folder).free < _LEAST_FREE_BYTES:
        return f"the disk is full ({exc})"
    return str(exc)


def private_folder(path: Path) -> None:
    """Make a folder that its owner alone may enter, where there is none. Raises `OSError`."""
    make_folder(path, 0o700)


def scrub(connection: sqlite3.Connection) -> None:
    """Leave no trace of what was deleted, in the file or in its write-ahead log.

    Waits for readers as long as the connection's timeout, and raises `sqlite3.OperationalError` where one of them
    still holds the log: then the traces are there until this is done again.
    """
    connection.execute("VACUUM")
    busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise sqlite3.OperationalError("another process still reads what was deleted")


def damage(connection: sqlite3.Connection) -> list[str]:
    """What SQLite finds wrong with a file, a few words each."""
    try:
        found = [str(row[0]) for row in connection.execute("PRAGMA quick_check(3)")]
    except sqlite3.Error as exc:
        found = [str(exc)]
    return [" ".join(what.split()) for what in found if what != "ok"]


def copy_of(source: Path, copy: Path) -> None:
    """Copy a database, as of one moment and while others write, into a new file. Raises `sqlite3.Error`."""
    with closing(connect_for_reading(source)) as connection, closing(sqlite3.connect(copy)) as target:
        connection.backup(target)
