"""One batch of records, what it lands as, and what is rejected of it."""

from datetime import datetime
from typing import Any

from schemas.kinds import VENUE, Feed
from schemas.landing import LandingMessage, decode_block, landed_rows
from schemas.plan import plan_of
from schemas.rows import REJECT_SCHEMA
from schemas.wire import encode
from streams.batch import BatchProcessor
from streams.registry.snapshot import Snapshot
from streams.transport.record_batch import read_records
from streams.window.rules import WindowRules
from streams.window.state import WindowState
from tests.schemas.samples import plain_record
from tests.streams.registry.records import area, device, place
from tests.streams.rules.sound import SOUND
from tests.streams.transport.batches import Sent, batch_of
from tests.streams.window.events import START_MS

PERSON, ID = bytes(range(1, 17)), bytes(range(17, 33))
REGISTRY = Snapshot.build(places={1: place(1)}, areas={14_755: area(risk=[(0, 3)])}, devices={7: device(7)})


def record_of(feed: Feed = VENUE, **change: Any) -> dict[str, Any]:
    """Return a sound record of a feed, of a person, place and device that are known."""
    plain = plain_record(feed)
    usual = {
        plan_of(feed).identity: ID,
        "subject": PERSON,
        "place_id": 1,
        "commune_code": 14_755,
        "device_id": 7,
        "event_time": START_MS,
        "source_app": "PC_COVID",
        "direction": "IN",
    }
    sound = SOUND.get(feed.name, {}) | {"subject": PERSON, "event_time": START_MS}
    return plain | {name: value for name, value in usual.items() if name in plain} | sound | change


def sent_of(feed: Feed = VENUE, **change: Any) -> Sent:
    """Return such a record as it is sent."""
    record = record_of(feed, **change)
    return Sent(record["subject"], encode(feed, record))


def landed(*sent: Sent, feed: Feed = VENUE, logged_ms: int = START_MS, first: int = 100, **more: Any) -> LandingMessage:
    """Return the landing message of one batch of these records."""
    records = read_records(batch_of(sent, base=first, appended_ms=logged_ms))
    state = WindowState(WindowRules(rescan_ms=feed.rescan_window_ms))
    return (
        BatchProcessor(feed=feed, **more)
        .process(state=state, snapshot=REGISTRY, records=records, partition=3, first=first, last=first + len(sent) - 1)
        .message
    )


def rows_of(message: LandingMessage) -> list[dict[str, Any]]:
    """Return the rows that land, in order of offset."""
    table = landed_rows(message)
    table.validate(full=True)
    rows: list[dict[str, Any]] = table.to_pylist()
    return sorted(rows, key=lambda row: row["_offset"])


def rejects_of(message: LandingMessage) -> list[dict[str, Any]]:
    """Return the rows of dead letters."""
    table = decode_block(message.rejects, REJECT_SCHEMA)
    table.validate(full=True)
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def ms(row: dict[str, Any], column: str) -> int:
    """Return a time of a row in milliseconds."""
    instant: datetime = row[column]
    return round(instant.timestamp() * 1000)
