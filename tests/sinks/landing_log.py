"""Landing messages of made-up events, and what must have landed after them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.enums import Flag, Lateness, Reason, Stage, Verdict
from schemas.kinds import VENUE, Feed
from schemas.landing import LandingMessage, encode_block
from schemas.rows import REJECT_SCHEMA, row_schema
from schemas.trim import count_rows
from schemas.window_fields import window_fields
from sinks.record import Record

#: A Tuesday noon in Vietnam.
NOON_MS = 1_622_523_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event of one partition as the worker decided it; `checked` leaves the verdict to the sink."""

    offset: int
    verdict: Verdict = Verdict.ACCEPTED
    checked: bool = False
    scan: int = -1
    person: int = 1
    place: int = 1
    device: int = 1
    direction: int = 1
    time_ms: int = NOON_MS
    skew_ms: int = 0
    late: bool = False

    @property
    def scan_id(self) -> bytes:
        """Its identity; unique unless `scan` says otherwise."""
        return (self.scan if self.scan >= 0 else 1_000_000 + self.offset).to_bytes(16, "little")

    @property
    def subject(self) -> bytes:
        """The person's pseudonym."""
        return self.person.to_bytes(16, "big")

    @property
    def lands(self) -> bool:
        """True unless the worker dropped it."""
        return self.verdict in (Verdict.ACCEPTED, Verdict.RESCAN)


def _row(feed: Feed, partition: int, event: Event) -> dict[str, object]:
    fields = window_fields(feed)
    seen = {
        "scan_id": event.scan_id,
        "subject": event.subject,
        "place_id": event.place,
        "device_id": event.device,
        "direction": event.direction,
    }
    own = {name: value for name, value in seen.items() if fields[name]}
    return {
        **{name: _blank(type_) for name, type_ in zip(*_columns(feed), strict=True)},
        **{str(fields[name]): value for name, value in own.items()},
        "event_time": event.time_ms,
        "skew_ms": event.skew_ms,
        "feed": feed.code,
        "verdict": int(event.verdict),
        "rescan_of": -1,
        "lateness": int(Lateness.LATE if event.late else Lateness.ON_TIME),
        "flags": event.checked * int(Flag.CHECKED) | (event.skew_ms != 0) * int(Flag.SKEW_CORRECTED),
        "logged_at": NOON_MS + event.offset,
        "_partition": partition,
        "_offset": event.offset,
    }


def _blank(type_: pa.DataType) -> object:
    if type_ == pa.bool_():
        return False
    return {pa.binary(): b"", pa.binary(16): bytes(16)}.get(type_, 0)


def _columns(feed: Feed) -> tuple[list[str], list[pa.DataType]]:
    schema = row_schema(feed)
    return schema.names, schema.types


def rows_table(events: Sequence[Event], *, feed: Feed = VENUE, partition: int = 0) -> pa.Table:
    """Return the events that land as rows."""
    rows = [_row(feed, partition, event) for event in events if event.lands]
    return pa.Table.from_pylist(rows, row_schema(feed))


def rejects_table(events: Sequence[Event], *, feed: Feed = VENUE, partition: int = 0) -> pa.Table:
    """Return the rejected events as dead letters."""
    rows = [
        {
            "feed": feed.code,
            "_partition": partition,
            "_offset": event.offset,
            "reason": int(Reason.TRUNCATED),
            "stage": int(Stage.DECODE),
            "logged_at": NOON_MS + event.offset,
            "key": event.subject,
            "value": b"\0\0",
        }
        for event in events
        if event.verdict is Verdict.REJECTED
    ]
    return pa.Table.from_pylist(rows, REJECT_SCHEMA)


def message_of(
    events: Sequence[Event], *, feed: Feed = VENUE, partition: int = 0, small: bool = False
) -> LandingMessage:
    """Return the landing message of consecutive events; a `small` one with checked rows has no settled ones."""
    rows = rows_table(events, feed=feed, partition=partition)
    landed = [event for event in events if event.lands]
    any_checked = any(event.checked for event in landed)
    unsettled = pa.array([event.checked or (small and any_checked) for event in landed], pa.bool_())
    rejects = rejects_table(events, feed=feed, partition=partition)
    first = events[0].offset
    retries = [event.offset - first for event in events if event.verdict is Verdict.RETRY]
    return LandingMessage(
        feed=feed,
        partition=partition,
        first=first,
        last=events[-1].offset,
        counts=count_rows(rows, rejected=rejects.num_rows, retry=len(retries)),
        watermark_ms=NOON_MS,
        checked=sum(event.checked for event in events),
        logged_ms=NOON_MS + events[-1].offset,
        settled=encode_block(rows.filter(pc.invert(unsettled))),
        unsettled=encode_block(rows.filter(unsettled)),
        rejects=encode_block(rejects),
        retries=np.array(retries, np.uint32),
        skewed=np.unique([event.device for event in landed if event.skew_ms]).astype(np.int64),
    )


def record_of(message: LandingMessage, offset: int) -> Record:
    """Return the message as Kafka would give it back."""
    return Record(
        topic=message.feed.landing_topic,
        partition=message.partition,
        offset=offset,
        value=message.value,
        headers=message.headers(),
    )


def truth(events: Sequence[Event], *, feed: Feed = VENUE) -> dict[int, tuple[Verdict, int]]:
    """Return, by offset, the verdict of every event and the row a re-scan repeats: the rules, spelled out slowly."""
    landed: list[tuple[Event, Verdict]] = []
    verdicts: dict[int, tuple[Verdict, int]] = {}
    for event in events:
        verdict, repeats = event.verdict, -1
        if event.checked:
            verdict, repeats = _decide(event, landed, feed.rescan_window_ms)
        verdicts[event.offset] = (verdict, repeats)
        if verdict in (Verdict.ACCEPTED, Verdict.RESCAN):
            landed.append((event, verdict))
    return verdicts


def _decide(event: Event, landed: Sequence[tuple[Event, Verdict]], window_ms: int) -> tuple[Verdict, int]:
    if any(other.scan_id == event.scan_id for other, _ in landed):
        return Verdict.RETRY, -1
    for other, verdict in landed:
        same = (other.person, other.place, other.direction) == (event.person, event.place, event.direction)
        if same and verdict is Verdict.ACCEPTED and abs(other.time_ms - event.time_ms) < window_ms:
            return Verdict.RESCAN, other.offset
    return Verdict.ACCEPTED, -1


def retry_of(event: Event, *, offset: int) -> Event:
    """Return the same scan sent again."""
    return replace(event, offset=offset)
