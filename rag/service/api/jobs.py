"""Work in the background: rebuilds and purges, one at a time for a home, in a process of the lowest priority.

That process inherits a lock on `job.lock` from the worker that began it, so that a job which ended in
any way is known to have ended. It stops when that worker does; what it has embedded is kept.
"""

import fcntl
import json
import logging
import os
import subprocess
import sys
import time
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Thread
from typing import IO, Any, Literal

from corpus import EuragError
from corpus.database import refusal
from rag.errors import JobRunning, ServiceStateUnusable
from rag.home.audit import Actor, acting, actor
from rag.home.erasure import erase_document
from rag.home.maintenance import Rebuild, rebuild
from rag.service.gate.shared import Job, Shared, open_shared
from rag.settings import Settings

Kind = Literal["rebuild", "purge"]

_LOWEST_PRIORITY = 19
_EXIT_POLL_S = 0.05
_logger = logging.getLogger("eurag.service")


@dataclass(frozen=True, slots=True)
class Work:
    """What a job does: a build, with `full` from nothing, or the erasure of one document."""

    full: bool = False
    document: str | None = None

    @property
    def kind(self) -> Kind:
        """What it is called."""
        return "purge" if self.document else "rebuild"


def start_job(settings: Settings, shared: Shared, work: Work) -> Job:
    """Begin a job and return at once. Raises `JobRunning`."""
    with _lock_file(settings) as lock:
        while not _take(lock):
            if (last := shared.last_job()) and last.state == "running":
                raise JobRunning("a job is running already: GET /rebuild shows how far it is")
            time.sleep(_EXIT_POLL_S)  # it is done, and its process about to end
        job = shared.start_job(work.kind)
        order: dict[str, Any] = {
            "home": str(settings.home),
            "encoder": settings.encoder,
            "keep": settings.keep,
            "least_free_bytes": settings.least_free_bytes,
            "job": job.id,
        }
        order["actor"] = asdict(actor())
        child = subprocess.Popen(
            [sys.executable, "-m", "rag.service.api.jobs"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            pass_fds=[lock.fileno()],
        )
    Thread(target=_accompany, args=(child, json.dumps(order | asdict(work))), daemon=True).start()
    return job


def current_job(settings: Settings, shared: Shared) -> Job | None:
    """The last job; one whose process died is found interrupted."""
    job = shared.last_job()
    if not job or job.state != "running":
        return job
    with suppress(ServiceStateUnusable), _lock_file(settings) as lock:  # on a disk that takes nothing it stays as noted
        if not _take(lock):
            return shared.last_job()
        shared.finish_job(job.id, "interrupted")
    return shared.last_job()


def run(settings: Settings, shared: Shared, work: Work, job: int) -> None:
    """Do the work in this process and note how it goes and ends; an error of ours ends it as failed."""

    def advance(done: int, total: int) -> None:
        with suppress(ServiceStateUnusable):  # how far it is need not be known for it to go on
            shared.advance_job(job, done, total)

    try:
        if work.document:
            detail: dict[str, Any] = {"erased": erase_document(settings, work.document).id}
        else:
            detail = asdict(rebuild(settings, Rebuild(work.full), _logger.warning, advance))
    except EuragError as exc:
        shared.finish_job(job, "failed", {"error": str(exc)})
    else:
        shared.finish_job(job, "done", detail)


def _lock_file(settings: Settings) -> IO[bytes]:
    """The file that is locked while a job runs. Raises `ServiceStateUnusable`."""
    try:
        return (settings.home / "job.lock").open("ab")
    except OSError as exc:
        raise ServiceStateUnusable(f"no job can run in {settings.home}: {refusal(exc, settings.home)}") from exc


def _take(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _accompany(child: "subprocess.Popen[bytes]", order: str) -> None:
    """Give the order, and keep the pipe open until the end: its closing tells the child that this process died."""
    if child.stdin is None:
        return
    with child.stdin, suppress(BrokenPipeError):
        child.stdin.write(f"{order}\n".encode())
        child.stdin.flush()
        child.wait()


def _end_with_the_worker() -> None:
    sys.stdin.read()
    os._exit(1)


def main() -> None:
    """The job's process: an order in JSON on the first line of standard input."""
    from logging.config import dictConfig

    from rag.service.ops.logs import log_config

    os.nice(_LOWEST_PRIORITY)
    dictConfig(log_config())
    order: dict[str, Any] = json.loads(sys.stdin.readline())
    Thread(target=_end_with_the_worker, daemon=True).start()
    settings = Settings(
        Path(order["home"]), order["encoder"], order["keep"], least_free_bytes=order["least_free_bytes"]
    )
    with closing(open_shared(settings)) as shared, acting(Actor(**order["actor"])):
        run(settings, shared, Work(order["full"], order["document"]), order["job"])


if __name__ == "__main__":
    main()
