"""Work of a request in the thread pool, so that the event loop is never held up.

There are few places for work that computes, since more threads than processors only hinder each other; they are shared
fairly between keys and addresses. Who gets none within a share of a request's time is told so then, instead of running
out of time later.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from anyio import CancelScope, to_thread
from fastapi import Request
from starlette.requests import ClientDisconnect

from rag.service.errors import ApiError
from rag.service.gate.limits import subject_of
from rag.service.gate.places import FairPlaces, NoPlace

Result = TypeVar("Result")

#: The share of a request's time that it may wait for a place.
PATIENCE = 1 / 6


async def in_thread(request: Request, work: Callable[[], Result], *, long: bool = False) -> Result:
    """The result of `work`, done in a thread; it is not begun any more once the client has hung up.

    `long` is work that mostly waits, or that has many texts to embed: it has places of its own. What has
    begun is waited for, so that it goes on counting among the requests at once; it may call
    `anyio.from_thread.check_cancelled` to end early. Call this after the body was read.
    Raises what `work` raises, `ClientDisconnect`, and `ApiError` 503 when no place was free in time.
    """
    service = request.app.state.service
    places: FairPlaces = service.long_work if long else service.short_work
    patience_s = service.settings.request_timeout_s * PATIENCE
    scope = CancelScope()
    gone = asyncio.ensure_future(_hang_up(request))
    working = asyncio.ensure_future(_within(scope, work, places, subject_of(request.scope), patience_s))
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


async def _within(
    scope: CancelScope, work: Callable[[], Result], places: FairPlaces, subject: str, patience_s: float
) -> Result:
    with scope:
        try:
            async with places.place(subject, patience_s):
                return await to_thread.run_sync(work)
        except NoPlace as exc:
            raise _busy(patience_s) from exc
    raise ClientDisconnect


def _busy(waited_s: float) -> ApiError:
    message = f"others were answered first, for {waited_s:g} s: try again"
    return ApiError(503, message, type="server_error", code="overloaded", headers={"Retry-After": "2"})


async def _hang_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
