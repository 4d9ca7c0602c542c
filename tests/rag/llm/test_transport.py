import asyncio

import pytest
from httpx2 import ByteStream, Response

from rag.llm.transport import MOST_BYTES, restrain


def restrained(**parts):
    response = Response(**parts)
    asyncio.run(restrain(response))
    return response


def test_a_reply_ends_where_it_is_too_long():
    response = restrained(status_code=200, stream=ByteStream(b"a" * (MOST_BYTES + 1)))
    assert asyncio.run(response.aread()) == b""


def test_a_reply_of_the_usual_length_is_read_whole():
    response = restrained(status_code=200, stream=ByteStream(b"data: 1"))
    assert asyncio.run(response.aread()) == b"data: 1"


@pytest.mark.parametrize(("asked", "again"), [("60", "false"), ("1", None), ("Mon, 23 Nov 2026 00:00:00 GMT", None)])
def test_who_asks_for_a_long_wait_is_not_asked_again(asked, again):
    assert restrained(status_code=429, headers={"retry-after": asked}).headers.get("x-should-retry") == again
