"""What the connection to the model is held to: no reply without end, no long wait before another try."""

from collections.abc import AsyncIterator

from httpx2 import AsyncByteStream, Response

#: No reply is read further.
MOST_BYTES = 16_000_000
#: Who asks to be left alone for longer is not asked again.
PATIENCE_S = 3.0


class _Bounded(AsyncByteStream):
    """A stream that ends after so many bytes: the client's decoder sets no limit to a line."""

    def __init__(self, stream: AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = MOST_BYTES
        async for piece in self._stream:
            left -= len(piece)
            if left < 0:
                return
            yield piece

    async def aclose(self) -> None:
        """Close what it reads from."""
        await self._stream.aclose()


async def restrain(response: Response) -> None:
    """A hook for every response of the client."""
    if isinstance(response.stream, AsyncByteStream):
        response.stream = _Bounded(response.stream)
    if _asked_to_wait_s(response) > PATIENCE_S:
        response.headers["x-should-retry"] = "false"  # as servers tell this client, which else waits up to 120 s


def _asked_to_wait_s(response: Response) -> float:
    try:
        return float(response.headers.get("retry-after", "0"))
    except ValueError:  # a date, which the client reads
        return 0.0
