"""Work of a request in the thread pool, so that the event loop is never held up."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from anyio import CancelScope, to_thread
from fastapi import Request
from starlette.requests import ClientDisconnect

Result = TypeVar("Result")


async def in_thread(request: Request, work: Callable[[], Result]) -> Result:
    """The result of `work`, done in a thread; it is not begun any more once the client has hung up.

    What has begun is waited for, so that it goes on counting among the requests at once; it may
    call `anyio.from_thread.check_cancelled` to end early. Call this after the body was read.
    Raises what `work` raises, and `ClientDisconnect`.
    """
    scope = CancelScope()
    gone = asyncio.ensure_future(_hang_up(request))
    working = asyncio.ensure_future(_within(scope, work))
    try:
        await asyncio.wait({gone, working}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        gone.cancel()
        scope.cancel()
        with CancelScope(shield=True):  # a request whose time is over waits, too
            await asyncio.wait({working})
        working.exception()  # else asyncio complains that nobody looked at it


async def _within(scope: CancelScope, work: Callable[[], Result]) -> Result:
    with scope:
        return await to_thread.run_sync(work)
    raise ClientDisconnect


async def _hang_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
