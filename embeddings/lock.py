"""One writer at a time for a home, across processes.

The lock is the operating system's on an open file, so that of a dead process is free at once. A
file beside it says who holds it.
"""

import json
import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from corpus.database import private_folder, refusal
from embeddings.errors import BuildInProgress, EmbeddingsError


@contextmanager
def writing(home: Path, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the home's write lock, also when this thread holds it already.

    Raises `BuildInProgress`, naming the holder, after `wait_s`, and `EmbeddingsError` where a disk
    refuses what is written under it.
    """
    from filelock import FileLock, Timeout

    try:
        private_folder(home)
        lock = FileLock(home / "build.lock", is_singleton=True)
        lock.acquire(timeout=wait_s)
    except Timeout as exc:
        raise BuildInProgress(f"{_named(_holder(home))} is writing in {home}: wait for it to finish") from exc
    except OSError as exc:
        raise _refused(home, exc) from exc
    outermost = lock.lock_counter == 1
    try:
        if outermost:
            _sign(home)
        yield
    except (OSError, sqlite3.Error) as exc:
        raise _refused(home, exc) from exc
    finally:
        if outermost:
            with suppress(OSError):  # who reads it asks the lock first
                _holder(home).unlink(missing_ok=True)
        lock.release()


def _refused(home: Path, exc: OSError | sqlite3.Error) -> EmbeddingsError:
    return EmbeddingsError(f"{home} cannot be written: {refusal(exc, home)}; an index in place still serves")


def _holder(home: Path) -> Path:
    return home / "build.holder"


def _sign(home: Path) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    _holder(home).write_text(json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": now}), "utf-8")


def _named(holder: Path) -> str:
    try:
        data = json.loads(holder.read_text("utf-8"))
        return f"process {data['pid']} on {data['host']}, since {data['since']},"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
