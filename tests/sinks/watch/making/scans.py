"""Scans of a world: a week of them, a crowd just now, and some that came late."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from schemas.enums import Category
from tests.sinks.watch.making.cast import Cast
from tests.sinks.watch.world import AREAS, NOW, Place, Report, Scan

#: What brings scans late, and nothing else.
LATE_DEVICE = 13


def week(cast: Cast) -> Iterator[Scan]:
    """Yield the scans of a week."""
    for _ in range(700):
        place = cast.chance.choice(cast.places)
        # The first places fall silent for days, and most devices for the last hours.
        least = {1: 4.0, 2: 3.2, 3: 10.0}.get(place.place_id, cast.chance.choice([0.0, 0.1]))
        yield _scan(cast, place, cast.moment(7) - timedelta(days=least), cast.chance.choice(cast.people))


def crowd(cast: Cast) -> Iterator[Scan]:
    """Yield scans of the last two hours."""
    for _ in range(60):
        place = cast.chance.choice(cast.places[5:])
        yield _scan(cast, place, cast.moment(0.1), cast.chance.choice(cast.people))


def of_cases(cast: Cast, scans: Sequence[Scan], reports: Sequence[Report]) -> list[Scan]:
    """Return scans of people with a case, or of whoever else they are in truth."""
    cases = {report.subject for report in reports if report.table == "cases"}
    return [scan for scan in scans if scan.subject in cases or scan.subject in cast.people[:4]][:40]


def late(cast: Cast, scan: Scan) -> Scan:
    """Return the like of a scan an hour on, that came late."""
    return replace(
        scan,
        scan_id=cast.chance.randbytes(16),
        event_time=scan.event_time + timedelta(minutes=cast.chance.randrange(90)),
        logged_at=NOW - timedelta(minutes=cast.chance.randrange(1, 300)),
        device_id=LATE_DEVICE,
        verdict="ACCEPTED",
        lateness="LATE",
    )


def _scan(cast: Cast, place: Place, moment: datetime, person: bytes) -> Scan:
    district, province = AREAS[place.commune_code]
    feed = "checkpoint" if place.category is Category.CHECKPOINT else "venue"
    return Scan(
        scan_id=cast.chance.randbytes(16),
        subject=person,
        place_id=place.place_id,
        device_id=place.place_id,
        direction=cast.chance.choice(["IN", "IN", "OUT", "PASS"]),
        event_time=moment,
        logged_at=min(NOW, moment + timedelta(milliseconds=cast.chance.choice([5, 900, 90_000]))),
        feed=cast.chance.choice([feed, feed, feed, "vehicle"]),
        verdict=cast.chance.choice(["ACCEPTED"] * 9 + ["RESCAN"]),
        lateness="ON_TIME",
        category=int(place.category),
        commune=place.commune_code,
        district=district,
        province=province,
    )
