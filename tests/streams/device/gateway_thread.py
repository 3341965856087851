"""A real gateway, over the shipped fakes, in a thread: tests can take it away and bring it back at the same address."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from deploy.local.ports import free_ports
from schemas import wire
from streams.gateway.devices import DeviceDirectory, InMemoryDeviceDirectory
from streams.gateway.publisher import InMemoryPublisher
from tests.streams.gateway.samples import DEVICE_ID, NOW_MS, TOKEN_SHA256
from tests.streams.gateway.server import config, serving


def directory_of_samples() -> InMemoryDeviceDirectory:
    """Return a directory with the one device of the samples."""
    directory = InMemoryDeviceDirectory()
    directory.enrol(DEVICE_ID, TOKEN_SHA256)
    return directory


class GatewayThread:
    """An address, what is stored behind it, and who may send there."""

    def __init__(self, directory: DeviceDirectory | None = None) -> None:
        self.port = free_ports(1)[0]
        self.url = f"http://127.0.0.1:{self.port}"
        self.publisher, self.directory = InMemoryPublisher(), directory or directory_of_samples()

    @contextmanager
    def up(self, *, now_ms: Callable[[], int] = lambda: NOW_MS) -> Iterator[None]:
        """Have the gateway there for the time of the block."""
        loop, ready, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

        async def serve() -> None:
            async with serving(
                config(port=self.port), directory=self.directory, publisher=self.publisher, now_ms=now_ms
            ):
                ready.set()
                await stop.wait()

        thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), name="gateway")
        thread.start()
        assert ready.wait(30)
        try:
            yield
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join()
            loop.close()

    def events(self) -> list[dict[str, Any]]:
        """Return every event stored, each copy, in order."""
        return [wire.decode(ready.value)[1] for ready in self.publisher.stored]
