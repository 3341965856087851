"""The landing log as the app's state: a Faust table whose changelog is the app's own output.

Extends Faust 0.15.3 (tables/base.py `Collection`): `changelog_topic=` is the feed's landing topic, `persisted_offset`
tells where recovery starts and `apply_changelog_batch` takes what it reads. tables/manager.py `on_rebalance` awaits the
table's before recovery asks for offsets (tables/recovery.py `_add`, `_build_offsets`), so they are looked up there.
tables/recovery.py `on_recovery_completed` calls the table's when all assigned partitions are up to date; then
`_resume_streams` seeks the sources (our transport's `seek_to_committed`).
"""

from collections.abc import Iterable
from typing import Any

from faust.tables.manager import TableManager
from faust.tables.table import Table
from faust.types import TP, EventT

from schemas.kinds import Feed
from schemas.landing import LandingMessage, MalformedLanding
from streams.batch import BatchProcessor
from streams.lanes import Lanes, lane_key
from streams.metrics import WorkerMetrics
from streams.partition import HoleInLog, Partition
from streams.tail import TailReader
from streams.window.rules import WindowRules


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
        self._recovering: dict[int, Partition] = {}
        self._starts: dict[TP, int] = {}
        self._failure: Exception | None = None

    def persisted_offset(self, tp: TP) -> int | None:
        """Return the offset in front of the first message the windows need; None to read from the beginning."""
        start = self._starts.get(tp)
        return None if start is None else start - 1

    async def on_rebalance(
        self, assigned: set[TP], revoked: set[TP], newly_assigned: set[TP], generation_id: int = 0
    ) -> None:
        """Forget everything and find out where to read the logs of the assigned partitions from."""
        await super().on_rebalance(assigned, revoked, newly_assigned, generation_id)
        await self.lanes.close()
        mine = [tp for tp in assigned if tp.topic == self.feed.landing_topic]
        self._recovering = {tp.partition: self._fresh(tp.partition) for tp in mine}
        self._starts = await self.tail.starts(mine, rules=self.rules)

    def _fresh(self, partition: int) -> Partition:
        return Partition.fresh(processor=self.processor, number=partition, rules=self.rules)

    def apply_changelog_batch(self, batch: Iterable[EventT]) -> None:
        """Replay landing messages into the partitions they belong to.

        A message that can't be replayed ends the worker when recovery completes: Faust only logs what is raised here
        (tables/recovery.py `_slurp_changelogs`).
        """
        for event in batch:
            try:
                self._replay(event.message)
            except (HoleInLog, MalformedLanding) as failure:
                self._failure = failure
                raise

    def _replay(self, message: Any) -> None:
        partition = self._recovering.get(message.partition)
        if partition is not None:
            partition.replay(LandingMessage.parse(value=message.value, headers=headers_of(message)))
            self.metrics.recovered.labels(self.feed.name).inc()

    async def on_recovery_completed(self, active_tps: set[TP], standby_tps: set[TP]) -> None:
        """Open the lanes of the recovered partitions, or end the worker if one could not be recovered."""
        await super().on_recovery_completed(active_tps, standby_tps)
        if self._failure is not None:
            await self.app.crash(self._failure)
            return
        for number, partition in self._recovering.items():
            self.lanes.open(lane_key(self.feed, number), partition)
        self._recovering = {}


class PromptTableManager(TableManager):
    """Faust's table manager without its second of waiting for tables to be declared: ours are from the start.

    (tables/manager.py `on_start` sleeps, then does the same two steps.)
    """

    async def on_start(self) -> None:
        await self._update_channels()
        await self.recovery.start()


def headers_of(message: Any) -> list[tuple[str, bytes]]:
    """Return a Faust message's headers as pairs; Faust keeps them as a mapping or as a sequence."""
    headers = message.headers
    return list(headers.items() if hasattr(headers, "items") else headers)
