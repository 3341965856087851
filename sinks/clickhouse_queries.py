"""The few questions the sink asks ClickHouse: numbers, our own tables' names and identities in hexadecimal digits."""
# ruff: noqa: S608 -- nothing that goes into these texts is anybody's input

from collections.abc import Iterator

import numpy as np

from schemas.kinds import Feed
from sinks.check import Lookup
from sinks.scans import COLUMNS, Ints, Words
from sinks.writer import Span

#: The default limit of 256 KiB holds 6,000 identities; a lookup has up to `_MOST_KEYS`, 66 bytes each.
SETTINGS = {"max_query_size": "1000000", "output_format_arrow_compression_method": "none"}
_MOST_KEYS = 4_000


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


def earlier(scans: str, lookup: Lookup) -> Iterator[str]:
    """Ask for what a lookup describes: by place first, as the table is sorted, then by subject."""
    by_place = np.argsort(lookup.scans.place_id, kind="stable")
    for start in range(0, len(by_place), _MOST_KEYS):
        yield _earlier(scans, lookup, by_place[start : start + _MOST_KEYS])


def _earlier(scans: str, lookup: Lookup, chosen: Ints) -> str:
    low, high = lookup.bounds(chosen)
    places = ",".join(map(str, np.unique(lookup.scans.place_id[chosen]).tolist()))
    return (
        f"SELECT {', '.join(COLUMNS)} FROM {scans} PREWHERE place_id IN ({places}) "
        f"AND event_time BETWEEN {_instant(low)} AND {_instant(high)} "
        f"AND subject IN ({_identities(lookup.scans.subject[chosen])}) "
        f"WHERE feed = {lookup.feed_code} AND _partition = {lookup.partition} AND _offset < {lookup.before}"
    )


def _identities(words: Words) -> str:
    unique = np.unique(np.ascontiguousarray(words).view("V16"))
    return ",".join("'" + _escaped(identity.tobytes().hex()) + "'" for identity in unique)


def _escaped(digits: str) -> str:
    return "".join(f"\\x{digits[at : at + 2]}" for at in range(0, len(digits), 2))


def _instant(milliseconds: int) -> str:
    return f"fromUnixTimestamp64Milli({milliseconds}, 'UTC')"
