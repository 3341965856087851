"""Join small batches of one lane, so that few landing messages and few inserts are made at low load.

A landing message is an insert, and an insert of a few rows costs ClickHouse as much as one of some thousand (12 ms of
CPU on a small machine, merges included). The broker's linger makes one batch of a partition each time; with many
partitions that is still too many, so lanes with little to do wait in proportion to how many are active. While the store
is away or behind, what waits for it is gathered more and more: it then catches up by rows, not by messages.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from streams.transport.fetcher import RawBatch

#: From here on (about 2,000 compressed events) a batch is worth an insert of its own.
LEAST_BYTES = 128 * 1024
#: Some tenths of a core in small inserts; late events, of which each insert has a few, double their cost.
MOST_MESSAGES_PER_SECOND = 20
#: A lane counts as active for this long after its last batch.
_ACTIVE_SECONDS = 5.0
#: Each time so many more of a lane's messages wait for the store, the next waits a linger more, up to so many. When the
#: store keeps up, fewer than ten wait: a second of work, and what its commits lag behind it.
MESSAGES_PER_LINGER, MOST_LINGERS = 16, 10


@dataclass(slots=True)
class Delivery:
    """A batch on its way through a lane; `done` is called when the landing log covers it."""

    batch: RawBatch
    done: Callable[[], None]

    def joined(self, other: "Delivery") -> "Delivery":
        """Return both batches as one; `other` must begin where this one ends. Record batches join end to end."""
        first, second = self.batch, other.batch
        batch = RawBatch(first.topic, first.partition, first.first, second.last, first.data + second.data)

        def done() -> None:
            self.done()
            other.done()

        return Delivery(batch, done)


@dataclass(slots=True, kw_only=True)
class Pace:
    """Tells how long a small batch may wait for more, from how many lanes are active and how far the store is behind.

    `now` is in seconds; `behind` returns how many landing messages of a lane the store has not taken.
    """

    linger_seconds: float
    now: Callable[[], float]
    behind: Callable[[tuple[str, int]], int]
    _last: dict[tuple[str, int], float] = field(default_factory=dict)

    def active(self, key: tuple[str, int]) -> None:
        """Note that a lane has something to do."""
        self._last[key] = self.now()

    def patience_seconds(self, key: tuple[str, int]) -> float:
        """Return how long a lane waits for later fetches: whole lingers and a half, or 0 where one fetch is enough.

        One is while active lanes together make few enough messages, or nearly so, and the store takes them.
        """
        more = max(self._to_share(), min(MOST_LINGERS, self.behind(key) // MESSAGES_PER_LINGER))
        return (more + 0.5) * self.linger_seconds if more > 0 else 0.0

    def _to_share(self) -> int:
        since = self.now() - _ACTIVE_SECONDS
        active = sum(last >= since for last in self._last.values())
        wanted_seconds = active / MOST_MESSAGES_PER_SECOND
        return round(wanted_seconds / self.linger_seconds) - 1 if self.linger_seconds else 0


@dataclass(slots=True)
class Gatherer:
    """One lane's deliveries, small ones joined."""

    key: tuple[str, int]
    pace: Pace
    queue: asyncio.Queue[Delivery]
    _held: Delivery | None = None

    async def next(self) -> Delivery:
        """Return the next delivery, waiting for company as long as the pace allows while it is small."""
        delivery, self._held = self._held or await self.queue.get(), None
        self.pace.active(self.key)
        deadline = self.pace.now() + self.pace.patience_seconds(self.key)
        while len(delivery.batch.data) < LEAST_BYTES and (left := deadline - self.pace.now()) > 0:
            try:
                more = await asyncio.wait_for(self.queue.get(), left)
            except TimeoutError:
                break
            if more.batch.first != delivery.batch.last + 1:
                self._held = more
                break
            delivery = delivery.joined(more)
        return delivery
