"""Who changed what in a home, when, and from where: one line of JSON a change, in `audit.jsonl`.

A line is appended by a single write and synced before the change is reported, so that lines of several processes never
mix. Documents are named by id and source, never by their text, so that a purge leaves the record of itself alone.
"""

import getpass
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from corpus.disk import sync
from rag.errors import AuditUnusable
from rag.settings import Settings

FILE = "audit.jsonl"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a user of this machine or a key, `name`, and `where`: "command line", or an address."""

    name: str
    where: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change: `at` is ISO 8601 in UTC, `action` what was done, `documents` the ids it was done to."""

    at: str
    who: str
    where: str
    action: str
    documents: tuple[str, ...]
    detail: str | None


_actor: ContextVar[Actor | None] = ContextVar("actor", default=None)


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Until this ends, changes made in this context are the actor's."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def actor() -> Actor:
    """Who acts in this context, by default the user of this process."""
    return _actor.get() or Actor(_user(), "command line")


def record(settings: Settings, action: str, documents: tuple[str, ...] = (), detail: str | None = None) -> None:
    """Append a change. Raises `AuditUnusable`: the change was made, its record was not."""
    who = actor()
    now = datetime.now(UTC).isoformat(timespec="seconds")
    line = json.dumps(asdict(Change(now, who.name, who.where, action, documents, detail)), ensure_ascii=False)
    path = settings.home / FILE
    try:
        begins = not path.exists()
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, f"{line}\n".encode(errors="replace"))
            os.fsync(handle)
        finally:
            os.close(handle)
        if begins:
            sync(path.parent)
    except OSError as exc:
        raise AuditUnusable(f"{action} was done, but {path} cannot be written to say so: {exc.strerror}") from exc


def changes(settings: Settings) -> Iterator[Change]:
    """All changes, oldest first; a line that is none, as a torn one, is passed over. Raises `AuditUnusable`."""
    path = settings.home / FILE
    try:
        lines = path.read_text("utf-8", errors="replace").split("\n")
    except FileNotFoundError:
        return
    except OSError as exc:
        raise AuditUnusable(f"{path} cannot be read: {exc.strerror}") from exc
    for line in lines:
        try:
            data = json.loads(line)
            yield Change(**{**data, "documents": tuple(data["documents"])})
        except (ValueError, KeyError, TypeError):
            continue


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in a container
        return f"user {os.getuid()}"
