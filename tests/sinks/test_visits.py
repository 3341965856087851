"""Visits follow from the scans that landed, whatever order they came in."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.enums import Category, Direction, ScanMode, clickhouse_enum
from schemas.stays import STAYS
from tests.sinks.conftest import Database
from tests.sinks.corrections import Correction, land_corrections
from tests.sinks.visits_oracle import Scan, Visit, visits

pytestmark = pytest.mark.integration

#: Midnight in Vietnam, of a Tuesday.
MIDNIGHT = datetime(2021, 5, 31, 17, tzinfo=UTC)
_COLUMNS = (
    "scan_id", "subject", "place_id", "direction", "event_time", "logged_at", "scan_mode", "feed", "verdict", "trip_id",
    "category",
)  # fmt: skip
_ASKED = (
    "SELECT reinterpretAsUInt128(reverse(subject)), place_id, trip_id, start, end, start_imputed, end_imputed, "
    "hex(start_scan), hex(end_scan) FROM {{}}.visits(from='{:%Y-%m-%d %H:%M:%S}', to='{:%Y-%m-%d %H:%M:%S}')"
)
IN, OUT, PASS = Direction.IN, Direction.OUT, Direction.PASS
#: What a person did (hour of the day, direction, place), and the visits of it (place, start, end, what is imputed).
_DAY: dict[str, tuple[list[tuple[float, Direction, str]], list[tuple[str, float, float, str]]]] = {
    "in and out are a visit": ([(9, IN, "cafe"), (9.5, OUT, "cafe")], [("cafe", 9, 9.5, "")]),
    "a way out far later counts the same day": ([(9, IN, "cafe"), (20, OUT, "cafe")], [("cafe", 9, 20, "")]),
    "without a way out the default counts": ([(9, IN, "cafe")], [("cafe", 9, 11, "end")]),
    "a supermarket takes less": ([(9, IN, "supermarket")], [("supermarket", 9, 10.5, "end")]),
    "midnight ends it": ([(23, IN, "cafe")], [("cafe", 23, 24, "end")]),
    "a way out after midnight is another visit": (
        [(23, IN, "cafe"), (24.5, OUT, "cafe")],
        [("cafe", 23, 24, "end"), ("cafe", 24, 24.5, "start")],
    ),
    "a night shift passes midnight": ([(20, IN, "factory")], [("factory", 20, 32, "end")]),
    "so does its way out": ([(22, IN, "factory"), (30, OUT, "factory")], [("factory", 22, 30, "")]),
    "a night at a hotel is a day": ([(15, IN, "hotel")], [("hotel", 15, 39, "end")]),
    "a week at a hotel is a visit": ([(15, IN, "hotel"), (183, OUT, "hotel")], [("hotel", 15, 183, "")]),
    "the next way in ends it": (
        [(9, IN, "cafe"), (9.5, IN, "supermarket"), (10, OUT, "supermarket")],
        [("cafe", 9, 9.5, "end"), ("supermarket", 9.5, 10, "")],
    ),
    "the same place again ends it": (
        [(9, IN, "cafe"), (10, IN, "cafe"), (10.5, OUT, "cafe")],
        [("cafe", 9, 10, "end"), ("cafe", 10, 10.5, "")],
    ),
    "a place within a place interrupts nothing that was seen to end": (
        [(8, IN, "hospital"), (9, IN, "cafe"), (10, OUT, "cafe"), (12, OUT, "hospital")],
        [("hospital", 8, 12, ""), ("cafe", 9, 10, "")],
    ),
    "a way out alone began a default before": ([(15, OUT, "cafe")], [("cafe", 13, 15, "start")]),
    "but not before midnight": ([(1, OUT, "cafe")], [("cafe", 0, 1, "start")]),
    "nor before the scan before": (
        [(14, IN, "supermarket"), (14.5, OUT, "supermarket"), (15, OUT, "cafe")],
        [("supermarket", 14, 14.5, ""), ("cafe", 14.5, 15, "start")],
    ),
    "a checkpoint is a point and ends what is open": (
        [(9, IN, "cafe"), (10, PASS, "checkpoint")],
        [("cafe", 9, 10, "end"), ("checkpoint", 10, 10, "")],
    ),
    "a gate that tells no direction is a point and ends nothing": (
        [(9, IN, "cafe"), (10, PASS, "supermarket")],
        [("cafe", 9, 11, "end"), ("supermarket", 10, 10, "")],
    ),
    "a bus without a trip": ([(9, IN, "bus")], [("bus", 9, 13, "end")]),
    "a trip ends with the last who gets off": ([(9, IN, "trip")], [("trip", 9, 15, "end")]),
    "another trip of the same bus": (
        [(9, IN, "trip"), (16, IN, "next trip"), (17, OUT, "next trip")],
        [("trip", 9, 15, "end"), ("next trip", 16, 17, "")],
    ),
    "somebody else of that trip": ([(8, IN, "trip"), (15, OUT, "trip")], [("trip", 8, 15, "")]),
}  # fmt: skip
_PLACES = {
    "cafe": (1, Category.CAFE, "venue", 0),
    "supermarket": (2, Category.SUPERMARKET, "venue", 0),
    "factory": (3, Category.FACTORY, "venue", 0),
    "hotel": (4, Category.HOTEL, "venue", 0),
    "hospital": (5, Category.HOSPITAL, "venue", 0),
    "checkpoint": (6, Category.UNKNOWN, "checkpoint", 0),
    "bus": (7, Category.UNKNOWN, "vehicle", 0),
    "trip": (7, Category.PUBLIC_TRANSPORT_VEHICLE, "vehicle", 70),
    "next trip": (7, Category.PUBLIC_TRANSPORT_VEHICLE, "vehicle", 71),
}
_NAMES = {(place, trip): name for name, (place, _, _, trip) in _PLACES.items()}


def _hour(hour: float) -> datetime:
    return MIDNIGHT + timedelta(hours=hour)


def _scan(number: int, person: int, hour: float, direction: Direction, where: str) -> Scan:
    place, category, feed, trip = _PLACES[where]
    return Scan(
        number=number,
        person=person,
        place=place,
        at=_hour(hour),
        direction=direction,
        category=category,
        feed=feed,
        trip=trip,
    )


def _told(visit: Visit) -> tuple[str, float, float, str]:
    hours = [(at - MIDNIGHT) / timedelta(hours=1) for at in (visit.start, visit.end)]
    imputed = "start" * visit.start_imputed + "end" * visit.end_imputed
    return _NAMES[visit.place, visit.trip], hours[0], hours[1], imputed


def _land(database: Database, scans: Sequence[Scan], *, verdict: str = "ACCEPTED") -> None:
    rows = [
        [
            scan.scan_id,
            scan.person.to_bytes(16, "big"),
            scan.place,
            scan.direction.name,
            scan.at,
            scan.at,
            ScanMode(scan.number % len(ScanMode)).name,
            scan.feed,
            verdict,
            scan.trip,
            scan.category.name,
        ]
        for scan in scans
    ]
    database.client.insert("scans", rows, column_names=_COLUMNS, database=database.name)


def _seen(database: Database, since: datetime, until: datetime) -> list[Visit]:
    rows = database.rows(_ASKED.format(since, until))
    return sorted(
        Visit(
            person=int(str(person)),
            place=int(str(place)),
            trip=int(str(trip)),
            start=_aware(start),
            end=_aware(end),
            start_imputed=bool(start_imputed),
            end_imputed=bool(end_imputed),
            start_scan=bytes.fromhex(str(start_scan)),
            end_scan=bytes.fromhex(str(end_scan)),
        )
        for person, place, trip, start, end, start_imputed, end_imputed, start_scan, end_scan in rows
    )


def _aware(at: object) -> datetime:
    assert isinstance(at, datetime)
    return at.replace(tzinfo=UTC)


def test_a_days_visits_follow_the_rules(scans_database: Database) -> None:
    scans = [
        _scan(100 * person + step, person, *scanned)
        for person, (did, _) in enumerate(_DAY.values(), start=1)
        for step, scanned in enumerate(did)
    ]
    _land(scans_database, scans)

    seen = sorted(_seen(scans_database, MIDNIGHT, _hour(24 * 8)), key=lambda visit: visit.start)

    told = {
        name: [_told(visit) for visit in seen if visit.person == person] for person, name in enumerate(_DAY, start=1)
    }
    assert told == {name: expected for name, (_, expected) in _DAY.items()}


def test_only_accepted_scans_count(scans_database: Database) -> None:
    _land(scans_database, [_scan(1, 1, 9, IN, "cafe")])
    _land(scans_database, [_scan(2, 1, 9.05, IN, "cafe"), _scan(3, 1, 9.1, OUT, "cafe")], verdict="RESCAN")
    assert [_told(visit) for visit in _seen(scans_database, MIDNIGHT, _hour(24))] == [("cafe", 9, 11, "end")]


def test_a_late_scan_restates_the_visit(scans_database: Database) -> None:
    _land(scans_database, [_scan(2, 1, 10, OUT, "cafe")])
    assert [_told(visit) for visit in _seen(scans_database, MIDNIGHT, _hour(24))] == [("cafe", 8, 10, "start")]
    _land(scans_database, [_scan(1, 1, 9, IN, "cafe")])
    assert [_told(visit) for visit in _seen(scans_database, MIDNIGHT, _hour(24))] == [("cafe", 9, 10, "")]


def test_a_visit_names_its_scans(scans_database: Database) -> None:
    way_in, way_out = _scan(1, 1, 9, IN, "cafe"), _scan(2, 1, 10, OUT, "cafe")
    _land(scans_database, [way_in, way_out])
    (visit,) = _seen(scans_database, MIDNIGHT, _hour(24))
    assert (visit.start_scan, visit.end_scan) == (way_in.scan_id, way_out.scan_id)


def test_a_scan_that_is_withdrawn_or_replaced_makes_no_visit(scans_database: Database) -> None:
    way_in, mistaken, way_out = (
        _scan(1, 1, 9, IN, "cafe"),
        _scan(2, 1, 9.5, IN, "factory"),
        _scan(3, 1, 11.5, OUT, "cafe"),
    )
    instead = _scan(4, 1, 9.5, PASS, "checkpoint")
    _land(scans_database, [way_in, mistaken])
    assert [_told(visit)[0] for visit in _seen(scans_database, MIDNIGHT, _hour(48))] == ["cafe", "factory"]

    wrong = Correction(number=1, corrects=mistaken.scan_id, at=_hour(12), replacement=instead.scan_id)
    land_corrections(scans_database, wrong)
    assert [_told(visit) for visit in _seen(scans_database, MIDNIGHT, _hour(48))] == [("cafe", 9, 11, "end")]

    _land(scans_database, [instead, way_out])
    assert [_told(visit) for visit in _seen(scans_database, MIDNIGHT, _hour(48))] == [
        ("cafe", 9, 11.5, ""),
        ("checkpoint", 9.5, 9.5, ""),
    ]
    land_corrections(scans_database, Correction(number=2, corrects=way_out.scan_id, at=_hour(13)))
    assert ("cafe", 9, 9.5, "end") in [_told(visit) for visit in _seen(scans_database, MIDNIGHT, _hour(48))]


def test_a_correction_that_is_withdrawn_does_nothing(scans_database: Database) -> None:
    way_in = _scan(1, 1, 9, IN, "cafe")
    mistaken = Correction(number=1, corrects=way_in.scan_id, at=_hour(12))
    _land(scans_database, [way_in])
    land_corrections(scans_database, mistaken)
    assert _seen(scans_database, MIDNIGHT, _hour(24)) == []
    withdrawn = Correction(number=2, corrects=mistaken.event_id, at=_hour(13))
    land_corrections(scans_database, withdrawn)
    assert [_told(visit) for visit in _seen(scans_database, MIDNIGHT, _hour(24))] == [("cafe", 9, 11, "end")]
    land_corrections(scans_database, Correction(number=3, corrects=withdrawn.event_id, at=_hour(14)))
    assert _seen(scans_database, MIDNIGHT, _hour(24)) == []


_CATEGORIES = (Category.CAFE, Category.HOTEL, Category.FACTORY, Category.CHECKPOINT, Category.UNKNOWN)
_BUS = 5
_DIRECTIONS = [IN, IN, OUT, OUT, PASS]
#: Half hours of a few days around the span and the milliseconds beside them; hours of the weeks before and after.
_NEAR = st.builds(lambda half, ms: half * 1_800_000 + ms, st.integers(-72, 120), st.sampled_from([-1, 0, 0, 0, 1]))
_FAR = st.integers(-28 * 24, 30 * 24).map(lambda hours: hours * 3_600_000)
_CASE = st.lists(
    st.tuples(
        st.integers(0, 1), st.integers(0, _BUS), st.one_of(_NEAR, _FAR), st.sampled_from(_DIRECTIONS), st.integers(0, 1)
    ),
    min_size=1,
    max_size=12,
)
_Case = list[tuple[int, int, int, Direction, int]]


def _random_case(seeded: random.Random) -> _Case:
    def step_ms() -> int:
        if seeded.random() < 0.2:
            return seeded.randint(-28 * 24, 30 * 24) * 3_600_000
        return seeded.randint(-72, 120) * 1_800_000 + seeded.choice([-1, 0, 0, 0, 1])

    people, places = seeded.choice([1, 1, 2]), seeded.sample(range(_BUS + 1), seeded.randint(1, 3))
    return [
        (seeded.randrange(people), seeded.choice(places), step_ms(), seeded.choice(_DIRECTIONS), seeded.randint(0, 1))
        for _ in range(seeded.randint(2, 8))
    ]


def _scans_of(case: _Case, index: int) -> list[Scan]:
    """Return a case's scans; cases share neither people nor places."""
    return [
        Scan(
            number=1_000 * index + number,
            person=10 * index + person,
            place=10 * index + place,
            at=MIDNIGHT + timedelta(milliseconds=step),
            direction=direction,
            category=_CATEGORIES[place % len(_CATEGORIES)],
            feed="vehicle" if place == _BUS else "venue",
            trip=trip if place == _BUS else 0,
        )
        for number, (person, place, step, direction, trip) in enumerate(case)
    ]


