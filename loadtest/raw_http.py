"""The smallest HTTP client that can load a server: prepared bytes out, status and body in.

A full client costs as much as the server it measures, on a machine where both share two cores.
"""

import asyncio
from typing import cast

Reply = tuple[int, bytes]

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"
_STATUS = slice(9, 12)


def request_bytes(*, host: str, path: str, token: str, body: bytes) -> bytes:
    """Return a whole POST request of JSON, ready to be written to a connection that stays open."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("ascii") + body


class RawConnection(asyncio.Protocol):
    """One kept-open connection; one request at a time."""

    def __init__(self) -> None:
        """Make it without connecting; `open` does both."""
        self._received = b""
        self._closed = False
        self._waiting: asyncio.Future[Reply] | None = None

    @classmethod
    async def open(cls, host: str, port: int) -> "RawConnection":
        """Connect; raise OSError."""
        _, connection = await asyncio.get_running_loop().create_connection(cls, host, port)
        return connection

    async def post(self, request: bytes) -> Reply:
        """Send a request and return the answer's status and body; raise OSError if the connection breaks."""
        if self._closed:
            raise ConnectionResetError("the server closed the connection")
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        """Close the connection, whatever state it is in."""
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        reply = _whole_reply(self._received)
        if reply is not None and self._waiting is not None:
            self._received = b""
            self._waiting.set_result(reply)

    def connection_lost(self, exc: Exception | None) -> None:
        self._closed = True
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(exc or ConnectionResetError("the server closed the connection"))


def _whole_reply(received: bytes) -> Reply | None:
    """Return status and body if both are there; the server must send no more than was asked for."""
    head, end, body = received.partition(_HEAD_END)
    if not end or len(body) < _length_of(head):
        return None
    return int(head[_STATUS]), body


def _length_of(head: bytes) -> int:
    lowered = head.lower()
    at = lowered.index(_LENGTH) + len(_LENGTH)
    return int(lowered[at:].partition(b"\r")[0])
