"""The rules of visits (docs/visits.md), spelled out slowly over one list of scans."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from schemas.enums import Category, Direction
from schemas.stays import STAYS, Stay

_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_NO_SCAN = bytes(16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """An accepted scan."""

    number: int
    person: int
    place: int
    at: datetime
    direction: Direction
    category: Category = Category.CAFE
    feed: str = "venue"
    trip: int = 0

    @property
    def scan_id(self) -> bytes:
        """Its identity; scans of the same instant are ordered by it."""
        return self.number.to_bytes(16, "big")

    @property
    def kind(self) -> Category:
        """What counts as the category of its place."""
        special = {"vehicle": Category.PUBLIC_TRANSPORT_VEHICLE, "checkpoint": Category.CHECKPOINT}
        return special.get(self.feed, self.category)

    @property
    def stay(self) -> Stay:
        """The rule of its place."""
        return STAYS[self.kind]

    @property
    def where(self) -> tuple[int, int, int]:
        """Who, at which place, on which trip."""
        return self.person, self.place, self.trip

    @property
    def order(self) -> tuple[datetime, bytes]:
        """What scans are ordered by."""
        return self.at, self.scan_id


@dataclass(frozen=True, slots=True, order=True)
class Visit:
    """A visit; an imputed side has a scan of zero bytes."""

    person: int
    place: int
    trip: int
    start: datetime
    end: datetime
    start_imputed: bool
    end_imputed: bool
    start_scan: bytes
    end_scan: bytes


def visits(scans: Sequence[Scan], *, since: datetime, until: datetime) -> list[Visit]:
    """Return the visits that touch [since, until), in order."""
    found = [visit for scan in scans if (visit := _visit_of(scan, scans)) is not None]
    return sorted(visit for visit in found if visit.start < until and visit.end >= since)


def _visit_of(scan: Scan, scans: Sequence[Scan]) -> Visit | None:
    if not _is_stay(scan):
        return Visit(*scan.where, scan.at, scan.at, False, False, scan.scan_id, scan.scan_id)
    if scan.direction is Direction.IN:
        return _begun(scan, scans)
    return None if _way_in_of(scan, scans) else _ended(scan, scans)


def _is_stay(scan: Scan) -> bool:
    return scan.direction in (Direction.IN, Direction.OUT) and scan.stay.stay_minutes > 0


def _tells_where(scan: Scan) -> bool:
    return _is_stay(scan) or scan.stay.stay_minutes == 0


def _begun(scan: Scan, scans: Sequence[Scan]) -> Visit:
    after = [other for other in scans if _is_stay(other) and other.where == scan.where and other.order > scan.order]
    nearest = min(after, key=lambda other: other.order, default=None)
    if nearest and nearest.direction is Direction.OUT and nearest.at <= _latest_end(scan):
        return Visit(*scan.where, scan.at, nearest.at, False, False, scan.scan_id, nearest.scan_id)
    assumed = _trip_end(scan, scans) or scan.at + timedelta(minutes=scan.stay.stay_minutes)
    elsewhere = [
        other.at for other in scans if other.person == scan.person and _tells_where(other) and other.order > scan.order
    ]
    return Visit(
        *scan.where, scan.at, min([assumed, _latest_end(scan), *elsewhere]), False, True, scan.scan_id, _NO_SCAN
    )


def _ended(scan: Scan, scans: Sequence[Scan]) -> Visit:
    earliest = scan.at - timedelta(minutes=scan.stay.stay_minutes)
    if not scan.stay.overnight:
        earliest = max(earliest, _midnight(scan.at - timedelta(milliseconds=1)))
    elsewhere = [
        other.at for other in scans if other.person == scan.person and _tells_where(other) and other.order < scan.order
    ]
    return Visit(*scan.where, max([earliest, *elsewhere]), scan.at, True, False, _NO_SCAN, scan.scan_id)


def _way_in_of(scan: Scan, scans: Sequence[Scan]) -> Scan | None:
    before = [other for other in scans if _is_stay(other) and other.where == scan.where and other.order < scan.order]
    nearest = max(before, key=lambda other: other.order, default=None)
    if nearest and nearest.direction is Direction.IN and scan.at <= _latest_end(nearest):
        return nearest
    return None


def _latest_end(scan: Scan) -> datetime:
    if scan.stay.overnight:
        return scan.at + timedelta(minutes=scan.stay.most_minutes)
    return _midnight(scan.at) + timedelta(days=1)


def _midnight(at: datetime) -> datetime:
    local = at.astimezone(_VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    return local.astimezone(UTC)


def _trip_end(scan: Scan, scans: Sequence[Scan]) -> datetime | None:
    """Return when the last passenger who was scanned out left the trip that day, if that was after `scan`."""
    if scan.feed != "vehicle" or scan.trip == 0:
        return None
    outs = [
        other.at
        for other in scans
        if other.feed == "vehicle"
        and (other.place, other.trip, other.direction) == (scan.place, scan.trip, Direction.OUT)
        and _midnight(other.at) == _midnight(scan.at)
        and other.at > scan.at
    ]
    return max(outs, default=None)
