"""What the workers of a service share, in `service.db` of the home: keys, spent requests, background jobs.

Every statement is a transaction of its own, so any number of processes may call any method.
"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from corpus.database import private_folder
from rag.errors import ServiceStateUnusable
from rag.settings import Settings

FORMAT_VERSION = 3

_BUSY_TIMEOUT_S = 10.0
_SPAN_S = 60.0
_SWEEP_EVERY = 1000
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
        """Open or create the file, readable by its owner only. Raises `ServiceStateUnusable`."""
        self._lock, self._spends = Lock(), 0
        try:
            private_folder(path.parent)
            path.touch(mode=0o600)
            self._connection = sqlite3.connect(
                path, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
            )
            version = self._connection.execute("PRAGMA user_version").fetchone()[0]
            if version > FORMAT_VERSION:
                raise ServiceStateUnusable(f"{path} has format {version}, this eurag knows {FORMAT_VERSION}: upgrade")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            for statement in _MIGRATIONS.get(version, ()):
                self._connection.execute(statement)
            self._connection.executescript(_SCHEMA)
        except (sqlite3.Error, OSError) as exc:
            raise ServiceStateUnusable(f"{path} cannot be opened: {exc}") from exc

    def close(self) -> None:
        """Close the file; the object is of no use afterwards."""
        self._connection.close()

    def add_key(self, key: StoredKey) -> None:
        """Keep a new key."""
        collections = json.dumps(key.collections) if key.collections else None
        values = (key.id, key.name, key.scope, key.hash, key.created_at, key.expires_at, collections)
        self._rows("INSERT INTO key VALUES (?, ?, ?, ?, ?, ?, NULL, ?)", values)

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
        return bool(self._rows(revoke, (_now(), id_)))

    def spend(self, subject: str, a_minute: int, now: float, count: int = 1) -> float:
        """Count requests of `subject` at the Unix time `now`; returns 0, or the seconds to wait when refused.

        The generic cell rate algorithm (ITU-T I.371): up to `a_minute` requests at once, each of
        them free again after 60 / `a_minute` seconds.
        """
        step = 60 / a_minute * min(count, a_minute)
        self._sweep(now)
        if self._rows(_SPEND, {"subject": subject, "now": now, "step": step, "span": _SPAN_S}):
            return 0.0
        rows = self._rows("SELECT free_at FROM spent WHERE subject = ?", (subject,))
        return max(0.0, rows[0][0] + step - now - _SPAN_S) if rows else 0.0

    def _sweep(self, now: float) -> None:
        """Now and then forget those who have all their requests free again."""
        self._spends += 1
        if self._spends % _SWEEP_EVERY == 0:
            self._rows("DELETE FROM spent WHERE free_at < ?", (now,))

    def start_job(self, kind: str) -> Job:
        """Note that a job has begun; whoever does it calls `advance_job` and `finish_job`."""
        insert = "INSERT INTO job (kind, state, started_at) VALUES (?, 'running', ?) RETURNING *"
        return _job(self._rows(insert, (kind, _now()))[0])

    def advance_job(self, id_: int, done: int, total: int) -> None:
        """Note how much of a job is done."""
        self._rows("UPDATE job SET done = ?, total = ? WHERE id = ?", (done, total, id_))

    def finish_job(self, id_: int, state: str, detail: Mapping[str, Any] | None = None) -> None:
        """Note how a running job ended; `detail` is its report or what went wrong."""
        self._rows(
            "UPDATE job SET state = ?, detail = ?, finished_at = ? WHERE id = ? AND state = 'running'",
            (state, json.dumps(detail), _now(), id_),
        )

    def last_job(self) -> Job | None:
        """The newest job."""
        rows = self._rows("SELECT * FROM job ORDER BY id DESC LIMIT 1")
        return _job(rows[0]) if rows else None

    def _rows(self, statement: str, values: Any = ()) -> list[tuple[Any, ...]]:
        """The rows of a statement; one statement at a time within this process."""
        with self._lock:
            return self._connection.execute(statement, values).fetchall()


def open_shared(settings: Settings) -> Shared:
    """The shared state of a home. Raises `ServiceStateUnusable`."""
    return Shared(settings.home / "service.db")


def _key(row: tuple[Any, ...]) -> StoredKey:
    id_, name, scope, hash_, created_at, expires_at, collections = row
    return StoredKey(id_, name, scope, hash_, created_at, expires_at, tuple(json.loads(collections or "[]")))


def _job(row: tuple[Any, ...]) -> Job:
    id_, kind, state, done, total, detail, started_at, finished_at = row
    return Job(id_, kind, state, done, total, json.loads(detail or "null"), started_at, finished_at)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
