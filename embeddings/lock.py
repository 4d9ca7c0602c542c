"""One writer at a time for a home, across processes.

The lock is the operating system's on an open file, so that of a dead process is free at once. A
file beside it says who holds it.
"""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from embeddings.errors import BuildInProgress, EmbeddingsError


@contextmanager
def writing(home: Path, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the home's write lock. Raises `BuildInProgress`, naming the holder, after `wait_s`."""
    from filelock import FileLock, Timeout

    holder = home / "build.holder"
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = FileLock(home / "build.lock", timeout=wait_s)
        lock.acquire()
    except Timeout as exc:
        raise BuildInProgress(f"{_named(holder)} is writing the index of {home}: wait for it to finish") from exc
    except OSError as exc:
        raise EmbeddingsError(f"the home {home} cannot be written: {exc.strerror or exc}") from exc
    try:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        holder.write_text(json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": now}), "utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _named(holder: Path) -> str:
    try:
        data = json.loads(holder.read_text("utf-8"))
        return f"process {data['pid']} on {data['host']}, since {data['since']},"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
