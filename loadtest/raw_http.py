"""The smallest HTTP client that can load a server: prepared bytes out, status and body length in.

A full client costs as much as the server it measures, on a machine where both share two cores.
"""

import asyncio
import contextlib

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


def request_bytes(*, host: str, path: str, token: str, body: bytes) -> bytes:
    """Return a whole POST request of JSON, ready to be written to a connection that stays open."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("ascii") + body


class RawConnection:
    """One kept-open connection; one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, host: str, port: int) -> "RawConnection":
        """Connect; raise OSError."""
        return cls(*await asyncio.open_connection(host, port))

    async def post(self, request: bytes) -> tuple[int, bytes]:
        """Send a request and return the answer's status and body; raise OSError if the connection breaks."""
        self._writer.write(request)
        try:
            head = await self._reader.readuntil(_HEAD_END)
            body = await self._reader.readexactly(_length_of(head))
        except asyncio.IncompleteReadError as error:
            raise ConnectionResetError("the server closed the connection") from error
        return int(head[9:12]), body

    async def close(self) -> None:
        """Close the connection, whatever state it is in."""
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()


def _length_of(head: bytes) -> int:
    lowered = head.lower()
    at = lowered.index(_LENGTH) + len(_LENGTH)
    return int(lowered[at : lowered.index(b"\r", at)])
