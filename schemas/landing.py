"""The landing log's message: the one contract between streams and sinks.

One message covers one range of offsets of one source partition. Its value is one or two Arrow IPC streams (LZ4), end
to end: rows that land as they are, ready to be sent to ClickHouse untouched, and rows of which the sink has to decide
some. Its headers say what the range held. The message is the worker's checkpoint (it replays the log to recover) and
the sink's unit of insertion.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.ipc

from schemas.kinds import Feed, feed_by_name
from schemas.rows import row_schema

Headers = list[tuple[str, bytes]]
_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")
_NUMBERS = ("partition", "first", "last", "watermark_ms", "logged_ms", "checked")
_COUNTS = ("in", "accepted", "rescan", "retry", "rejected", "late")


class MalformedLanding(ValueError):
    """The message is not a landing-log message of this version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a range of events became: ``seen = accepted + rescan + retry + rejected``; late ones landed too."""

    seen: int = 0
    accepted: int = 0
    rescan: int = 0
    retry: int = 0
    rejected: int = 0
    late: int = 0

    @property
    def balanced(self) -> bool:
        """True when every event seen has exactly one outcome."""
        return self.seen == self.accepted + self.rescan + self.retry + self.rejected

    @property
    def landed(self) -> int:
        """Number of rows that land."""
        return self.accepted + self.rescan

    def __add__(self, other: Self) -> "Counts":
        return Counts(
            seen=self.seen + other.seen,
            accepted=self.accepted + other.accepted,
            rescan=self.rescan + other.rescan,
            retry=self.retry + other.retry,
            rejected=self.rejected + other.rejected,
            late=self.late + other.late,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LandingMessage:
    """Outcome of the source offsets `first` to `last` (inclusive) of `partition`.

    `settled`, `unsettled` and `rejects` are Arrow IPC streams, empty bytes when there are none; rows are in any order,
    each with its `_offset`. `unsettled` has all the rows with Flag.CHECKED, whose verdict is the sink's to decide by
    what landed before them (`checked` says how many), and in a small message the others too. `retries` holds
    ``offset - first`` of the events dropped as retries, ascending. `watermark_ms` is the partition's watermark after
    `last`, `logged_ms` the broker time of the newest event. `skewed` are the devices with a row whose time was
    corrected. `ahead` maps devices whose clock ran ahead to the last event time they claimed, in ms: until the window
    has passed it, their events are checked too.
    """

    feed: Feed
    partition: int
    first: int
    last: int
    counts: Counts
    watermark_ms: int
    logged_ms: int = 0
    checked: int = 0
    settled: bytes = b""
    unsettled: bytes = b""
    rejects: bytes = b""
    retries: npt.NDArray[np.uint32] = field(default_factory=lambda: np.empty(0, np.uint32))
    skewed: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    ahead: Mapping[int, int] = field(default_factory=dict)

    @property
    def key(self) -> bytes:
        """Kafka key: the source range, for people who read the log."""
        return f"{self.feed.name}:{self.partition}:{self.first}-{self.last}".encode()

    @property
    def value(self) -> bytes:
        """Kafka value: the settled rows, then the unsettled ones."""
        return self.settled + self.unsettled if self.unsettled else self.settled

    def headers(self) -> Headers:
        """Return the Kafka headers; with the value they are the whole message."""
        numbers = (self.partition, self.first, self.last, self.watermark_ms, self.logged_ms, self.checked)
        counts = self.counts
        outcome = (
            counts.seen,
            counts.accepted,
            counts.rescan,
            counts.retry,
            counts.rejected,
            counts.late,
        )
        headers: Headers = [
            ("v", b"1"),
            ("feed", self.feed.name.encode()),
            ("table", self.feed.table.encode()),
        ]
        headers += [(name, b"%d" % number) for name, number in zip(_NUMBERS, numbers, strict=True)]
        headers += [(name, b"%d" % number) for name, number in zip(_COUNTS, outcome, strict=True)]
        if self.unsettled:
            headers.append(("settled_bytes", b"%d" % len(self.settled)))
        if len(self.retries):
            headers.append(("retries", self.retries.astype("<u4").tobytes()))
        if self.rejects:
            headers.append(("rejects", self.rejects))
        if len(self.skewed):
            headers.append(("skewed", self.skewed.astype("<i8").tobytes()))
        if self.ahead:
            headers.append(("ahead", np.array(sorted(self.ahead.items()), "<i8").tobytes()))
        return headers

    @classmethod
    def parse(cls, *, value: bytes | None, headers: Iterable[tuple[str, bytes]]) -> Self:
        """Return the message a Kafka record holds; raise MalformedLanding."""
        found = dict(headers)
        try:
            if found["v"] != b"1":
                raise MalformedLanding(f"landing log of version {found['v']!r}; this program reads version 1")
            partition, first, last, watermark_ms, logged_ms, checked = (int(found[name]) for name in _NUMBERS)
            settled, unsettled = _split(value or b"", found.get("settled_bytes"))
            seen, accepted, rescan, retry, rejected, late = (int(found[name]) for name in _COUNTS)
            ahead = np.frombuffer(found.get("ahead", b""), "<i8").reshape(-1, 2)
            return cls(
                feed=feed_by_name(found["feed"].decode()),
                partition=partition,
                first=first,
                last=last,
                watermark_ms=watermark_ms,
                logged_ms=logged_ms,
                checked=checked,
                counts=Counts(seen=seen, accepted=accepted, rescan=rescan, retry=retry, rejected=rejected, late=late),
                settled=settled,
                unsettled=unsettled,
                rejects=found.get("rejects", b""),
                retries=np.frombuffer(found.get("retries", b""), "<u4"),
                skewed=np.frombuffer(found.get("skewed", b""), "<i8"),
                ahead={int(device): int(until) for device, until in ahead},
            )
        except (KeyError, ValueError) as error:
            raise MalformedLanding(f"not a landing-log message: {error}") from error


def _split(value: bytes, settled_bytes: bytes | None) -> tuple[bytes, bytes]:
    if settled_bytes is None:
        return value, b""
    at = int(settled_bytes)
    if not 0 <= at < len(value):
        raise MalformedLanding(f"its settled rows are said to take {at} of {len(value)} bytes")
    return value[:at], value[at:]


def encode_block(table: pa.Table | pa.RecordBatch) -> bytes:
    """Return an Arrow IPC stream of `table` with LZ4 bodies; empty bytes for no rows."""
    if table.num_rows == 0:
        return b""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=_OPTIONS) as writer:
        writer.write(table)
    block: bytes = sink.getvalue().to_pybytes()
    return block


def decode_block(block: bytes, schema: pa.Schema) -> pa.Table:
    """Return the rows of an Arrow IPC stream; an empty table of `schema` for empty bytes."""
    if not block:
        # Not schema.empty_table(): that imports pandas.
        return pa.Table.from_batches([], schema)
    with pa.ipc.open_stream(block) as reader:
        return reader.read_all()


def landed_rows(message: LandingMessage) -> pa.Table:
    """Return all rows of a message in `row_schema` of its feed, the settled ones first.

    A message from before an upgrade lacks the columns that were added since.
    """
    schema = row_schema(message.feed)
    blocks = [block for block in (message.settled, message.unsettled) if block]
    return pa.concat_tables([decode_block(block, schema) for block in blocks or (b"",)])
