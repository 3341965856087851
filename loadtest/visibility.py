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

#: Part names end in _<first block>_<last block>_<level>; `blocks` were read already of `weeks`.
_NEWEST = """
SELECT _part, toString(feed) AS feed, _partition, lateness != 'ON_TIME' AS late, max(_offset)
FROM {table:Identifier}
WHERE _part IN (
    SELECT name FROM system.parts
    WHERE active AND database = currentDatabase() AND table = {table:String}
        AND max_block_number > {blocks:Array(Int64)}[indexOf({weeks:Array(String)}, partition_id)]
)
GROUP BY _part, feed, _partition, late
SETTINGS max_threads = 1
"""


@dataclass(slots=True)
class Sightings:
    """When (UTC ms, just after the answer) which newest offset was seen, ascending for each partition and lateness.

    Rows of a partition become visible in the order of their offsets, the late ones for themselves: in large landing
    messages they land after the others.
    """

    seen_ms: dict[tuple[int, bool], list[float]] = field(default_factory=dict)
    newest: dict[tuple[int, bool], list[int]] = field(default_factory=dict)

    def add(self, partition: int, offset: int, at_ms: float, *, late: bool = False) -> None:
        """Note an answer; one that shows nothing new is dropped."""
        newest = self.newest.setdefault((partition, late), [])
        if not newest or newest[-1] < offset:
            newest.append(offset)
            self.seen_ms.setdefault((partition, late), []).append(at_ms)

    def visible_ms(self, partition: int, offsets: Ints, *, late: bool = False) -> Floats:
        """Return when each of a partition's offsets was first seen to be queryable (infinity: never)."""
        key = partition, late
        seen = np.array([*self.seen_ms.get(key, []), _NEVER])
        first = np.searchsorted(np.array(self.newest.get(key, []), np.int64), offsets)
        return seen[first]

    def first_ms(self) -> float:
        """Return when the first row of all was seen to be queryable (infinity: never)."""
        return min((seen[0] for seen in self.seen_ms.values()), default=_NEVER)


class Watcher:
    """Asks ClickHouse every `period_seconds` in a thread of its own until it is stopped.

    Latencies are too long by half a period on average. Each look reads only the parts that hold rows inserted since
    the last one: reading by time would go through all that merges have mixed with older rows, and take a quarter of a
    core from what it measures. Part names are those of one server: it can't watch a cluster.
    """

    def __init__(self, client: Asks, feed: Feed, *, period_seconds: float = 0.05) -> None:
        """Watch a feed's rows. What is in the table when it starts counts as seen then."""
        self.sightings = Sightings()
        self._client, self._feed, self._period_seconds = client, feed, period_seconds
        #: Of each ClickHouse partition the newest block whose rows were read; blocks count from 1.
        self._read: dict[str, int] = {}
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
            if last:
                # A part merged away in the middle of a look may have been missed.
                self._read = {}
            # A server that restarts shows nothing new; that shows in the latency.
            with contextlib.suppress(ClickHouseError, OSError):
                self._look()
            if last:
                return
            self._over.wait(max(0.0, self._period_seconds - (time.monotonic() - began)))

    def _look(self) -> None:
        read = {"weeks": list(self._read), "blocks": list(self._read.values())}
        answer = self._client.query(_NEWEST, {"table": self._feed.table, **read})
        at_ms = time.time() * 1_000
        for part, feed, partition, late, offset in answer.result_rows:
            if feed == self._feed.name:
                self.sightings.add(int(partition), int(offset), at_ms, late=bool(late))
            week, _, last_block, _ = str(part).rsplit("_", 3)
            self._read[week] = max(self._read.get(week, 0), int(last_block))
