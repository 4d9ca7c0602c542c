"""SQLite files read where nothing can be written, and the reason when a disk refuses a write."""

import errno
import shutil
import sqlite3
from pathlib import Path

BUSY_TIMEOUT_S = 30.0

_FULL = {errno.ENOSPC, errno.EDQUOT}
_LEAST_FREE_BYTES = 64 * 1024  # SQLite's shared memory takes half of it


def connect_for_reading(path: Path) -> sqlite3.Connection:
    """A connection that waits for no writer and changes nothing; a missing file reads as an empty one.

    Write-ahead logging keeps a file of shared memory beside the database. Where there is none and none
    can be made, as on a full or read-only disk, nobody is writing, and the file is read alone.
    Raises `sqlite3.Error`.
    """
    if not path.exists():
        return sqlite3.connect(":memory:", isolation_level=None)
    uri = f"{path.resolve().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, timeout=BUSY_TIMEOUT_S, isolation_level=None, uri=True)
    try:
        connection.execute("PRAGMA schema_version")
    except sqlite3.OperationalError as exc:
        connection.close()
        log = path.with_name(f"{path.name}-wal")
        if exc.sqlite_errorcode == sqlite3.SQLITE_BUSY or (log.exists() and log.stat().st_size):
            raise
        return sqlite3.connect(f"{uri}&immutable=1", isolation_level=None, uri=True)
    return connection


def refusal(exc: OSError | sqlite3.Error, folder: Path) -> str:
    """Why a write into the folder failed; a full disk is named even where the error only hints at it."""
    if getattr(exc, "errno", None) in _FULL or getattr(exc, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return "the disk is full"
    if folder.is_dir() and shutil.disk_usage(folder).free < _LEAST_FREE_BYTES:
        return f"the disk is full ({exc})"
    return str(exc)
