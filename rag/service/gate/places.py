"""Places for work, shared fairly: who asks much waits behind itself, not in front of others.

The waiting are let in by turns of their keys or addresses (round robin), each in its own order of arrival; so a key's
request waits for at most one request of every other key, however many those have waiting.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class NoPlace(Exception):
    """No place was free in time."""


class FairPlaces:
    """So many places, for the tasks of one event loop."""

    def __init__(self, total: int) -> None:
        self.total, self.taken = total, 0
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def place(self, subject: str, patience_s: float) -> AsyncIterator[None]:
        """Hold a place for a key or address; waits for one, and raises `NoPlace` where none is free in time."""
        await self._take(subject, patience_s)
        try:
            yield
        finally:
            self._give_back()

    async def _take(self, subject: str, patience_s: float) -> None:
        if self.taken < self.total and not self._waiting:
            self.taken += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(subject, deque()).append(turn)
        try:
            async with asyncio.timeout(patience_s):
                await turn
        except TimeoutError as exc:
            self._leave(subject, turn)
            raise NoPlace from exc
        except BaseException:
            self._leave(subject, turn)
            raise

    def _leave(self, subject: str, turn: "asyncio.Future[None]") -> None:
        """Give up waiting; a place that was given at the last moment is passed on."""
        if turn.done() and not turn.cancelled():
            self._give_back()
            return
        queue = self._waiting.get(subject, deque())
        if turn in queue:
            queue.remove(turn)
        if not queue:
            self._waiting.pop(subject, None)

    def _give_back(self) -> None:
        """Pass a place to the first of whoever's turn it is, who then goes behind all others."""
        while self._waiting:
            subject, queue = next(iter(self._waiting.items()))
            turn = queue.popleft()
            if queue:
                self._waiting.move_to_end(subject)
            else:
                del self._waiting[subject]
            if not turn.done():
                turn.set_result(None)
                return
        self.taken -= 1
