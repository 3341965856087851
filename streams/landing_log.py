"""The landing log as the app's state: a Faust table whose changelog is the app's own output.

Extends Faust 0.15.3 (tables/base.py `Collection`): `changelog_topic=` is the feed's landing topic. tables/manager.py
`on_rebalance` awaits the table's before recovery asks for offsets (tables/recovery.py `_add`, `_build_offsets`).
`persisted_offset` says there that the whole log is known, so Faust has nothing to recover, and what it still hands to
`apply_changelog_batch` is passed over. tables/recovery.py `on_recovery_completed` then calls the table's and waits for
it: there the log's tail is read and replayed. `_resume_streams` seeks the sources (our transport's
`seek_to_committed`).

Faust's own recovery can't be trusted with this: when a rebalance interrupts it, messages that it read for the old
assignment reach the tables of the new one (`_slurp_changelogs` does not know of assignments), earlier ones are then
skipped, and a table's `on_recovery_completed` goes on after a rebalance was announced.
"""

import asyncio
from collections.abc import Iterable
from contextlib import aclosing
from typing import Any

from aiokafka.errors import KafkaError
from faust.tables.manager import TableManager
from faust.tables.table import Table
from faust.types import TP, EventT
from mode.utils.logging import get_logger

from schemas.kinds import Feed
from schemas.landing import MalformedLanding
from streams.batch import BatchProcessor
from streams.lanes import Lanes, lane_key
from streams.metrics import WorkerMetrics
from streams.partition import HoleInLog, Partition
from streams.tail import TailReader
from streams.window.rules import WindowRules

logger = get_logger(__name__)

_RETRY_SECONDS = 1.0


class LandingLog(Table[bytes, bytes]):
    """The landing log of one feed; not a mapping, and written only through lanes."""

    feed: Feed
    rules: WindowRules
    processor: BatchProcessor
    lanes: Lanes
    tail: TailReader
    metrics: WorkerMetrics

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: The partitions of the present assignment; another object after each rebalance.
        self._assigned: list[TP] = []
        self._ends: dict[TP, int] = {}

    def persisted_offset(self, tp: TP) -> int | None:
        """Return the offset of the last message; None for an empty log."""
        end = self._ends.get(tp, 0)
        return end - 1 if end else None

    async def on_rebalance(
        self, assigned: set[TP], revoked: set[TP], newly_assigned: set[TP], generation_id: int = 0
    ) -> None:
        """Forget everything, and find out where the logs of the assigned partitions end."""
        self._assigned = []  # whoever still replays must open nothing from here on
        await super().on_rebalance(assigned, revoked, newly_assigned, generation_id)
        await self.lanes.close()
        self._assigned = sorted(tp for tp in assigned if tp.topic == self.feed.landing_topic)
        self._ends = await self.tail.ends(self._assigned)

    def apply_changelog_batch(self, batch: Iterable[EventT]) -> None:
        """Pass over what Faust recovers: `on_recovery_completed` reads all."""

    async def on_recovery_completed(self, active_tps: set[TP], standby_tps: set[TP]) -> None:
        """Replay the tails of the assigned partitions and open their lanes; end the worker if one can't be replayed.

        A broker that is away is asked again. When a rebalance comes meanwhile, nothing is opened.
        """
        await super().on_recovery_completed(active_tps, standby_tps)
        assigned = self._assigned
        try:
            partitions = await self._patiently_replayed(assigned)
        except (HoleInLog, MalformedLanding) as failure:
            await self.app.crash(failure)
            return
        if self._assigned is assigned:
            for number, partition in partitions.items():
                self.lanes.open(lane_key(self.feed, number), partition)

    async def _patiently_replayed(self, assigned: list[TP]) -> dict[int, Partition]:
        while self._assigned is assigned:
            try:
                return await self._replayed(assigned)
            except (KafkaError, TimeoutError) as failure:
                logger.warning("%s can't be read, will try again: %s", self.feed.landing_topic, failure)
                await asyncio.sleep(_RETRY_SECONDS)
        return {}

    async def _replayed(self, assigned: list[TP]) -> dict[int, Partition]:
        partitions = {tp.partition: self._fresh(tp.partition) for tp in assigned}
        async with aclosing(self.tail.read(assigned, rules=self.rules)) as messages:
            async for tp, message in messages:
                if self._assigned is not assigned:
                    break
                # In a thread: the loop has heartbeats and other tables to attend to.
                await asyncio.to_thread(partitions[tp.partition].replay, message)
                self.metrics.recovered.labels(self.feed.name).inc()
        return partitions

    def _fresh(self, partition: int) -> Partition:
        return Partition.fresh(processor=self.processor, number=partition, rules=self.rules)


class PromptTableManager(TableManager):
    """Faust's table manager for landing logs, without its second of waiting for tables: ours are there from the start.

    (tables/manager.py `on_start` sleeps, then does the same two steps.)
    """

    async def on_start(self) -> None:
        await self._update_channels()
        await self.recovery.start()

    async def on_rebalance(
        self, assigned: set[TP], revoked: set[TP], newly_assigned: set[TP], generation_id: int = 0
    ) -> None:
        """Tell the tables, one after the other; they share one consumer, which gets to know all their topics at once.

        aiokafka waits a tenth of a second for each topic that is new to it.
        """
        tail: TailReader = self.app.tail
        async with tail.opened():
            topics = {log.feed.landing_topic for log in self.values() if isinstance(log, LandingLog)}
            await tail.ends(sorted(tp for tp in assigned if tp.topic in topics))
            await super().on_rebalance(assigned, revoked, newly_assigned, generation_id)
