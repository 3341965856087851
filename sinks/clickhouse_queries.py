"""The few questions the sink asks ClickHouse: numbers, our own tables' names and identities in hexadecimal digits."""
# ruff: noqa: S608 -- nothing that goes into these texts is anybody's input

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from schemas.kinds import Feed
from schemas.window_fields import window_fields
from sinks.check import MOST_SKEW_MS, Lookup
from sinks.scans import COLUMNS, Ints, Scans, Words
from sinks.writer import Span

#: A lookup of `_MOST_KEYS` scans is some 500 KB of text; ClickHouse's default limit is 256 KiB. Answers
#: are small, and a second thread would cost more than it saves.
SETTINGS = {"max_query_size": "2000000", "output_format_arrow_compression_method": "none", "max_threads": "1"}
_MOST_KEYS = 4_000
#: A scan's event time is at most minutes ahead of the broker's; partitions are weeks, so a day more costs nothing.
_MOST_AHEAD_MS = 24 * 3600 * 1000
_MOST_LITERALS = 100
EARLIER_COLUMNS = ("feed", "_partition", *COLUMNS)
#: Re-scan windows are no longer than this (toStartOfFiveMinutes below): neighbours lie in one of three slots.
SLOT_SECONDS = 300


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
    """Ask for what lookups describe, and perhaps for more of their places, some thousand checked scans at a time.

    All lookups are of feeds whose rows are in `table`. The table of scans is sorted by place and time, and partitioned
    by when the broker got a scan, which is never much before its (corrected) event time. Most scans are looked for near
    their own times; those of devices whose clock was wrong, a few, a day around. An answer holds rows of any feed and
    partition.
    """
    everything = Scans.join(*(lookup.scans for lookup in lookups))
    partitions = sorted({lookup.partition for lookup in lookups})
    skewed = np.concatenate([lookup.skewed for lookup in lookups])
    fields = window_fields(lookups[0].feed)
    by_place = np.argsort(everything.place_id, kind="stable")
    for start in range(0, len(by_place), _MOST_KEYS):
        chosen = by_place[start : start + _MOST_KEYS]
        wanted, far = everything.take(chosen), everything.take(chosen[skewed[chosen]])
        yield _earlier(f"{_selected(fields)} FROM {table}", partitions, wanted, far, by_place=bool(fields["place_id"]))


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


def _earlier(selected: str, partitions: Sequence[int], wanted: Scans, skewed: Scans, *, by_place: bool) -> str:
    """Return one query for `wanted` scans, of which `skewed` are those to be looked for a day around.

    The hint lets the server pick the granules of these places at these times, however much landed there. The cheapest
    condition comes first: comparing partitions spares most rows the comparison of people, which is dear.
    """
    times = _between(wanted.event_ms, wanted.device_ms, margin_ms=SLOT_SECONDS * 1000)
    near = f"(place_id, toStartOfFiveMinutes(event_time)) IN {_slots(wanted)}"
    if len(skewed):
        day = _between(skewed.device_ms, margin_ms=MOST_SKEW_MS)
        times, near = f"({times} OR {day})", f"({near} OR (place_id IN ({_places(skewed)}) AND {day}))"
    return (
        f"{selected} PREWHERE _partition IN ({','.join(map(str, partitions))}) AND {times} "
        f"AND subject IN ({_identities(wanted.subject)}) WHERE {_logged(wanted, skewed)}"
        + (f" AND indexHint({near})" if by_place else "")
    )


def _places(wanted: Scans) -> str:
    return ",".join(map(str, np.unique(wanted.place_id).tolist()))


def _identities(words: Words) -> str:
    """Return 16-byte strings in which every byte is escaped."""
    digits = np.frombuffer(np.ascontiguousarray(words).tobytes().hex().encode(), np.uint8).reshape(-1, 16, 2)
    escaped = np.empty((len(words), 16, 4), np.uint8)
    escaped[:, :, 0], escaped[:, :, 1], escaped[:, :, 2:] = ord("\\"), ord("x"), digits
    return ",".join(f"'{text.decode()}'" for text in escaped.reshape(-1, 64).view("S64").ravel().tolist())


def _slots(wanted: Scans) -> str:
    """Return the places and five-minute slots that can hold a copy or an accepted neighbour, as a set."""
    slot = wanted.event_ms // 1000 // SLOT_SECONDS
    own = wanted.device_ms // 1000 // SLOT_SECONDS
    pairs = np.empty((4, len(wanted), 2), "<u4")
    pairs[:, :, 0] = wanted.place_id
    pairs[:, :, 1] = np.stack([slot - 1, slot, slot + 1, own]) * SLOT_SECONDS
    unique = np.unique(pairs.reshape(-1, 2).view("<u8"))
    # A literal is what the server plans fastest, until parsing it takes over.
    if len(unique) <= _MOST_LITERALS:
        return "(" + ",".join(f"({place},{slot})" for place, slot in unique.view("<u4").reshape(-1, 2).tolist()) + ")"
    return f"(SELECT * FROM format(RowBinary, 'place UInt32, slot DateTime', unhex('{unique.tobytes().hex()}')))"


def _between(*times_ms: Ints, margin_ms: int) -> str:
    low = min(int(times.min()) for times in times_ms) - margin_ms
    high = max(int(times.max()) for times in times_ms) + margin_ms
    return f"event_time BETWEEN {_instant(low)} AND {_instant(high)}"


def _logged(wanted: Scans, skewed: Scans) -> str:
    """Return a condition that leaves the partitions out that are older than all that is looked for."""
    oldest_ms = [wanted.event_ms, wanted.device_ms, skewed.device_ms - MOST_SKEW_MS]
    return f"logged_at >= {_instant(int(np.concatenate(oldest_ms).min()) - _MOST_AHEAD_MS)}"


def _instant(milliseconds: int) -> str:
    return f"fromUnixTimestamp64Milli({milliseconds}, 'UTC')"
