"""Read the part of a landing log that rebuilds the windows, with a consumer of its own, outside any group."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, TopicPartition
from faust.types import TP

from schemas.landing import LandingMessage
from streams.window.rules import BUCKET_MS, FUTURE_MS, WindowRules

#: Without an answer for so long something is wrong with the broker.
_WAIT_MS = 30_000
#: Messages of megabytes: few at a time.
_MOST_MESSAGES = 8


def oldest_needed_ms(*, watermark_ms: int, rules: WindowRules) -> int:
    """Return the broker time from which on landing messages can hold events that are still in the windows.

    An event in a live bucket claims at most FUTURE_MS more than its broker time (later claims are kept apart), and
    its landing message was logged after it.
    """
    return rules.oldest_bucket(watermark_ms) * BUCKET_MS - FUTURE_MS


@dataclass(slots=True)
class TailReader:
    """Reads the ends of landing partitions. Raises aiokafka's KafkaError, or TimeoutError when the broker is mute.

    All who read at the same time share one consumer, in turns: to start one takes longer than to read a short tail.
    """

    bootstrap: str
    max_bytes: int
    _consumer: AIOKafkaConsumer | None = field(default=None, init=False)
    _readers: int = field(default=0, init=False)
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    async def ends(self, partitions: Sequence[TP]) -> dict[TP, int]:
        """Return the offset behind the last message of each partition."""
        if not partitions:
            return {}
        async with self.opened() as consumer, self._turn:
            places = [TopicPartition(*tp) for tp in partitions]
            # Makes their topics known all at once; asking for an end makes them known one by one, 0.1 s each.
            consumer.assign(places)
            ends = await consumer.end_offsets(places)
        return {TP(*place): end for place, end in ends.items()}

    async def read(self, partitions: Sequence[TP], *, rules: WindowRules) -> AsyncGenerator[tuple[TP, LandingMessage]]:
        """Yield the messages the windows need, of each partition in order and up to where it ended at the call.

        Raise MalformedLanding for a message that is none. Until it is closed, nobody else reads.
        """
        if not partitions:
            return
        async with self.opened() as consumer, self._turn:
            places = [TopicPartition(*tp) for tp in partitions]
            begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
            filled = {place: end for place, end in ends.items() if end > begins[place]}
            starts = await self._starts(consumer, filled, rules)
            consumer.assign(list(filled))
            for place, start in starts.items():
                consumer.seek(place, start)
            async for place, message in _messages(consumer, filled):
                yield TP(*place), message

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[AIOKafkaConsumer]:
        """Keep the consumer until the last who asked for it is done."""
        self._readers += 1
        try:
            async with self._starting:
                if self._consumer is None:
                    self._consumer = await self._started()
            yield self._consumer
        finally:
            self._readers -= 1
            if not self._readers and (consumer := self._consumer) is not None:
                self._consumer = None
                await consumer.stop()

    async def _started(self) -> AIOKafkaConsumer:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=self.max_bytes,
            fetch_max_wait_ms=10,
        )
        try:
            await consumer.start()
        except BaseException:
            await consumer.stop()
            raise
        return consumer

    async def _starts(
        self, consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int], rules: WindowRules
    ) -> dict[TopicPartition, int]:
        wanted = {place: await self._oldest(consumer, place, end - 1, rules) for place, end in ends.items()}
        found = await consumer.offsets_for_times({place: max(0, ms) for place, ms in wanted.items()}) if wanted else {}
        lasts = {place: end - 1 for place, end in ends.items()}
        return {
            place: last if found[place] is None else min(found[place].offset, last) for place, last in lasts.items()
        }

    async def _oldest(self, consumer: AIOKafkaConsumer, place: TopicPartition, last: int, rules: WindowRules) -> int:
        consumer.assign([place])
        consumer.seek(place, last)
        async for _, message in _messages(consumer, {place: last + 1}):
            return oldest_needed_ms(watermark_ms=message.watermark_ms, rules=rules)
        raise TimeoutError(f"the last landing message of {place.topic}[{place.partition}] could not be read")


async def _messages(
    consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int]
) -> AsyncIterator[tuple[TopicPartition, LandingMessage]]:
    """Yield the messages from where the consumer is up to `ends`."""
    behind = set(ends)
    while behind:
        fetched = await consumer.getmany(*behind, timeout_ms=_WAIT_MS, max_records=_MOST_MESSAGES)
        if not fetched:
            raise TimeoutError(f"the landing log could not be read: nothing came from {sorted(behind)}")
        for place, records in fetched.items():
            for record in records:
                if record.offset < ends[place]:
                    yield place, LandingMessage.parse(value=record.value, headers=record.headers)
            if await consumer.position(place) >= ends[place]:
                behind.discard(place)
                consumer.pause(place)
