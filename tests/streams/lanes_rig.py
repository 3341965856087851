"""Lanes over a landing log in memory and raw topics that answer what they are told to."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry

from schemas.kinds import VENUE, Feed
from schemas.landing import LandingMessage
from streams.alerts.scan_alerts import AlertMessage
from streams.batch import BatchProcessor
from streams.gather import Delivery
from streams.lanes import LaneKey, Lanes, lane_key
from streams.partition import Partition
from streams.transport.fetcher import RawBatch
from streams.window.rules import WindowRules
from tests.waiting import until_async

SECONDS = 20.0


class Log:
    """A landing log in memory; while `open` is not set, appending waits as if the broker did not answer."""

    def __init__(self) -> None:
        self.messages: list[LandingMessage] = []
        self.alerts: list[tuple[AlertMessage, int]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.waiting = asyncio.Event()
        self.is_prepared = asyncio.Event()
        self.is_prepared.set()

    async def prepared(self) -> None:
        await self.is_prepared.wait()

    async def alert(self, alerts: Sequence[AlertMessage]) -> None:
        self.alerts += [(alert, len(self.messages)) for alert in alerts]

    async def append(self, message: LandingMessage) -> None:
        self.waiting.set()
        await self.open.wait()
        self.messages.append(message)

    def of(self, partition: int) -> list[tuple[int, int]]:
        return [(message.first, message.last) for message in self.messages if message.partition == partition]


@dataclass
class RawTopics:
    """The raw topics as a consumer sees them: what was asked of it, and what it answers."""

    sought: list[tuple[LaneKey, int]] = field(default_factory=list)
    earliest_offset: int = 0
    end_offset: int | None = None

    async def seek(self, key: LaneKey, offset: int) -> None:
        self.sought.append((key, offset))

    async def earliest(self, _key: LaneKey) -> int:
        return self.earliest_offset

    def end(self, _key: LaneKey) -> int | None:
        return self.end_offset


@dataclass
class Rig:
    """Lanes over fakes."""

    lanes: Lanes
    log: Log
    topics: RawTopics
    failures: list[BaseException]
    registry: CollectorRegistry
    finished: list[RawBatch] = field(default_factory=list)

    def open(self, partition: int = 0, *, next_offset: int | None = 0, feed: Feed = VENUE) -> None:
        rules = WindowRules(rescan_ms=feed.rescan_window_ms)
        fresh = Partition.fresh(processor=BatchProcessor(feed=feed), number=partition, rules=rules)
        fresh.next_offset = next_offset
        self.lanes.open(lane_key(feed, partition), fresh)

    async def submit(self, batch: RawBatch) -> None:
        async with asyncio.timeout(SECONDS):
            await self.lanes.submit(Delivery(batch, lambda: self.finished.append(batch)))

    async def until_finished(self, count: int) -> None:
        await until_async(lambda: len(self.finished) >= count)
