"""Visits follow from the scans that landed, whatever order they came in."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.enums import Category, ScanMode, clickhouse_enum
from schemas.stays import STAYS
from tests.sinks.conftest import Database
from tests.sinks.corrections import Correction, land_corrections
from tests.sinks.visits_cases import CASE, Case, random_case, scans_of
from tests.sinks.visits_days import DAY, IN, MIDNIGHT, NAMES, OUT, PASS, hour, scan_at
from tests.sinks.visits_oracle import Scan, Visit, visits

pytestmark = pytest.mark.integration

_COLUMNS = (
    "scan_id", "subject", "place_id", "direction", "event_time", "logged_at", "scan_mode", "feed", "verdict", "trip_id",
    "category",
)  # fmt: skip
_ASKED = (
    "SELECT reinterpretAsUInt128(reverse(subject)), place_id, trip_id, start, end, start_imputed, end_imputed, "
    "hex(start_scan), hex(end_scan) FROM {{}}.visits(from='{:%Y-%m-%d %H:%M:%S}', to='{:%Y-%m-%d %H:%M:%S}')"
)


def _told(visit: Visit) -> tuple[str, float, float, str]:
    hours = [(at - MIDNIGHT) / timedelta(hours=1) for at in (visit.start, visit.end)]
    imputed = "start" * visit.start_imputed + "end" * visit.end_imputed
    return NAMES[visit.place, visit.trip], hours[0], hours[1], imputed


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
        scan_at(100 * person + step, person, *scanned)
        for person, (did, _) in enumerate(DAY.values(), start=1)
        for step, scanned in enumerate(did)
    ]
    _land(scans_database, scans)

    seen = sorted(_seen(scans_database, MIDNIGHT, hour(24 * 8)), key=lambda visit: visit.start)

    told = {
        name: [_told(visit) for visit in seen if visit.person == person] for person, name in enumerate(DAY, start=1)
    }
    assert told == {name: expected for name, (_, expected) in DAY.items()}


def test_only_accepted_scans_count(scans_database: Database) -> None:
    _land(scans_database, [scan_at(1, 1, 9, IN, "cafe")])
    _land(scans_database, [scan_at(2, 1, 9.05, IN, "cafe"), scan_at(3, 1, 9.1, OUT, "cafe")], verdict="RESCAN")
    assert [_told(visit) for visit in _seen(scans_database, MIDNIGHT, hour(24))] == [("cafe", 9, 11, "end")]


def test_a_late_scan_restates_the_visit(scans_database: Database) -> None:
    _land(scans_database, [scan_at(2, 1, 10, OUT, "cafe")])
    assert [_told(visit) for visit in _seen(scans_database, MIDNIGHT, hour(24))] == [("cafe", 8, 10, "start")]
    _land(scans_database, [scan_at(1, 1, 9, IN, "cafe")])
    assert [_told(visit) for visit in _seen(scans_database, MIDNIGHT, hour(24))] == [("cafe", 9, 10, "")]


def test_a_visit_names_its_scans(scans_database: Database) -> None:
    way_in, way_out = scan_at(1, 1, 9, IN, "cafe"), scan_at(2, 1, 10, OUT, "cafe")
    _land(scans_database, [way_in, way_out])
    (visit,) = _seen(scans_database, MIDNIGHT, hour(24))
    assert (visit.start_scan, visit.end_scan) == (way_in.scan_id, way_out.scan_id)


def test_a_scan_that_is_withdrawn_or_replaced_makes_no_visit(scans_database: Database) -> None:
    way_in, mistaken, way_out = (
        scan_at(1, 1, 9, IN, "cafe"),
        scan_at(2, 1, 9.5, IN, "factory"),
        scan_at(3, 1, 11.5, OUT, "cafe"),
    )
    instead = scan_at(4, 1, 9.5, PASS, "checkpoint")
    _land(scans_database, [way_in, mistaken])
    assert [_told(visit)[0] for visit in _seen(scans_database, MIDNIGHT, hour(48))] == ["cafe", "factory"]

    wrong = Correction(number=1, corrects=mistaken.scan_id, at=hour(12), replacement=instead.scan_id)
    land_corrections(scans_database, wrong)
    assert [_told(visit) for visit in _seen(scans_database, MIDNIGHT, hour(48))] == [("cafe", 9, 11, "end")]

    _land(scans_database, [instead, way_out])
    assert [_told(visit) for visit in _seen(scans_database, MIDNIGHT, hour(48))] == [
        ("cafe", 9, 11.5, ""),
        ("checkpoint", 9.5, 9.5, ""),
    ]
    land_corrections(scans_database, Correction(number=2, corrects=way_out.scan_id, at=hour(13)))
    assert ("cafe", 9, 9.5, "end") in [_told(visit) for visit in _seen(scans_database, MIDNIGHT, hour(48))]


def test_a_correction_that_is_withdrawn_does_nothing(scans_database: Database) -> None:
    way_in = scan_at(1, 1, 9, IN, "cafe")
    mistaken = Correction(number=1, corrects=way_in.scan_id, at=hour(12))
    _land(scans_database, [way_in])
    land_corrections(scans_database, mistaken)
    assert _seen(scans_database, MIDNIGHT, hour(24)) == []
    withdrawn = Correction(number=2, corrects=mistaken.event_id, at=hour(13))
    land_corrections(scans_database, withdrawn)
    assert [_told(visit) for visit in _seen(scans_database, MIDNIGHT, hour(24))] == [("cafe", 9, 11, "end")]
    land_corrections(scans_database, Correction(number=3, corrects=withdrawn.event_id, at=hour(14)))
    assert _seen(scans_database, MIDNIGHT, hour(24)) == []


def _compare(database: Database, cases: Sequence[Case]) -> None:
    """Land all cases at once and compare each with the rules spelled out."""
    scans = [scans_of(case, index) for index, case in enumerate(cases, start=1)]
    database.client.command(f"TRUNCATE TABLE `{database.name}`.scans")
    _land(database, [scan for one in scans for scan in one])
    since, until = MIDNIGHT, hour(24)
    expected = [visit for one in scans for visit in visits(one, since=since, until=until)]
    assert _seen(database, since, until) == sorted(expected)


def test_thousands_of_random_cases_have_the_visits_of_the_rules_spelled_out(scans_database: Database) -> None:
    seeded = random.Random(20210601)
    _compare(scans_database, [random_case(seeded) for _ in range(2_500)])


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CASE, min_size=1, max_size=10))
def test_any_cases_have_the_visits_of_the_rules_spelled_out(scans_database: Database, cases: list[Case]) -> None:
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
