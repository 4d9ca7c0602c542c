import asyncio
from contextlib import asynccontextmanager

import pytest
from uvicorn import Config
from uvicorn.server import ServerState

from rag.service.ops import shutdown as shutdown_module
from rag.service.ops.shutdown import PatientConnection

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def application(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"6")]})
    await send({"type": "http.response.body", "body": b"answer"})


@asynccontextmanager
async def connected():
    """A client's connection, and what the server does to it when it stops."""
    config, state = Config(application, http=PatientConnection, log_config=None, lifespan="off"), ServerState()
    config.load()
    listening = await asyncio.get_running_loop().create_server(
        lambda: PatientConnection(config, state, {}), "127.0.0.1", 0
    )
    reader, writer = await asyncio.open_connection(*listening.sockets[0].getsockname())
    while not state.connections:
        await asyncio.sleep(0)

    def stop():
        for connection in list(state.connections):
            connection.shutdown()

    yield reader, writer, stop
    writer.close()
    listening.close()


def test_a_client_that_is_about_to_ask_when_the_service_stops_is_answered():
    async def run():
        async with connected() as (reader, writer, stop):
            stop()
            writer.write(REQUEST)
            return await reader.read()  # until the server closes the connection

    assert asyncio.run(run()).endswith(b"answer")


@pytest.mark.parametrize("heard", [b"", REQUEST])
def test_a_client_that_asks_nothing_more_is_let_go(monkeypatch, heard):
    monkeypatch.setattr(shutdown_module, "LAST_WORD_S", 0)

    async def run():
        async with connected() as (reader, writer, stop):
            writer.write(heard)
            answered = await reader.readuntil(b"answer") if heard else b""
            stop()
            assert await reader.read() == b""
            return answered

    assert asyncio.run(run()).endswith(b"answer" if heard else b"")


def test_a_client_that_has_hung_up_meanwhile_is_no_error():
    async def run():
        async with connected() as (_, writer, stop):
            stop()
            writer.close()
            await writer.wait_closed()
            await asyncio.sleep(shutdown_module.LAST_WORD_S)

    asyncio.run(run())
