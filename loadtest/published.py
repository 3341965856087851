"""What is known of published events, in columns: partition by partition, in the order of their offsets."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import numpy.typing as npt

from loadtest.draw import Ints
from loadtest.generate import Chunk, Messages
from loadtest.reference_decoder import Malformed, read_message
from schemas.columns import Columns
from schemas.kinds import Feed

_VISIT_BYTES = 21
_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Published:
    """Events of one feed; row i of every array is event i. Rows of one partition are in publishing order.

    `reason` is 0 or why the bytes are no event; the columns after it then mean nothing. `visit` is subject, place and
    direction as 21 bytes. Times are UTC milliseconds; `logged_ms` is the broker's, or an estimate of it.
    """

    partition: Ints
    logged_ms: Ints
    reason: npt.NDArray[np.uint8]
    keyed: npt.NDArray[np.bool_]
    scan_id: npt.NDArray[np.uint8]
    visit: npt.NDArray[np.uint8]
    event_ms: Ints
    sent_ms: Ints
    received_ms: Ints

    def __len__(self) -> int:
        return len(self.partition)

    def of_partition(self, partition: int) -> Self:
        """Return the events of one partition."""
        return self.take(np.flatnonzero(self.partition == partition))

    def take(self, rows: Ints | slice) -> Self:
        """Return some of the events."""
        return type(self)(*(getattr(self, column.name)[rows] for column in fields(self)))


def joined(parts: list[Published]) -> Published:
    """Return all events of `parts`, in order."""
    if len(parts) == 1:
        return parts[0]
    return Published(*(np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(Published)))


def from_columns(
    columns: Columns,
    *,
    partition: Ints,
    logged_ms: Ints,
    reason: npt.NDArray[np.uint8],
    keyed: npt.NDArray[np.bool_],
) -> Published:
    """Return what decoded events say; `columns` has a row for each, malformed ones included."""
    visit = np.empty((len(columns), _VISIT_BYTES), np.uint8)
    visit[:, :16] = _bytes_of(columns.words("subject"), 16)
    visit[:, 16:20] = _bytes_of(columns.integer("place_id").astype("<i4"), 4)
    visit[:, 20] = columns.integer("direction")
    return Published(
        partition=partition,
        logged_ms=logged_ms,
        reason=reason,
        keyed=keyed,
        scan_id=_bytes_of(columns.words("scan_id"), _ID_BYTES).copy(),
        visit=visit,
        event_ms=columns.integer("event_time").copy(),
        sent_ms=columns.integer("sent_at").copy(),
        received_ms=columns.integer("received_at").copy(),
    )


def from_chunk(chunk: Chunk | Messages, *, feed: Feed, start_ms: int) -> Published:
    """Return what the generator knows of a chunk's events, without decoding them; the broker's time is estimated."""
    reason = np.zeros(len(chunk), np.uint8)
    for row in np.flatnonzero(chunk.malformed).tolist():
        reason[row] = reason_of(feed, chunk.values[row])
    return from_columns(
        chunk.columns,
        partition=chunk.partitions,
        logged_ms=start_ms + chunk.timeline.publish_us // 1000,
        reason=reason,
        keyed=chunk.keyed,
    )


def reason_of(feed: Feed, value: bytes | None) -> int:
    """Return why broken bytes are no event; raise AssertionError if they are one."""
    try:
        read_message(feed, value)
    except Malformed as malformed:
        return int(malformed.reason)
    raise AssertionError(f"a message broken on purpose is an event: {value!r}")


def _bytes_of(array: npt.NDArray[np.generic], width: int) -> npt.NDArray[np.uint8]:
    return np.ascontiguousarray(array).view(np.uint8).reshape(-1, width)
