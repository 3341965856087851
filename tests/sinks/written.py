"""What the tests of writers put into a table and ask of it."""

import numpy as np

from schemas.kinds import VENUE, Feed
from schemas.landing import encode_block
from sinks.check import Lookup, decide
from sinks.scans import Scans
from sinks.writer import Insert, Span, Writer
from tests.sinks.landing_log import NOON_MS, Event, rows_table

DAY_MS = 24 * 3600 * 1000
EVERYTHING = Span(feed=VENUE, partition=0, first=0, last=10**9, from_ms=NOON_MS - DAY_MS, to_ms=NOON_MS + DAY_MS)


def put(writer: Writer, *events: Event, token: str = "", feed: Feed = VENUE, partition: int = 0) -> None:
    """Insert events as rows, under a token if there is one."""
    block = encode_block(rows_table(events, feed=feed, partition=partition))
    writer.insert(Insert(table=feed.table, block=block, token=token))


def landed(writer: Writer, span: Span = EVERYTHING, table: str = "scans") -> list[int]:
    """Return the offsets that landed in a span."""
    return [int(offset) for offset in writer.landed(table, span)]


def lookup(*events: Event, before: int = 10**9) -> Lookup:
    """Return the lookup of checked events."""
    scans = Scans.of(rows_table(events))
    return Lookup(
        feed=VENUE,
        partition=0,
        before=before,
        scans=scans,
        skewed=np.ones(len(scans), np.bool_),
        aged=np.ones(len(scans), np.bool_),
        rescan_window_ms=VENUE.rescan_window_ms,
    )


def verdicts(earlier: Scans, wanted: Scans) -> list[tuple[int, int]]:
    """Return what `decide` makes of the wanted scans after the earlier ones."""
    both = Scans.join(earlier, wanted)
    checked = np.arange(len(both)) >= len(earlier)
    found = decide(both, checked=checked, rescan_window_ms=VENUE.rescan_window_ms)
    return list(zip(found.verdict[checked].tolist(), found.rescan_of[checked].tolist(), strict=True))
