import asyncio
import logging
from contextlib import asynccontextmanager, suppress

import pytest
from uvicorn.server import ServerState

from rag.service.ops import connections as connections_module
from rag.service.ops.connections import BoundedConfig, BoundedConnection, most_connections

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def application(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"6")]})
    await send({"type": "http.response.body", "body": b"answer"})


@asynccontextmanager
async def listening(trusted=()):
    """The address of a server of such connections, and what it holds."""
    config, state = BoundedConfig(application, log_config=None, lifespan="off"), ServerState()
    config.trusted_proxies = trusted
    config.load()
    server = await asyncio.get_running_loop().create_server(
        lambda: BoundedConnection(config, state, {}), "127.0.0.1", 0
    )
    yield server.sockets[0].getsockname(), state
    server.close()


async def asked(reader, writer):
    """What comes back of a request; nothing where the connection was closed."""
    try:
        writer.write(REQUEST)
        return await asyncio.wait_for(reader.readuntil(b"answer"), 10)
    except (ConnectionError, asyncio.IncompleteReadError):
        return b""


async def answered(count, **server):
    async with listening(**server) as (address, state):
        opened = [await asyncio.open_connection(*address) for _ in range(count)]
        found = [bool(await asked(*one)) for one in opened]
        for _, writer in opened:
            writer.close()
        while state.connections:
            await asyncio.sleep(0.001)
        return found


def test_an_address_has_so_many_connections_and_those_over_it_are_closed_without_a_word(monkeypatch, caplog):
    monkeypatch.setattr(connections_module, "MOST_OF_AN_ADDRESS", 3)
    with caplog.at_level(logging.DEBUG):
        assert asyncio.run(answered(6)) == [True] * 3 + [False] * 3
    assert {record.name for record in caplog.records} <= {"asyncio", "uvicorn.access"}
    assert asyncio.run(answered(3)) == [True] * 3  # those that were closed count no more


def test_a_trusted_proxy_speaks_for_many(monkeypatch):
    monkeypatch.setattr(connections_module, "MOST_OF_AN_ADDRESS", 2)
    assert asyncio.run(answered(5, trusted=("127.0.0.0/8",))) == [True] * 5


def test_a_process_has_so_many(monkeypatch):
    monkeypatch.setattr(connections_module, "most_connections", lambda: 2)
    assert asyncio.run(answered(4)) == [True, True, False, False]


def test_the_limit_leaves_descriptors_for_other_files():
    import resource

    assert 0 < most_connections() <= resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 128


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nHost: loc", REQUEST + b"GET / HT"])
def test_headers_that_do_not_come_to_an_end_in_time_close_the_connection(monkeypatch, said):
    monkeypatch.setattr(connections_module, "HEADERS_S", 0.05)

    async def run():
        async with listening() as (address, _):
            reader, writer = await asyncio.open_connection(*address)
            writer.write(said)
            with suppress(ConnectionError):
                await asyncio.wait_for(reader.read(), 10)
            writer.close()

    asyncio.run(run())


def test_a_connection_that_has_been_answered_stays_open_for_the_next_request(monkeypatch):
    monkeypatch.setattr(connections_module, "HEADERS_S", 0.05)

    async def run():
        async with listening() as (address, _):
            reader, writer = await asyncio.open_connection(*address)
            first = await asked(reader, writer)
            await asyncio.sleep(0.2)
            second = await asked(reader, writer)
            writer.close()
            return first, second

    assert all(asyncio.run(run()))
