"""Places for work, shared fairly: who asks much waits behind itself, not in front of others.

The waiting are let in by turns of their keys or addresses (round robin), each in its own order of arrival; so a key's
request waits for at most one request of every other key, however many those have waiting.
"""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class NoPlace(Exception):
    """No place was free in time."""


class FairPlaces:
    """So many places, for the tasks of one event loop.

    A key or address that is alone may hold all of them; beside others that asked within `recent_s` seconds, its share.
    """

    def __init__(self, total: int, recent_s: float = 5.0) -> None:
        self.total, self._recent_s = total, recent_s
        self._held: Counter[str] = Counter()
        self._asked: OrderedDict[str, float] = OrderedDict()
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @property
    def taken(self) -> int:
        """How many places are held."""
        return self._held.total()

    @asynccontextmanager
    async def place(self, subject: str, patience_s: float) -> AsyncIterator[None]:
        """Hold a place for a key or address; waits for one, and raises `NoPlace` where none is free in time."""
        await self._take(subject, patience_s)
        try:
            yield
        finally:
            self._give_back(subject)

    async def _take(self, subject: str, patience_s: float) -> None:
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        self._asked[subject] = loop.time()
        self._asked.move_to_end(subject)
        self._waiting.setdefault(subject, deque()).append(turn)
        self._let_in()
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
            self._give_back(subject)
            return
        queue = self._waiting.get(subject, deque())
        if turn in queue:
            queue.remove(turn)
        if not queue:
            self._waiting.pop(subject, None)

    def _give_back(self, subject: str) -> None:
        self._held[subject] -= 1
        if not self._held[subject]:
            del self._held[subject]
        self._let_in()

    def _let_in(self) -> None:
        """Give what is free to the first of whoever's turn it is, who then goes behind all others."""
        most = self._share()
        while self.taken < self.total:
            subject = next((name for name in self._waiting if self._held[name] < most), None)
            if subject is None:
                return
            queue = self._waiting[subject]
            turn = queue.popleft()
            if queue:
                self._waiting.move_to_end(subject)
            else:
                del self._waiting[subject]
            if not turn.done():
                self._held[subject] += 1
                turn.set_result(None)

    def _share(self) -> int:
        """How many places one may hold beside all that hold, wait for or lately asked for any."""
        past = asyncio.get_running_loop().time() - self._recent_s
        while self._asked and next(iter(self._asked.values())) < past:
            self._asked.popitem(last=False)
        return max(1, self.total // max(1, len({*self._asked, *self._held, *self._waiting})))