def _compare(database: Database, cases: Sequence[_Case]) -> None:
    """Land all cases at once and compare each with the rules spelled out."""
    scans = [_scans_of(case, index) for index, case in enumerate(cases, start=1)]
    database.client.command(f"TRUNCATE TABLE `{database.name}`.scans")
    _land(database, [scan for one in scans for scan in one])
    since, until = MIDNIGHT, _hour(24)
    expected = [visit for one in scans for visit in visits(one, since=since, until=until)]
    assert _seen(database, since, until) == sorted(expected)


def test_thousands_of_random_cases_have_the_visits_of_the_rules_spelled_out(scans_database: Database) -> None:
    seeded = random.Random(20210601)
    _compare(scans_database, [_random_case(seeded) for _ in range(2_500)])


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_CASE, min_size=1, max_size=10))
def test_any_cases_have_the_visits_of_the_rules_spelled_out(scans_database: Database, cases: list[_Case]) -> None:
    _compare(scans_database, cases)


def test_the_table_of_stays_is_the_one_of_the_schemas(scans_database: Database) -> None:
    found = scans_database.rows(
        "SELECT toString(category), stay_minutes, most_minutes, overnight FROM {}.default_stays FINAL"
    )
    expected = [(kind.name, stay.stay_minutes, stay.most_minutes, stay.overnight) for kind, stay in STAYS.items()]
    assert set(found) == set(expected)
    assert scans_database.rows("SELECT DISTINCT toTypeName(category) FROM {}.default_stays") == [
        (clickhouse_enum(Category),)
    ]
