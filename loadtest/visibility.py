"""Watch which rows can be queried, as an analyst would see it: the newest offset of each partition, again and again."""

import contextlib
import threading
import time
from dataclasses import dataclass, field

import numpy as np
from clickhouse_connect.driver.exceptions import ClickHouseError

from loadtest.draw import Floats, Ints
from loadtest.ledger import Asks
from schemas.kinds import Feed

_NEVER = np.inf


@dataclass(slots=True)
class Sightings:
    """When (UTC ms, just after the answer) which newest offset was seen in which partition, ascending per partition."""

    seen_ms: dict[int, list[float]] = field(default_factory=dict)
    newest: dict[int, list[int]] = field(default_factory=dict)

    def add(self, partition: int, offset: int, at_ms: float) -> None:
        """Note an answer; one that shows nothing new is dropped."""
        newest = self.newest.setdefault(partition, [])
        if not newest or newest[-1] < offset:
            newest.append(offset)
            self.seen_ms.setdefault(partition, []).append(at_ms)

    def first_ms(self) -> float:
        """Return when the first row of all was seen to be queryable (infinity: never)."""
        return min((seen[0] for seen in self.seen_ms.values()), default=_NEVER)

    def visible_ms(self, partition: int, offsets: Ints) -> Floats:
        """Return when each offset of a partition was first seen to be queryable (infinity: never)."""
        seen = np.array([*self.seen_ms.get(partition, []), _NEVER])
        first = np.searchsorted(np.array(self.newest.get(partition, []), np.int64), offsets)
        return seen[first]


class Watcher:
    """Asks ClickHouse every `period_seconds` in a thread of its own until it is stopped.

    Latencies are too long by half a period on average: little beside what asking five times as often would take from
    the engine, for each question reads what merges have mixed with older rows.

    A partition's rows become visible in the order of their offsets, so its newest offset says it for all before.
    """

    def __init__(
        self, client: Asks, feed: Feed, *, partitions: int, start_ms: int, period_seconds: float = 0.1
    ) -> None:
        """Watch rows the broker logged from `start_ms` (UTC) on, in partitions 0 to `partitions` - 1."""
        self.sightings = Sightings()
        self._client, self._feed, self._period_seconds = client, feed, period_seconds
        self._newest_logged_ms = dict.fromkeys(range(partitions), start_ms)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watch", daemon=True)

    def start(self) -> None:
        """Start asking."""
        self._thread.start()

    def stop(self) -> None:
        """Ask a last time and return."""
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            last = self._over.is_set()
            began = time.monotonic()
            # A server that restarts shows nothing new; that shows in the latency.
            with contextlib.suppress(ClickHouseError, OSError):
                self._look()
            if last:
                return
            self._over.wait(max(0.0, self._period_seconds - (time.monotonic() - began)))

    def _look(self) -> None:
        # Within a partition broker times ascend with offsets: nothing new is older than the newest row seen of the
        # partition that is furthest behind. It keeps the question cheap, however many rows there are.
        since_ms = min(self._newest_logged_ms.values())
        rows = self._client.query(
            f"SELECT _partition, max(_offset), max(toUnixTimestamp64Milli(logged_at)) FROM {self._feed.table} "  # noqa: S608 -- our own names
            "WHERE feed = {feed:String} AND logged_at >= fromUnixTimestamp64Milli({since:Int64}) GROUP BY _partition",
            parameters={"feed": self._feed.name, "since": since_ms},
        ).result_rows
        at_ms = time.time() * 1_000
        for partition, offset, logged_ms in rows:
            self.sightings.add(int(partition), int(offset), at_ms)
            self._newest_logged_ms[int(partition)] = int(logged_ms)
