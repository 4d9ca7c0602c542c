import asyncio
import threading
from types import SimpleNamespace

import anyio
import pytest
from starlette.requests import ClientDisconnect, Request

from rag.service.errors import ApiError
from rag.service.gate.places import FairPlaces
from rag.service.gate.threads import in_thread


class Client:
    """A client that hangs up when it is told to, of a service with so many places and seconds for a request."""

    def __init__(self, places=1, timeout_s=600):
        self.gone = asyncio.Event()
        service = SimpleNamespace(
            short_work=FairPlaces(places),
            long_work=FairPlaces(places),
            settings=SimpleNamespace(request_timeout_s=timeout_s),
        )
        self.app = SimpleNamespace(state=SimpleNamespace(service=service))
        self.request = self.of(self.app)

    def of(self, app):
        """A request to an application."""
        return Request({"type": "http", "app": app, "headers": []}, self._receive)

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
        begun_first, free, client = threading.Event(), threading.Event(), Client()

        def block():
            begun_first.set()
            return free.wait(30)

        first = asyncio.ensure_future(in_thread(Client().of(client.app), block))
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


def test_who_gets_no_place_in_time_is_told_to_come_back_and_long_work_takes_none_of_them():
    async def run():
        begun, free, client = threading.Event(), threading.Event(), Client(timeout_s=0.1)

        def block():
            begun.set()
            return free.wait(30)

        first = asyncio.ensure_future(in_thread(client.request, block))
        await asyncio.to_thread(begun.wait, 30)
        with pytest.raises(ApiError) as refused:
            await in_thread(Client().of(client.app), lambda: "never")
        assert await in_thread(Client().of(client.app), lambda: "done", long=True) == "done"
        free.set()
        assert await first
        assert await in_thread(client.request, lambda: "next") == "next"
        return refused.value

    error = asyncio.run(run())
    assert (error.status, error.code) == (503, "overloaded")
    assert int(error.headers["Retry-After"]) > 0


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
