"""Rows of people as the sink lands them, with their ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from schemas.kinds import CASE, VENUE, Feed
from tests.sinks.conftest import Database

#: The moment the tests call now; rows are so many days older.
NOW = datetime(2021, 9, 15, 19, 30, tzinfo=UTC)


def subject(person: int) -> bytes:
    """Return a person's pseudonym."""
    return person.to_bytes(16, "big")


def identity(number: int) -> bytes:
    """Return an event's identity."""
    return b"event" + number.to_bytes(11, "big")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A venue scan of partition 0, `age_days` old, which reached the broker `late_days` after it happened."""

    offset: int
    age_days: float
    person: int = 1
    province: int = 42
    place: int = 1
    direction: str = "IN"
    late_days: float = 0
    feed: Feed = VENUE

    @property
    def event_time(self) -> datetime:
        """When it happened."""
        return NOW - timedelta(days=self.age_days)


def land_scans(database: Database, scans: Sequence[Scan], *, covered: int | None = None) -> None:
    """Land scans, and a ledger row for the offsets below `covered` (all of them)."""
    columns = (
        "scan_id subject place_id direction event_time feed verdict logged_at category province _partition _offset"
    )
    rows = [
        [
            identity(it.offset), subject(it.person), it.place, it.direction, it.event_time, it.feed.name, "ACCEPTED",
            it.event_time + timedelta(days=it.late_days), "CAFE", it.province, 0, it.offset,
        ]
        for it in scans
    ]  # fmt: skip
    database.client.insert("scans", rows, column_names=columns.split(), database=database.name)
    offsets = [it.offset for it in scans if covered is None or it.offset < covered]
    if offsets:
        cover(database, VENUE, first=min(offsets), last=max(offsets), accepted=len(offsets))


def cover(
    database: Database, feed: Feed, *, first: int, last: int, accepted: int = 0, retry: int = 0, rejected: int = 0
) -> None:
    """Write a row of the ledger for partition 0."""
    columns = ["feed", "partition", "first", "last", "landing_offset", "seen", "accepted", "retry", "rejected"]
    seen = accepted + retry + rejected
    row = [feed.name, 0, first, last, first, seen, accepted, retry, rejected]
    database.client.insert("ledger", [row], column_names=columns, database=database.name)


def land_case(
    database: Database, *, offset: int, age_days: float, person: int, status: str, infectious_days: float = 20
) -> bytes:
    """Land what is told of the one case there is, infectious from so many days ago on, and return its id."""
    case_id, at = b"one case only...", NOW - timedelta(days=age_days)
    columns = (
        "event_id subject case_id status infectious_from event_time logged_at feed verdict province _partition _offset"
    )
    row = [
        identity(offset), subject(person), case_id, status, NOW - timedelta(days=infectious_days), at, at, "case",
        "ACCEPTED", 42, 0, offset,
    ]  # fmt: skip
    database.client.insert("cases", [row], column_names=columns.split(), database=database.name)
    cover(database, CASE, first=offset, last=offset, accepted=1)
    return case_id
