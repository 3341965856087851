"""Devices that send their scans to the gateway over HTTP, in the background."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import aiohttp
import numpy as np
import orjson

from loadtest.background import Background
from loadtest.fleet import Fleet
from loadtest.generate import Chunk, Workload
from loadtest.json_events import json_events
from loadtest.offsets import CouldNotCheck
from loadtest.registry import device_token
from loadtest.scenario import Scenario

#: Devices gather scans this long before they send them.
_TICK_SECONDS = 0.25
_CONNECTIONS = 16
_MOST_ATTEMPTS = 60
_RETRY_SECONDS = 0.5
#: No room, no Kafka, or a device that was enrolled a moment ago.
_LATER = frozenset({401, 429, 503})

_Batch = tuple[int, list[dict[str, Any]]]


class GatewayLoad(Background):
    """Sends one scenario's events at their intended times, from its `start_ms` on; a request has one device's events.

    Only sound events of enrolled devices are sent, others would be refused. What isn't accepted for want of room or of
    Kafka is sent again, as a device would. `accepted` counts events the gateway has confirmed, `refused` those it
    rejected for good.
    """

    def __init__(self, url: str, fleet: Fleet, scenario: Scenario) -> None:
        super().__init__(name="devices")
        self.accepted = self.refused = self.requests = 0
        self._url = f"{url}/v1/scans"
        self._fleet, self._scenario = fleet, scenario
        self._known = frozenset(fleet.device_ids().tolist())

    def _send(self) -> None:
        asyncio.run(self._send_all())

    async def _send_all(self) -> None:
        room = asyncio.Semaphore(_CONNECTIONS)
        connector = aiohttp.TCPConnector(limit=_CONNECTIONS)
        async with aiohttp.ClientSession(connector=connector) as session, asyncio.TaskGroup() as tasks:
            for due_ms, batches in self._batches():
                if self._stopping.is_set():
                    break
                await asyncio.sleep(max(0.0, due_ms / 1_000 - time.time()))
                for device_id, events in batches:
                    tasks.create_task(self._deliver(session, room, device_id, events))

    def _batches(self) -> Iterator[tuple[float, list[_Batch]]]:
        """Yield when each tick's batches are due (UTC ms), and the batches."""
        workload = Workload(self._scenario, self._fleet)
        rate = self._scenario.events / self._scenario.span_seconds
        for chunk in workload.chunks(events=max(1, int(rate * _TICK_SECONDS))):
            due_ms = self._scenario.start_ms + int(chunk.timeline.publish_us[-1]) / 1_000
            yield due_ms, self._by_device(chunk)

    def _by_device(self, chunk: Chunk) -> list[_Batch]:
        devices = chunk.columns.integer("device_id").tolist()
        sendable = np.flatnonzero(chunk.timeline.defect == 0).tolist()
        events = json_events(self._scenario.feed, chunk.columns)
        batches = defaultdict(list)
        for row in sendable:
            if devices[row] in self._known:
                batches[devices[row]].append(events[row])
        return list(batches.items())

    async def _deliver(
        self, session: aiohttp.ClientSession, room: asyncio.Semaphore, device_id: int, events: list[dict[str, Any]]
    ) -> None:
        headers = {
            "Authorization": f"Bearer {device_token(self._fleet, device_id)}",
            "Content-Type": "application/json",
        }
        body = orjson.dumps(events)
        async with room:
            for _ in range(_MOST_ATTEMPTS):
                if await self._post(session, body, headers):
                    return
                await asyncio.sleep(_RETRY_SECONDS)
        raise CouldNotCheck(f"the gateway did not take {len(events)} events in {_MOST_ATTEMPTS} attempts")

    async def _post(self, session: aiohttp.ClientSession, body: bytes, headers: dict[str, str]) -> bool:
        self.requests += 1
        try:
            async with session.post(self._url, data=body, headers=headers) as response:
                if response.status in _LATER:
                    return False
                response.raise_for_status()
                answer = orjson.loads(await response.read())
        except (aiohttp.ClientConnectionError, TimeoutError):
            return False
        self.accepted += answer["accepted"]
        self.refused += answer["rejected"]
        return True
