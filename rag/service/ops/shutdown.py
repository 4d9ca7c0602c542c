"""How the service stops: whoever had connected by then is heard and answered, nobody else is kept waiting."""

import asyncio
import multiprocessing
import os
import signal
from threading import Thread

from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.supervisors import Multiprocess

LAST_WORD_S = 0.5


class PatientConnection(H11Protocol):
    """A connection whose client may still say what it wants when the service stops.

    uvicorn closes at once whatever it has read no request from; under load that is not only what is idle.
    """

    def shutdown(self) -> None:
        """Take a request for `LAST_WORD_S` seconds more, answer it, and close."""
        asyncio.get_running_loop().call_later(LAST_WORD_S, self._close_when_answered)

    def _close_when_answered(self) -> None:
        if not self.transport.is_closing():
            super().shutdown()


class Workers(Multiprocess):
    """Several processes at one address, which is given up as soon as they are told to stop."""

    def terminate_all(self) -> None:
        """Stop the workers; who connects from now on is refused, and does not wait for nobody."""
        for held in self.sockets:
            held.close()
        super().terminate_all()


def end_with_parent() -> None:
    """In a worker: stop, as when told to, once the process that began it has ended in whatever way."""
    if (parent := multiprocessing.parent_process()) is None:
        return

    def wait() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=wait, name="parent", daemon=True).start()
