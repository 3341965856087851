"""A TCP proxy on loopback that stands between two processes and can take their network away."""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Iterator

_LOOPBACK = "127.0.0.1"
_CHUNK_BYTES = 64 * 1024
_START_SECONDS = 10.0
_LINGER_NOT = struct.pack("ii", 1, 0)  # closing then sends RST


class Proxy:
    """Passes connections on to a port of this machine, in a thread of its own; a context manager.

    As a network does, it never tells either side that the other is gone: `cut` holds back all that is under way, and
    what is said by whoever connects meanwhile; `heal` delivers it. `reset` is what a restarted firewall does: every
    connection ends at once. `slow_down` delays each piece of at most 64 KiB, or limits bytes a second.
    """

    def __init__(self) -> None:
        """Leave open where it leads to; nothing is passed on before `lead_to`."""
        self.port = 0
        self._target_port = 0
        self._delay_seconds = 0.0
        self._bytes_per_second = 0.0
        self._loop = asyncio.new_event_loop()
        self._open = asyncio.Event()
        self._over = asyncio.Event()
        self._ready = threading.Event()
        self._connections: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)

    def __enter__(self) -> "Proxy":
        """Listen on a free port, `port`."""
        self._open.set()
        self._thread.start()
        if not self._ready.wait(_START_SECONDS):
            raise RuntimeError("the proxy could not listen")
        return self

    def __exit__(self, *_: object) -> None:
        """Close everything."""
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    def lead_to(self, port: int) -> int:
        """Pass connections on to `port` of this machine from now on; return the port to connect to instead."""
        self._target_port = port
        return self.port

    def cut(self) -> None:
        """Deliver nothing more, in either direction, without a word to either side."""
        self._loop.call_soon_threadsafe(self._open.clear)

    def heal(self) -> None:
        """Deliver what was held back, and go on."""
        self._loop.call_soon_threadsafe(self._open.set)

    def reset(self) -> None:
        """End every connection at once (RST to both sides); new ones are welcome."""
        self._loop.call_soon_threadsafe(self._abort)

    def slow_down(self, *, delay_seconds: float = 0.0, bytes_per_second: float = 0.0) -> None:
        """Hold each piece up for so long, and to such a rate (0: not at all)."""
        self._delay_seconds, self._bytes_per_second = delay_seconds, bytes_per_second

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._accept, _LOOPBACK, 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._over.wait()
        server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task of our own: the server's is not to be cancelled and waited for.
        task = self._loop.create_task(self._serve_one(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one connection on until both directions have ended, or one side is gone: then so is the other."""
        with contextlib.suppress(OSError), self._listed(writer):
            await self._open.wait()
            far_reader, far_writer = await asyncio.open_connection(_LOOPBACK, self._target_port)
            with self._listed(far_writer):
                await asyncio.gather(self._pass_on(reader, far_writer), self._pass_on(far_reader, writer))

    @contextlib.contextmanager
    def _listed(self, writer: asyncio.StreamWriter) -> Iterator[None]:
        self._writers.add(writer)
        try:
            yield
        except OSError:
            _reset(writer)
            raise
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Copy one direction until its end, which is passed on, too."""
        while piece := await reader.read(_CHUNK_BYTES):
            await self._hold_up(len(piece))
            writer.write(piece)
            await writer.drain()
        await self._open.wait()
        writer.write_eof()

    async def _hold_up(self, size: int) -> None:
        seconds = self._delay_seconds + (size / self._bytes_per_second if self._bytes_per_second else 0.0)
        if seconds:
            await asyncio.sleep(seconds)
        await self._open.wait()

    def _abort(self) -> None:
        for writer in self._writers:
            _reset(writer)


def _reset(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):  # it may be closed already
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
    writer.transport.abort()
