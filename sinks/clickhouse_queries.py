"""The few questions the sink asks ClickHouse: numbers, our own tables' names and identities in hexadecimal digits."""
# ruff: noqa: S608 -- nothing that goes into these texts is anybody's input

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from schemas.kinds import Feed
from schemas.window_fields import window_fields
from sinks.check import MOST_SKEW_MS, Lookup
from sinks.scans import COLUMNS, Scans, Words
from sinks.writer import Span

#: A lookup of `_MOST_KEYS` scans is some 300 KB of text; ClickHouse's default limit is 256 KiB. Answers
#: are small, and a second thread would cost more than it saves. The index by person serves parts of any size: of many
#: small ones the server would read every row, by default.
SETTINGS = {
    "max_query_size": "2000000",
    "output_format_arrow_compression_method": "none",
    "max_threads": "1",
    "min_table_rows_to_use_projection_index": "0",
}
_MOST_KEYS = 4_000
#: A scan's event time is at most minutes ahead of the broker's; partitions are weeks, so a day more costs nothing.
_MOST_AHEAD_MS = 24 * 3600 * 1000
EARLIER_COLUMNS = ("feed", "_partition", *COLUMNS)
#: Re-scan windows are no longer than this.
NEAR_MS = 300 * 1000


def landed(table: str, span: Span) -> str:
    """Ask for the `_offset`s of a span's rows in `table`, which names its database too."""
    return (
        f"SELECT _offset FROM {table} WHERE feed = {span.feed.code} AND _partition = {span.partition} "
        f"AND _offset BETWEEN {span.first} AND {span.last} AND logged_at BETWEEN {_instant(span.from_ms)} "
        f"AND {_instant(span.to_ms)}"
    )


def mark(ledger: str, feed: Feed, partition: int) -> str:
    """Ask for the last ledger row of a partition. Equal rows may be there twice: no FINAL needed."""
    return (
        f"SELECT last, landing_offset FROM {ledger} WHERE feed = {feed.code} AND partition = {partition} "
        "ORDER BY feed DESC, partition DESC, first DESC LIMIT 1"
    )


def reference_offset(table: str, partition: int) -> str:
    """Ask for the greatest source offset of a reference table's rows."""
    return f"SELECT max(_offset) AS offset FROM {table} WHERE _partition = {partition} HAVING count() > 0"


def skewed_devices(scans: str, feed: Feed, partition: int) -> str:
    """Ask for the devices of a partition's scans whose time was corrected."""
    return (
        f"SELECT DISTINCT device_id FROM {scans} WHERE skew_ms != 0 AND feed = {feed.code} AND _partition = {partition}"
    )


def earlier(table: str, lookups: Sequence[Lookup]) -> Iterator[str]:
    """Ask for what lookups describe, and perhaps for more of the same people, some thousand checked scans at a time.

    All lookups are of feeds whose rows are in `table`. What landed is found by the person: scans are indexed by subject
    (0061), whereas looking at their places costs as much as landed there meanwhile. Tables are partitioned by when the
    broker got a scan, which is never much before its (corrected) event time. Most scans are looked for near their own
    times; where the clock of a device was wrong, all of the request for a day more. An answer holds rows of any feed,
    partition and place.
    """
    everything = Scans.join(*(lookup.scans for lookup in lookups))
    partitions = sorted({lookup.partition for lookup in lookups})
    skewed = np.concatenate([lookup.skewed for lookup in lookups])
    selected = _selected(window_fields(lookups[0].feed))
    for start in range(0, len(everything), _MOST_KEYS):
        chosen = np.arange(start, min(start + _MOST_KEYS, len(everything)))
        margin_ms = MOST_SKEW_MS if skewed[chosen].any() else NEAR_MS
        yield _earlier(f"{selected} FROM {table}", partitions, everything.take(chosen), margin_ms=margin_ms)


def deleted(tombstones: str, lookups: Sequence[Lookup]) -> Iterator[str]:
    """Ask for tombstones of what aged scans may repeat, as `earlier` does: all but position, id and time is zero.

    A copy has the id and the device's own time of the first. No query where no scan is aged, which is nearly always so.
    """
    aged = Scans.join(*(lookup.scans.take(lookup.aged) for lookup in lookups))
    known = {
        "feed": "feed", "_partition": "_partition", "_offset": "_offset", "scan_id": "event_id",
        "subject": "toFixedString('', 16)", "event_time": "device_time",
    }  # fmt: skip
    columns = ", ".join(f"{known.get(name, '0')} AS {name}" for name in EARLIER_COLUMNS)
    for start in range(0, len(aged), _MOST_KEYS):
        some = aged.take(np.arange(start, min(start + _MOST_KEYS, len(aged))))
        times = ",".join(map(_instant, np.unique(some.device_ms).tolist()))
        ids = _identities(some.scan_id)
        yield f"SELECT {columns} FROM {tombstones} WHERE device_time IN ({times}) AND event_id IN ({ids})"


def _selected(fields: Mapping[str, str | None]) -> str:
    """Return the clause that gives a feed's columns the names of EARLIER_COLUMNS."""
    own = {name: fields.get(name, name) for name in EARLIER_COLUMNS}
    return "SELECT " + ", ".join(f"{field or 0} AS {name}" if field != name else name for name, field in own.items())


def _earlier(selected: str, partitions: Sequence[int], wanted: Scans, *, margin_ms: int) -> str:
    oldest_ms = min(int(wanted.event_ms.min()), int(wanted.device_ms.min())) - margin_ms
    newest_ms = max(int(wanted.event_ms.max()), int(wanted.device_ms.max())) + margin_ms
    among = ",".join(map(str, partitions))
    return (
        f"{selected} PREWHERE subject IN ({_identities(wanted.subject)}) "
        f"WHERE logged_at >= {_instant(oldest_ms - _MOST_AHEAD_MS)} AND _partition IN ({among}) "
        f"AND event_time BETWEEN {_instant(oldest_ms)} AND {_instant(newest_ms)}"
    )


def _identities(words: Words) -> str:
    """Return 16-byte strings in which every byte is escaped."""
    digits = np.frombuffer(np.ascontiguousarray(words).tobytes().hex().encode(), np.uint8).reshape(-1, 16, 2)
    escaped = np.empty((len(words), 16, 4), np.uint8)
    escaped[:, :, 0], escaped[:, :, 1], escaped[:, :, 2:] = ord("\\"), ord("x"), digits
    return ",".join(f"'{text.decode()}'" for text in escaped.reshape(-1, 64).view("S64").ravel().tolist())


def _instant(milliseconds: int) -> str:
    return f"fromUnixTimestamp64Milli({milliseconds}, 'UTC')"
