"""HEAD wherever there is GET, as HTTP has it (RFC 9110, 9.3.2): the same status and headers, and no content."""

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadAsGet:
    """Asks the routes for what GET would give, and leaves out the body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; layers outside still see HEAD, and the route that answered."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        asked = {**scope, "method": "GET"}
        await self._app(asked, receive, send_without_body)
        if "route" in asked:
            scope["route"] = asked["route"]


def install(app: FastAPI) -> None:
    """Answer HEAD."""
    app.add_middleware(HeadAsGet)
