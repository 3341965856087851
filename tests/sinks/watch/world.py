"""A small world of landed rows, and what rules and slow answers read of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from schemas.enums import Category
from schemas.links import Link, people, person_of

#: 14:30 in Vietnam, on a Thursday.
NOW = datetime(2021, 8, 5, 7, 30, tzinfo=UTC)
SINCE = NOW - timedelta(hours=73)
LOCAL = timedelta(hours=7)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Commune to its district and province, as places are enriched.
AREAS = {
    14758: (380, 38),
    14755: (380, 38),
    18070: (436, 42),
    31498: (941, 94),
    31510: (941, 94),
    26017: (731, 75),
    26071: (732, 75),
}
#: When the first version of yesterday's daily report was made; that of other provinces is missing.
REPORTED = {42: datetime(2021, 8, 4, 9, 20, tzinfo=UTC), 94: datetime(2021, 8, 4, 9, 55, tzinfo=UTC)}


def local_midnight(moment: datetime) -> datetime:
    """Return the beginning of the moment's day in Vietnam."""
    return (moment + LOCAL).replace(hour=0, minute=0, second=0, microsecond=0) - LOCAL


@dataclass(frozen=True, kw_only=True)
class Place:
    """A row of `places`."""

    place_id: int
    category: Category
    commune_code: int
    capacity: int


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What rules read of a row of `scans`."""

    scan_id: bytes
    subject: bytes
    place_id: int
    device_id: int
    direction: str
    event_time: datetime
    logged_at: datetime
    feed: str
    verdict: str
    lateness: str
    category: int
    commune: int
    district: int
    province: int


@dataclass(frozen=True, kw_only=True)
class Report:
    """A row of any report table: what every one has, and its own columns."""

    table: str
    event_id: bytes
    subject: bytes
    event_time: datetime
    logged_at: datetime
    own: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, column: str) -> Any:
        """Return one of its own columns."""
        return self.own[column]


@dataclass(frozen=True, kw_only=True)
class World:
    """All rows."""

    places: Sequence[Place]
    devices: dict[int, tuple[int, bool]]
    scans: Sequence[Scan]
    reports: Sequence[Report]

    def landed(self, table: str) -> list[Report]:
        """Return a table's reports."""
        return [report for report in self.reports if report.table == table]

    @cached_property
    def withdrawn(self) -> set[bytes]:
        """Return the identities of what corrections withdraw."""
        return {report["corrects"] for report in self.landed("corrections")}

    def of(self, table: str) -> list[Report]:
        """Return a table's reports that nobody withdrew, by event time, as rules order them."""
        found = [report for report in self.landed(table) if report.event_id not in self.withdrawn]
        return sorted(found, key=lambda report: (report.event_time, report.event_id))

    @cached_property
    def in_force(self) -> list[Scan]:
        """Return accepted scans that no correction withdraws, by event time."""
        found = [scan for scan in self.scans if scan.verdict == "ACCEPTED" and scan.scan_id not in self.withdrawn]
        return sorted(found, key=lambda scan: (scan.event_time, scan.scan_id))

    @cached_property
    def _people(self) -> dict[bytes, bytes]:
        links = self.landed("identity_links")
        return people(
            Link(event_id=it.event_id, subject=it.subject, other=it["other"], event_time_ms=0) for it in links
        )

    def person(self, subject: bytes) -> bytes:
        """Return the person a document belongs to: the smallest of their documents."""
        return person_of(self._people, subject)
