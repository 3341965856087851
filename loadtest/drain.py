"""Wait until everything published has its outcome in the ledger."""

import time
from collections.abc import Callable

from clickhouse_connect.driver.exceptions import ClickHouseError

from loadtest.ledger import Asks, read_marks
from schemas.kinds import Feed


class NotDrained(RuntimeError):
    """The pipeline did not finish in time."""


def wait_drained(
    client: Asks,
    feed: Feed,
    *,
    ends: dict[int, int],
    timeout_seconds: float,
    on_progress: Callable[[int, int], None] | None = None,
    period_seconds: float = 0.2,
) -> float:
    """Return the moment (time.monotonic) at which the ledger was seen to cover every partition up to its end.

    Rows are inserted before their ledger entry, so by then all can be queried. `on_progress` is told how many events
    are done and how many there are. Raise NotDrained after `timeout_seconds`. ClickHouse may be away meanwhile.
    """
    deadline = time.monotonic() + timeout_seconds
    wanted = {partition: end for partition, end in ends.items() if end}
    done = 0
    while True:
        began = time.monotonic()
        try:
            marks = read_marks(client, feed)
            done = sum(min(marks.get(partition, 0), end) for partition, end in wanted.items())
        except (ClickHouseError, OSError):
            marks = {}
        now = time.monotonic()
        if on_progress:
            on_progress(done, sum(wanted.values()))
        if all(marks.get(partition, 0) >= end for partition, end in wanted.items()):
            return now
        if now > deadline:
            total = sum(wanted.values())
            raise NotDrained(f"after {timeout_seconds:.0f} s the ledger of {feed.name} covers {done} of {total} events")
        time.sleep(max(0.0, period_seconds - (now - began)))
