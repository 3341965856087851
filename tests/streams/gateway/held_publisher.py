"""A publisher that keeps requests waiting."""

import asyncio
from typing import Any

from streams.gateway.publisher import InMemoryPublisher


class HeldPublisher(InMemoryPublisher):
    """Acknowledges nothing before it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = asyncio.Event()
        self.release = asyncio.Event()

    async def publish(self, events: Any) -> list[bool]:
        self.waiting.set()
        await self.release.wait()
        return await super().publish(events)
