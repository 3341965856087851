"""Watch whether Kafka can be reached: ask once, and again whenever there is doubt."""

import asyncio
from collections.abc import Callable

_PAUSE_SECONDS = 0.5


class KafkaWatch:
    """Knows whether Kafka answered when it was last asked. `ask` may block; it is called in a thread."""

    def __init__(self, ask: Callable[[], bool]) -> None:
        """Begin with Kafka out of reach; nothing is asked before `start`."""
        self.reachable = False
        self._ask = ask
        self._in_doubt = asyncio.Event()
        self._asking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to ask. Call it in the event loop that calls the rest."""
        self._asking = asyncio.create_task(self._watch())

    def doubt(self) -> None:
        """Have Kafka asked anew: something failed that may mean it is away."""
        self._in_doubt.set()

    async def close(self) -> None:
        """Stop asking."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            self._in_doubt.clear()
            self.reachable = await asyncio.to_thread(self._ask)
            if self.reachable:
                await self._in_doubt.wait()
            else:
                await asyncio.sleep(_PAUSE_SECONDS)
