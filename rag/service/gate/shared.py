"""What the workers of a service share, in `service.db` of the home: keys, spent requests, background jobs.

Every statement is a transaction of its own, so any number of processes may call any method. On a disk that takes no
writes keys are read all the same, and each process counts requests by itself.
"""

import json
import logging
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from corpus.database import connect_for_reading, private_folder, refusal
from rag.errors import ServiceStateUnusable
from rag.service.gate.rates import SPAN_S, Rates
from rag.settings import Settings

FORMAT_VERSION = 3

_BUSY_TIMEOUT_S = 10.0
_SWEEP_EVERY = 1000
#: After so long a file that could only be read is opened for writing again.
_RETRY_S = 10.0
_logger = logging.getLogger("eurag.service")
_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS key (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, scope TEXT NOT NULL, hash BLOB NOT NULL, created_at TEXT NOT NULL,
    expires_at TEXT, revoked_at TEXT, collections TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS spent (subject TEXT PRIMARY KEY, free_at REAL NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS job (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, state TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 0, detail TEXT, started_at TEXT NOT NULL, finished_at TEXT
) STRICT;
PRAGMA user_version = {FORMAT_VERSION};
COMMIT;
"""
_SELECT_KEYS = "SELECT id, name, scope, hash, created_at, expires_at, collections FROM key WHERE revoked_at IS NULL"
_WITH_COLLECTIONS = "ALTER TABLE key ADD COLUMN collections TEXT"
#: Statements that bring a file of an earlier format to this one.
_MIGRATIONS = {
    1: (
        "ALTER TABLE key ADD COLUMN expires_at TEXT",
        "ALTER TABLE key ADD COLUMN revoked_at TEXT",
        _WITH_COLLECTIONS,
    ),
    2: (_WITH_COLLECTIONS,),
}
# A time that lies further ahead than any request puts it comes from a clock that was put back.
_FREE_AT = "iif(free_at > :now + :span, :now, max(free_at, :now)) + :step"
_SPEND = f"""
INSERT INTO spent VALUES (:subject, :now + :step)
ON CONFLICT (subject) DO UPDATE SET free_at = {_FREE_AT} WHERE {_FREE_AT} <= :now + :span
RETURNING free_at
"""


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key as it is kept: `hash` is the SHA-256 of its secret part, which is not kept.

    `expires_at`, where the key ends by itself, and `created_at` are ISO 8601 in UTC. Nothing but `collections` is read
    with it, where it names any.
    """

    id: str
    name: str
    scope: str
    hash: bytes
    created_at: str
    expires_at: str | None = None
    collections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """A rebuild or purge: `state` is running, done, failed or interrupted; times are ISO 8601, UTC."""

    id: int
    kind: str
    state: str
    done: int
    total: int
    detail: dict[str, Any] | None
    started_at: str
    finished_at: str | None


class Shared:
    """The shared state of one home, for any number of threads."""

    def __init__(self, path: Path) -> None:
        """Nothing is opened yet: each method does so where need be, and raises `ServiceStateUnusable`."""
        self._path, self._lock, self._spends = path, Lock(), 0
        self._connection: sqlite3.Connection | None = None
        self._read_only_until: float | None = None
        self._rates, self._counts_alone = Rates(), False

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._close()

    def add_key(self, key: StoredKey) -> None:
        """Keep a new key."""
        collections = json.dumps(key.collections) if key.collections else None
        values = (key.id, key.name, key.scope, key.hash, key.created_at, key.expires_at, collections)
        self._change("INSERT INTO key VALUES (?, ?, ?, ?, ?, ?, NULL, ?)", values)

    def key(self, id_: str) -> StoredKey | None:
        """The key with this id that was not revoked."""
        rows = self._rows(f"{_SELECT_KEYS} AND id = ?", (id_,))
        return _key(rows[0]) if rows else None

    def all_keys(self) -> list[StoredKey]:
        """All keys that were not revoked, oldest first."""
        return [_key(row) for row in self._rows(f"{_SELECT_KEYS} ORDER BY created_at, id")]

    def ever_had_keys(self) -> bool:
        """Whether there ever was a key; a service that had one is never open again by itself."""
        return bool(self._rows("SELECT EXISTS (SELECT 1 FROM key)")[0][0])

    def revoke_key(self, id_: str) -> bool:
        """End a key; False when there was none of this id. No worker takes it from then on."""
        revoke = "UPDATE key SET revoked_at = ?, hash = x'' WHERE id = ? AND revoked_at IS NULL RETURNING id"
        return bool(self._change(revoke, (_now(), id_)))

    def spend(self, subject: str, a_minute: int, now: float, count: int = 1) -> float:
        """Count requests of `subject` at the Unix time `now`; returns 0, or the seconds to wait when refused.

        The generic cell rate algorithm (ITU-T I.371): up to `a_minute` requests at once, each of
        them free again after 60 / `a_minute` seconds. Where the file takes nothing, this process counts alone.
        """
        step = 60 / a_minute * min(count, a_minute)
        try:
            wait_s = self._spend(subject, step, now)
        except ServiceStateUnusable as exc:
            if not self._counts_alone:
                _logger.warning("requests are counted by each process alone: %s", exc)
            self._counts_alone = True
            return self._rates.spend(subject, step, now)
        self._counts_alone = False
        return wait_s

    def _spend(self, subject: str, step: float, now: float) -> float:
        self._sweep(now)
        if self._rows(_SPEND, {"subject": subject, "now": now, "step": step, "span": SPAN_S}):
            return 0.0
        rows = self._rows("SELECT free_at FROM spent WHERE subject = ?", (subject,))
        return max(0.0, rows[0][0] + step - now - SPAN_S) if rows else 0.0

    def _sweep(self, now: float) -> None:
        """Now and then forget those who have all their requests free again."""
        self._spends += 1
        if self._spends % _SWEEP_EVERY == 0:
            self._rows("DELETE FROM spent WHERE free_at < ?", (now,))

    def start_job(self, kind: str) -> Job:
        """Note that a job has begun; whoever does it calls `advance_job` and `finish_job`."""
        insert = "INSERT INTO job (kind, state, started_at) VALUES (?, 'running', ?) RETURNING *"
        return _job(self._change(insert, (kind, _now()))[0])

    def advance_job(self, id_: int, done: int, total: int) -> None:
        """Note how much of a job is done."""
        self._rows("UPDATE job SET done = ?, total = ? WHERE id = ?", (done, total, id_))

    def finish_job(self, id_: int, state: str, detail: Mapping[str, Any] | None = None) -> None:
        """Note how a running job ended; `detail` is its report or what went wrong."""
        self._change(
            "UPDATE job SET state = ?, detail = ?, finished_at = ? WHERE id = ? AND state = 'running'",
            (state, json.dumps(detail), _now(), id_),
        )

    def last_job(self) -> Job | None:
        """The newest job."""
        rows = self._rows("SELECT * FROM job ORDER BY id DESC LIMIT 1")
        return _job(rows[0]) if rows else None

    def _change(self, statement: str, values: Any) -> list[tuple[Any, ...]]:
        """The rows of a statement whose effect outlasts a power failure."""
        return self._rows(statement, values, synchronous="FULL")

    def _rows(self, statement: str, values: Any = (), synchronous: str = "NORMAL") -> list[tuple[Any, ...]]:
        """The rows of a statement; one statement at a time within this process. Raises `ServiceStateUnusable`."""
        with self._lock:
            try:
                connection = self._opened()
                connection.execute(f"PRAGMA synchronous = {synchronous}")
                return connection.execute(statement, values).fetchall()
            except (sqlite3.Error, OSError) as exc:
                self._close()
                message = f"the service's {self._path} cannot be used: {refusal(exc, self._path.parent)}"
                raise ServiceStateUnusable(message) from exc

    def _opened(self) -> sqlite3.Connection:
        """The connection; one that only reads is made anew now and then, in case there is room again."""
        if self._read_only_until and time.monotonic() > self._read_only_until:
            self._close()
        if self._connection is None:
            try:
                self._connection = _open(self._path)
            except (sqlite3.OperationalError, OSError):
                self._connection = _open_for_reading(self._path)
                self._read_only_until = time.monotonic() + _RETRY_S
        return self._connection

    def _close(self) -> None:
        connection, self._connection, self._read_only_until = self._connection, None, None
        if connection:
            connection.close()


def _open(path: Path) -> sqlite3.Connection:
    """Open or create the file, readable by its owner only. Raises `ServiceStateUnusable` for a newer format."""
    private_folder(path.parent)
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    try:
        version = _version(connection, path)
        connection.execute("PRAGMA journal_mode = WAL")
        for statement in _MIGRATIONS.get(version, ()):
            connection.execute(statement)
        connection.executescript(_SCHEMA)
    except BaseException:
        connection.close()
        raise
    return connection


def _open_for_reading(path: Path) -> sqlite3.Connection:
    """The file as it is; where there is none, there are no keys and no jobs."""
    connection = connect_for_reading(path, check_same_thread=False)
    if not _version(connection, path):
        connection.close()
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        connection.executescript(_SCHEMA)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _version(connection: sqlite3.Connection, path: Path) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > FORMAT_VERSION:
        raise ServiceStateUnusable(f"{path} has format {version}, this eurag knows {FORMAT_VERSION}: upgrade")
    return version


def open_shared(settings: Settings) -> Shared:
    """The shared state of a home, looked at once. Raises `ServiceStateUnusable`."""
    shared = Shared(settings.home / "service.db")
    shared.ever_had_keys()
    return shared


def _key(row: tuple[Any, ...]) -> StoredKey:
    id_, name, scope, hash_, created_at, expires_at, collections = row
    return StoredKey(id_, name, scope, hash_, created_at, expires_at, tuple(json.loads(collections or "[]")))


def _job(row: tuple[Any, ...]) -> Job:
    id_, kind, state, done, total, detail, started_at, finished_at = row
    return Job(id_, kind, state, done, total, json.loads(detail or "null"), started_at, finished_at)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
