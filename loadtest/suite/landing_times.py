"""When the worker's output for each source offset was in the landing log, by the broker's stamps."""

from dataclasses import dataclass

import numpy as np
from confluent_kafka import Consumer, TopicPartition

from loadtest.draw import Floats, Ints
from loadtest.offsets import CouldNotCheck, Offsets
from schemas.kinds import Feed

_BATCH_MESSAGES, _WAIT_SECONDS = 500, 10.0


@dataclass(frozen=True, slots=True)
class LandingTimes:
    """Of one partition: the last source offset of each landing message, ascending, and the message's stamp (UTC ms)."""

    last: Ints
    logged_ms: Ints

    def at(self, offsets: Ints) -> Floats:
        """Return when each offset was in the log (infinity: never)."""
        stamps = np.append(self.logged_ms.astype(float), np.inf)
        return stamps[np.searchsorted(self.last, offsets)]


def read_landing_times(bootstrap: str, feed: Feed, *, first: Offsets, ends: Offsets) -> dict[int, LandingTimes]:
    """Read the landing log from `first` up to `ends`, its own offsets; raise CouldNotCheck if it can't be read."""
    consumer = Consumer(
        {"bootstrap.servers": bootstrap, "group.id": "loadtest-times", "enable.auto.commit": False, "log_level": 0}
    )
    try:
        return {
            partition: _read(consumer, feed.landing_topic, partition, first.get(partition, 0), end)
            for partition, end in ends.items()
        }
    finally:
        consumer.close()


def _read(consumer: Consumer, topic: str, partition: int, first: int, end: int) -> LandingTimes:
    consumer.assign([TopicPartition(topic, partition, first)])
    last, stamps, at = [-1], [0], first
    while at < end:
        messages = consumer.consume(min(_BATCH_MESSAGES, end - at), timeout=_WAIT_SECONDS)
        if not messages or messages[0].error():
            raise CouldNotCheck(f"{topic}, partition {partition} can't be read from offset {at} on")
        for message in messages:
            covered = int(dict(message.headers())["last"])
            if covered > last[-1]:  # a range written twice counts from the first time on
                last.append(covered)
                stamps.append(message.timestamp()[1])
        at = messages[-1].offset() + 1
    return LandingTimes(np.array(last, np.int64), np.array(stamps, np.int64))
