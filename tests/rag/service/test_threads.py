import asyncio
import threading

import anyio
import pytest
from starlette.requests import ClientDisconnect, Request

from rag.service.threads import in_thread


class Client:
    """A client that hangs up when it is told to."""

    def __init__(self):
        self.gone = asyncio.Event()
        self.request = Request({"type": "http"}, self._receive)

    async def _receive(self):
        await self.gone.wait()
        return {"type": "http.disconnect"}


def test_work_is_done_in_another_thread():
    async def run():
        return await in_thread(Client().request, threading.get_ident)

    assert asyncio.run(run()) != threading.get_ident()


def test_what_the_work_raises_is_raised():
    async def run():
        await in_thread(Client().request, lambda: 1 // 0)

    with pytest.raises(ZeroDivisionError):
        asyncio.run(run())


def test_work_that_waits_for_a_thread_is_not_begun_once_the_client_has_hung_up():
    begun = []

    async def run():
        anyio.to_thread.current_default_thread_limiter().total_tokens = 1
        begun_first, free, client = threading.Event(), threading.Event(), Client()

        def block():
            begun_first.set()
            return free.wait(30)

        first = asyncio.ensure_future(in_thread(Client().request, block))
        second = asyncio.ensure_future(in_thread(client.request, lambda: begun.append(1)))
        while not begun_first.is_set():
            await asyncio.sleep(0.001)
        client.gone.set()
        with pytest.raises(ClientDisconnect):
            await second
        free.set()
        assert await first

    asyncio.run(run())
    assert begun == []


def test_work_that_has_begun_is_waited_for_when_the_request_is_cancelled():
    ended = []

    async def run():
        begun, free = threading.Event(), threading.Event()

        def work():
            begun.set()
            free.wait(30)
            ended.append(1)

        waiting = asyncio.ensure_future(in_thread(Client().request, work))
        await asyncio.to_thread(begun.wait, 30)
        waiting.cancel()
        asyncio.get_running_loop().call_later(0.05, free.set)
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert ended == [1]

    asyncio.run(run())


def test_work_can_notice_that_nobody_waits_for_it_any_more():
    async def run():
        begun, client = threading.Event(), Client()

        def work():
            begun.set()
            while True:
                anyio.from_thread.check_cancelled()

        waiting = asyncio.ensure_future(in_thread(client.request, work))
        await asyncio.to_thread(begun.wait, 30)
        client.gone.set()
        with pytest.raises(ClientDisconnect):
            await waiting

    asyncio.run(run())
