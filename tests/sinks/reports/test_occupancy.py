"""How full places are, compared with counting the visits of the rules spelled out, place by place."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from schemas.enums import Category, Direction
from tests.sinks.conftest import Database
from tests.sinks.reports.landed import MIDNIGHT, asked, aware, hour, identity, land
from tests.sinks.reports.standing import land_some_withdrawn
from tests.sinks.visits_oracle import Scan, Visit, visits

pytestmark = pytest.mark.integration
_MS = 1 / 3_600_000
_KINDS = [Category.CAFE, Category.FACTORY, Category.HOTEL, Category.SUPERMARKET, Category.CHECKPOINT]
_PLACES = range(1, 19)
_IN, _OUT, _PASS = Direction.IN, Direction.OUT, Direction.PASS


def _kind(place: int) -> Category:
    return _KINDS[place % 6] if place % 6 < len(_KINDS) else Category.PUBLIC_TRANSPORT_VEHICLE


def _capacity(place: int) -> int:
    return place % 4


def _scan(seeded: random.Random, number: int) -> Scan:
    place = seeded.choice(_PLACES)
    if seeded.random() < 0.15:
        at = hour(seeded.randint(-27 * 24, 27 * 24))
    else:
        at = hour(seeded.randint(-40, 90) / 2 + seeded.choice([-_MS, 0, 0, 0, _MS]))
    is_bus = place % 6 == len(_KINDS)
    return Scan(
        number=number,
        person=seeded.randint(1, 12),
        place=place,
        at=at,
        direction=seeded.choice([_IN, _IN, _OUT, _OUT, _PASS]),
        category=_kind(place),
        feed="vehicle" if is_bus else "venue",
        trip=seeded.randint(0, 2) if is_bus else 0,
    )


def _row(scan: Scan, verdict: str) -> Mapping[str, Any]:
    return {
        "scan_id": scan.scan_id,
        "subject": identity(scan.person),
        "place_id": scan.place,
        "trip_id": scan.trip,
        "direction": scan.direction.name,
        "feed": scan.feed,
        "event_time": scan.at,
        "verdict": verdict,
    }


def _register(database: Database) -> None:
    rows = [[place, f"Place {place}", _kind(place).name, 14755, _capacity(place)] for place in _PLACES]
    columns = ["place_id", "name", "category", "commune_code", "capacity"]
    database.client.insert("places", rows, column_names=columns, database=database.name)


def _world(database: Database, seeded: random.Random) -> list[Scan]:
    _register(database)
    scans = {scan.scan_id: scan for scan in (_scan(seeded, number) for number in range(1, 1_000))}
    rows = [_row(scan, seeded.choice(["ACCEPTED"] * 7 + ["RESCAN"])) for scan in scans.values()]
    return [scans[row["scan_id"]] for row in land_some_withdrawn(database, "scans", rows, seeded)]


def _stays(scans: Sequence[Scan], since: datetime, until: datetime) -> list[Visit]:
    """Return the visits of each place and trip as if there were no others; points are no stays."""
    moves = [scan for scan in scans if scan.direction in (_IN, _OUT) and scan.stay.stay_minutes > 0]
    apart = sorted({(scan.place, scan.trip) for scan in moves})
    return [
        visit
        for place, trip in apart
        for visit in visits([one for one in moves if (one.place, one.trip) == (place, trip)], since=since, until=until)
    ]


def _crowds(stays: Sequence[Visit], at: datetime) -> dict[int, tuple[int, int, datetime]]:
    """Return people inside, the most since midnight and when there were so many first, by place."""
    midnight = MIDNIGHT + timedelta(days=(at - MIDNIGHT) // timedelta(days=1))
    spans: dict[int, list[tuple[datetime, datetime]]] = {}
    for stay in stays:
        start = max(stay.start, midnight)
        if start < stay.end and start <= at:
            spans.setdefault(stay.place, []).append((start, stay.end))
    found = {}
    for place, times in spans.items():
        count = {moment: sum(start <= moment < end for start, end in times) for moment, _ in times}
        most = max(count.values())
        now = sum(start <= at < end for start, end in times)
        found[place] = (now, most, min(moment for moment, people in count.items() if people == most))
    return found


_COLUMNS = "place_id, inside, peak, peak_at, capacity, inside_share, peak_share"


def test_people_inside_and_the_peak_are_those_of_the_stays(reports: Database) -> None:
    stays = _stays(_world(reports, random.Random(20210807)), hour(-24), hour(48))
    for at in (hour(13), hour(24) - timedelta(milliseconds=1)):
        found = reports.rows(f"SELECT {_COLUMNS} FROM {{}}.occupancy(at = '{asked(at)}')")  # noqa: S608 -- our names
        assert {row[0]: (row[1], row[2], aware(row[3])) for row in found} == _crowds(stays, at)
        for place, inside, peak, _, capacity, inside_share, peak_share in found:
            full = _capacity(int(str(place)))
            assert capacity == full
            shares = [round(int(str(people)) / full, 4) if full else None for people in (inside, peak)]
            assert [inside_share, peak_share] == shares
    expected = _crowds(stays, hour(13))
    for place in (2, 4):
        (one,) = reports.rows(
            f"SELECT {_COLUMNS} FROM {{}}.occupancy_of(place = {place}, at = '{asked(hour(13))}')"  # noqa: S608 -- our names
        )
        inside, peak, first = expected.get(place, (0, 0, None))
        assert one[:3] == (place, inside, peak)
        assert (aware(one[3]) if one[3] else None) == first


def test_stays_of_a_place_are_its_visits_as_if_there_were_no_other_place(reports: Database) -> None:
    scans = _world(reports, random.Random(20210808))
    since, until = hour(-3), hour(30)
    columns = "place_id, trip_id, reinterpretAsUInt128(reverse(subject)), start, end, start_imputed, end_imputed"
    told = sorted(
        (one.place, one.trip, one.person, one.start, one.end, one.start_imputed, one.end_imputed)
        for one in _stays(scans, since, until)
    )
    for places in ([], [2, 5, 8]):
        found = reports.rows(
            f"SELECT {columns} FROM {{}}.place_stays(places = {places}, from = '{asked(since)}', to = '{asked(until)}')"  # noqa: S608 -- our names
        )
        stays = sorted((*row[:3], aware(row[3]), aware(row[4]), bool(row[5]), bool(row[6])) for row in found)
        assert stays == [one for one in told if not places or one[0] in places]


def test_a_place_nobody_registered_has_people_and_no_capacity(reports: Database) -> None:
    scan = replace(_scan(random.Random(1), 1), place=77, at=hour(9), direction=_IN, feed="venue", trip=0)
    land(reports, "scans", [_row(scan, "ACCEPTED")])
    asking = "SELECT inside, capacity, inside_share FROM {}"
    at = asked(hour(10))
    assert reports.rows(f"{asking}.occupancy(at = '{at}')") == [(1, 0, None)]
    assert reports.rows(f"{asking}.occupancy_of(place = 77, at = '{at}')") == [(1, 0, None)]


def test_one_place_is_answered_without_reading_the_others(reports: Database) -> None:
    reports.client.command(
        f"INSERT INTO `{reports.name}`.scans (scan_id, place_id, direction, feed, verdict, event_time, logged_at) "  # noqa: S608 -- our names
        "SELECT toFixedString(toString(number), 16), 1 + number % 50, 'IN', 'venue', 'ACCEPTED', "
        f"toDateTime64('{asked(hour(0))}', 3, 'UTC') + toIntervalMillisecond(number) AS at, at FROM numbers(200000)"
    )
    answer = reports.client.query(
        f"SELECT inside FROM `{reports.name}`.occupancy_of(place = 7, at = '{asked(hour(0.01))}')"  # noqa: S608 -- our names
    )
    assert answer.result_rows == [(1,)]
    assert int(answer.summary["read_rows"]) < 50_000
