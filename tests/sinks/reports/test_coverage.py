"""How far the QR has come, compared with the rules spelled out."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from schemas.admin_units import communes
from tests.sinks.conftest import Database
from tests.sinks.reports.coverage_oracle import Closure, Registered, Step, World, day_of
from tests.sinks.reports.isolation_oracle import DAY
from tests.sinks.reports.landed import hour, identity, land
from tests.sinks.reports.standing import land_some_withdrawn

pytestmark = pytest.mark.integration
_UNITS = [*communes()[:6], *communes()[40:46], *communes()[600:604]]
_MS = 1 / 3_600_000
_DAYS = (DAY, DAY + timedelta(days=1), DAY - timedelta(days=3))


def _border(seeded: random.Random, days: int) -> datetime:
    """Return a moment at a midnight, a millisecond beside it, or anywhere, within so many days of `DAY`."""
    midnight = 24 * seeded.randint(-days, 2)
    return hour(midnight + seeded.choice([0, -_MS, _MS, 8, 23 * seeded.random()]))


def _places(seeded: random.Random) -> list[Registered]:
    found = []
    for number in range(1, 200):
        unit = seeded.choice(_UNITS)
        found.append(
            Registered(
                place=number,
                category=seeded.choice(["CAFE", "HOSPITAL", "SCHOOL"]),
                department=seeded.choice(["SYT", "SGDDT"]),
                commune=unit.code,
                district=unit.district_code,
                mandate=seeded.choice(["", "2717/UBND-VX1"]),
            )
        )
    return found


def _steps(seeded: random.Random) -> list[Step]:
    actions = ["REGISTERED", "QR_ISSUED", "QR_POSTED", "QR_POSTED", "CLOSED", "REOPENED"]
    return [
        Step(place=seeded.randint(1, 199), action=seeded.choice(actions), at=_border(seeded, 5)) for _ in range(300)
    ]


def _land_register(database: Database, places: Sequence[Registered], closures: Sequence[Closure]) -> None:
    rows = [[one.place, one.category, one.department, one.commune, one.mandate] for one in places]
    columns = ["place_id", "category", "department", "commune_code", "mandate_ref"]
    database.client.insert("places", rows, column_names=columns, database=database.name)
    decisions = [
        {
            "event_id": identity(50_000 + number),
            "about": "REGIME",
            "level": "COMMUNE",
            "area_code": one.commune,
            "regime": "CT16",
            "valid_from": one.since,
            "valid_until": one.until,
            "event_time": one.since,
        }
        for number, one in enumerate(closures)
    ]
    land(database, "area_decisions", decisions)


def _world(database: Database, seeded: random.Random) -> World:
    """Land a world and return what stands of it."""
    places = _places(seeded)
    closures = [
        Closure(commune=_UNITS[0].code, since=hour(-30), until=hour(24)),
        Closure(commune=_UNITS[1].code, since=hour(24), until=hour(48)),
        Closure(commune=_UNITS[2].code, since=hour(-400), until=hour(400)),
    ]
    _land_register(database, places, closures)
    steps = [
        {"event_id": identity(number), "place_id": one.place, "action": one.action, "event_time": one.at}
        for number, one in enumerate(_steps(seeded), start=1)
    ]
    quiet = {unit.code for unit in _UNITS[3:9]}
    loud = [one.place for one in places if one.commune not in quiet]
    silent = [one.place for one in places if one.commune in quiet]
    scanned = [(seeded.choice(loud), _border(seeded, 8)) for _ in range(250)]
    scanned += [(place, _border(seeded, 70)) for place in seeded.sample(silent, 12)]
    scans = [
        {
            "scan_id": identity(10_000 + number),
            "place_id": place,
            "event_time": at,
            "verdict": seeded.choice(["ACCEPTED"] * 5 + ["RESCAN"]),
        }
        for number, (place, at) in enumerate(scanned)
    ]
    standing = land_some_withdrawn(database, "scans", scans, seeded)
    kept = land_some_withdrawn(database, "place_events", steps, seeded)
    return World(
        places=places,
        steps=[Step(place=row["place_id"], action=row["action"], at=row["event_time"]) for row in kept],
        closures=closures,
        scans=[(row["place_id"], row["event_time"]) for row in standing],
    )


def test_coverage_and_silent_communes_follow_from_what_stands(reports: Database) -> None:
    seeded = random.Random(20210805)
    world = _world(reports, seeded)
    for day in _DAYS:
        columns = (
            "toString(category), toString(department), district, registered, mandated, posted, active_today, "
            "active_week, mandated_posted, mandated_active_today, mandated_active_week, under_ct16, "
            "posted_share, province"
        )
        found = reports.rows(f"SELECT {columns} FROM {{}}.venue_coverage(day = '{day}')")  # noqa: S608 -- our names
        assert {row[:3]: list(row[3:12]) for row in found} == world.coverage(day)
        for row in found:
            assert row[12] == (round(int(str(row[8])) / int(str(row[4])), 4) if row[4] else None)
            assert row[13] == next(unit.province_code for unit in _UNITS if unit.district_code == row[2])
        silent = reports.rows(
            f"SELECT commune, places, last_day, streak, name FROM {{}}.zero_scan_communes(day = '{day}')"  # noqa: S608 -- our names
        )
        expected = world.zero_scan_communes(day)
        assert {row[0]: row[1:4] for row in silent} == expected
        assert {row[0]: row[4] for row in silent} == {unit.code: unit.name for unit in _UNITS if unit.code in expected}
        assert len({streak for _, _, streak in expected.values()}) > 1


def test_place_days_count_scans_that_stand_by_day_in_vietnam(reports: Database) -> None:
    seeded = random.Random(20210806)
    world = _world(reports, seeded)
    found = reports.rows(
        f"SELECT place_id, day, scans FROM {{}}.place_days(from = '{DAY - timedelta(days=2)}', to = '{DAY}')"  # noqa: S608 -- our names
    )
    expected: dict[tuple[int, object], int] = {}
    for place, at in world.scans:
        if DAY - timedelta(days=2) <= day_of(at) < DAY:
            expected[place, day_of(at)] = expected.get((place, day_of(at)), 0) + 1
    assert {(row[0], row[1]): row[2] for row in found} == expected
    assert expected
