"""Find how far back a landing log has to be read to rebuild the windows."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition
from faust.types import TP

from schemas.landing import LandingMessage
from streams.window.rules import BUCKET_MS, FUTURE_MS, WindowRules

_WAIT_MS = 10_000


def oldest_needed_ms(*, watermark_ms: int, rules: WindowRules) -> int:
    """Return the broker time from which on landing messages can hold events that are still in the windows.

    An event in a live bucket claims at most FUTURE_MS more than its broker time (later claims are kept apart), and
    its landing message was logged after it.
    """
    oldest_bucket = watermark_ms // BUCKET_MS - rules.buckets
    return oldest_bucket * BUCKET_MS - FUTURE_MS


@dataclass(frozen=True, slots=True)
class TailReader:
    """Reads the last message of landing partitions with a consumer of its own, outside any group."""

    bootstrap: str
    max_bytes: int

    async def starts(self, partitions: Sequence[TP], *, rules: WindowRules) -> dict[TP, int]:
        """Return the offset to start replaying each partition at; empty partitions are left out."""
        if not partitions:
            return {}
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap,
            group_id=None,
            enable_auto_commit=False,
            max_partition_fetch_bytes=self.max_bytes,
            fetch_max_wait_ms=10,
        )
        await consumer.start()
        try:
            return await self._starts(consumer, partitions, rules)
        finally:
            await consumer.stop()

    async def _starts(self, consumer: AIOKafkaConsumer, partitions: Sequence[TP], rules: WindowRules) -> dict[TP, int]:
        places = {TopicPartition(*tp): TP(*tp) for tp in partitions}
        begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
        filled = [place for place in places if ends[place] > begins[place]]
        wanted = {place: await self._oldest(consumer, place, ends[place] - 1, rules) for place in filled}
        found = await consumer.offsets_for_times({place: max(0, ms) for place, ms in wanted.items()}) if wanted else {}
        return {
            places[place]: ends[place] - 1 if found[place] is None else min(found[place].offset, ends[place] - 1)
            for place in filled
        }

    async def _oldest(self, consumer: AIOKafkaConsumer, place: TopicPartition, last: int, rules: WindowRules) -> int:
        consumer.assign([place])
        consumer.seek(place, last)
        fetched = await consumer.getmany(place, timeout_ms=_WAIT_MS)
        record = next(iter(fetched.get(place, ())), None)
        if record is None:
            raise TimeoutError(f"the last landing message of {place.topic}[{place.partition}] could not be read")
        message = LandingMessage.parse(value=record.value, headers=record.headers)
        return oldest_needed_ms(watermark_ms=message.watermark_ms, rules=rules)
