"""Lockdowns, isolations and the daily updates that are due and received."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from schemas.admin_units import communes
from tests.sinks.conftest import Database
from tests.sinks.reports.isolation_oracle import (
    DAY,
    Isolated,
    Locked,
    Update,
    counted_residents,
    isolated_at,
    locked_at,
    missing_on,
)
from tests.sinks.reports.landed import asked, aware, hour, identity, land, land_links

pytestmark = pytest.mark.integration
_UNITS = [*communes()[:3], communes()[40], communes()[600]]
_NOBODY = bytes(16)


def _random_isolations(seeded: random.Random, person: int) -> list[Isolated]:
    return [
        Isolated(
            number=100 * person + step,
            person=person,
            isolation=10 * person + seeded.randint(0, 1),
            action=seeded.choice(["ASSIGNED", "ASSIGNED", "MOVED", "ENDED"]),
            told=hour(6 * seeded.randint(-16, 16)),
            starts=hour(6 * seeded.randint(-16, 16)),
            days=seeded.choice([0, 1, 3, 14]),
            site=seeded.randint(0, 3),
        )
        for step in range(seeded.randint(1, 5))
    ]


def _land_isolations(database: Database, told: Sequence[Isolated]) -> None:
    rows = [
        {
            "event_id": identity(one.number),
            "subject": identity(one.person),
            "isolation_id": identity(one.isolation),
            "action": one.action,
            "site_id": one.site,
            "starts": one.starts,
            "days": one.days,
            "event_time": one.told,
            "commune_code": _UNITS[one.person % len(_UNITS)].code,
        }
        for one in told
    ]
    land(database, "isolations", rows)


def _random_lockdowns(seeded: random.Random) -> list[Locked]:
    found = []
    for number in range(40):
        unit, level = seeded.choice(_UNITS), seeded.choice(["HAMLET", "HAMLET", "COMMUNE", "DISTRICT", "PROVINCE"])
        code = {"DISTRICT": unit.district_code, "PROVINCE": unit.province_code}.get(level, unit.code)
        since = seeded.randint(-48, 48)
        found.append(
            Locked(
                number=number + 1,
                lockdown=seeded.randint(1, 12),
                action=seeded.choice(["STARTED", "CHANGED", "ENDED"]),
                level=level,
                code=code,
                hamlet=seeded.choice(["Thôn Đông", "Thôn Tây"]) if level == "HAMLET" else "",
                residents=seeded.randint(1, 900),
                told=hour(seeded.randint(-48, 48)),
                since=hour(since),
                until=hour(since + seeded.randint(1, 48)) if seeded.random() < 0.4 else None,
                commune=unit.code if level in ("HAMLET", "COMMUNE") else 0,
                district=0 if level == "PROVINCE" else unit.district_code,
                province=unit.province_code,
            )
        )
    return found


def _land_lockdowns(database: Database, told: Sequence[Locked]) -> None:
    rows = [
        {
            "event_id": identity(10_000 + one.number),
            "lockdown_id": identity(one.lockdown),
            "action": one.action,
            "level": one.level,
            "area_code": one.code,
            "hamlet": one.hamlet,
            "residents": one.residents,
            "valid_from": one.since,
            "valid_until": one.until or datetime(1970, 1, 1, tzinfo=UTC),
            "event_time": one.told,
        }
        for one in told
    ]
    land(database, "lockdowns", rows)


def _land_updates(database: Database, updates: Sequence[Update]) -> None:
    rows = [
        {
            "event_id": identity(20_000 + number),
            "subject": identity(one.person),
            "assignment_id": identity(one.lockdown) if one.lockdown else _NOBODY,
            "status": one.status,
            "slot": one.slot,
            "symptoms": one.symptoms,
            "commune_code": one.commune,
            "event_time": one.at,
        }
        for number, one in enumerate(updates)
    ]
    land(database, "health_updates", rows)


def _number(text: object) -> int:
    return int(str(text), 16)


def test_who_is_isolated_follows_from_what_was_told_last(reports: Database) -> None:
    seeded = random.Random(20210801)
    told = [one for person in range(1, 400) for one in _random_isolations(seeded, person)]
    _land_isolations(reports, told)
    for at in (hour(-50.5), hour(0), hour(12)):
        found = reports.rows(
            "SELECT hex(subject), hex(isolation_id), site_id, began, starts, ends, moves, commune "  # noqa: S608 -- our names
            f"FROM {{}}.isolations_active(at = '{asked(at)}')"
        )
        active = [
            (_number(who), _number(which), site, aware(began), aware(starts), aware(ends), moves)
            for who, which, site, began, starts, ends, moves, _ in found
        ]
        assert sorted(active) == isolated_at(told, at)
        assert {int(str(row[-1])) for row in found} == {unit.code for unit in _UNITS}


def test_lockdowns_are_what_was_told_last_and_count_residents_once(reports: Database) -> None:
    seeded = random.Random(20210802)
    for _ in range(3):
        told = _random_lockdowns(seeded)
        reports.client.command(f"TRUNCATE TABLE `{reports.name}`.lockdowns")
        _land_lockdowns(reports, told)
        at = hour(seeded.randint(-24, 48))
        found = reports.rows(
            "SELECT hex(lockdown_id), toString(level), area_code, hamlet, residents, commune, district, province, "  # noqa: S608 -- our names
            f"counted FROM {{}}.lockdown_residents(at = '{asked(at)}')"
        )
        active = locked_at(told, at)
        expected = [
            (one.lockdown, one.level, one.code, one.hamlet, one.residents, one.commune, one.district, one.province)
            for one in active
        ]
        assert sorted((_number(row[0]), *row[1:8]) for row in found) == sorted(expected)
        assert {_number(row[0]): row[8] for row in found} == counted_residents(told, active, at)


def _streaks(database: Database, day: date) -> list[tuple[int, int, int, object]]:
    found = database.rows(
        "SELECT hex(subject), hex(assignment_id), streak, last_update "  # noqa: S608 -- our names
        f"FROM {{}}.updates_missing(day = '{day}')"
    )
    return sorted((_number(who), _number(which), int(str(streak)), last) for who, which, streak, last in found)


def test_missing_updates_and_their_streaks_are_those_counted_day_by_day(reports: Database) -> None:
    seeded = random.Random(20210803)
    told = [one for person in range(1, 250) for one in _random_isolations(seeded, person)]
    updates = [
        Update(
            person=seeded.randint(1, 250),
            at=hour(seeded.randint(-96, 60)),
            status=seeded.choice(["SUBMITTED", "SUBMITTED", "UNAVAILABLE", "REFUSED"]),
        )
        for _ in range(900)
    ]
    _land_isolations(reports, told)
    _land_updates(reports, updates)
    for day in (DAY, DAY + timedelta(days=2)):
        expected = missing_on(told, updates, day)
        assert len({streak for _, _, streak, _ in expected}) > 1
        assert _streaks(reports, day) == expected


def test_a_day_has_one_row_for_each_person_heard_of(reports: Database) -> None:
    _land_updates(
        reports,
        [
            Update(person=1, at=hour(7), slot="AM", symptoms=1),
            Update(person=1, at=hour(19), slot="PM", symptoms=4, status="SUBMITTED"),
            Update(person=2, at=hour(9), status="SUBMITTED"),
            Update(person=2, at=hour(20), status="REFUSED"),
            Update(person=3, at=hour(23.99), status="UNAVAILABLE"),
            Update(person=4, at=hour(24)),
            Update(person=5, at=hour(-0.01)),
        ],
    )
    found = reports.rows(
        "SELECT hex(subject), submitted, morning, afternoon, symptoms, toString(last_status), updates "  # noqa: S608 -- our names
        f"FROM {{}}.updates_received(day = '{DAY}') ORDER BY subject"
    )
    assert [(_number(row[0]), *row[1:]) for row in found] == [
        (1, 1, 1, 1, 5, "SUBMITTED", 2),
        (2, 1, 0, 0, 0, "REFUSED", 2),
        (3, 0, 0, 0, 0, "UNAVAILABLE", 1),
    ]


def _lockdown(number: int, level: str, unit: Any, residents: int, *, hamlet: str = "") -> Locked:
    code = unit.district_code if level == "DISTRICT" else unit.code
    return Locked(
        number=number,
        lockdown=number,
        action="STARTED",
        level=level,
        code=code,
        hamlet=hamlet,
        residents=residents,
        told=hour(0),
        since=hour(0),
        until=None,
        commune=0,
        district=0,
        province=0,
    )


def _at_home(*people: int) -> list[Isolated]:
    return [
        Isolated(
            number=person,
            person=person,
            isolation=person,
            action="ASSIGNED",
            told=hour(0),
            starts=hour(0),
            days=14,
            site=0,
        )
        for person in people
    ]


def test_a_person_is_heard_of_once_whatever_documents_are_shown(reports: Database) -> None:
    near = _UNITS[0]
    land_links(reports, (1, 6), (7, 2), (8, 7), (31, 32))
    _land_lockdowns(reports, [_lockdown(901, "COMMUNE", near, 10)])
    _land_isolations(reports, _at_home(6, 31, 40))
    _land_updates(
        reports,
        [
            Update(person=1, at=hour(7), slot="AM", symptoms=1),
            Update(person=6, at=hour(19), slot="PM", symptoms=4),
            Update(person=2, at=hour(8), lockdown=901),
            Update(person=8, at=hour(9), commune=near.code),
            Update(person=31, at=hour(10)),
        ],
    )
    heard = reports.rows(
        "SELECT hex(subject), hex(person), morning, afternoon, symptoms, updates "  # noqa: S608 -- our names
        f"FROM {{}}.updates_received(day = '{DAY}') ORDER BY person"
    )
    assert [(_number(who), _number(person), *more) for who, person, *more in heard] == [
        (6, 1, 1, 1, 5, 2), (8, 2, 0, 0, 0, 2), (31, 31, 0, 0, 0, 1)
    ]  # fmt: skip
    compliance = reports.rows(
        "SELECT sum(expected), sum(received) "  # noqa: S608 -- our names
        f"FROM {{}}.update_compliance(day = '{DAY}') GROUP BY scope ORDER BY scope"
    )
    assert compliance == [(3, 2), (10, 1)]
    slots = reports.rows(
        "SELECT sum(expected), sum(received), sum(morning), sum(afternoon), sum(whole_day), sum(missing) "  # noqa: S608 -- our names
        f"FROM {{}}.missing_daily_updates(day = '{DAY}') GROUP BY scope ORDER BY scope"
    )
    assert slots == [(3, 2, 1, 1, 1, 1), (10, 1, 0, 0, 1, 9)]


def test_compliance_counts_isolated_people_and_residents_of_areas(reports: Database) -> None:
    near, far = _UNITS[0], _UNITS[4]
    _land_lockdowns(
        reports,
        [
            _lockdown(901, "DISTRICT", near, 10),
            _lockdown(902, "COMMUNE", near, 4),
            _lockdown(903, "HAMLET", far, 5, hamlet="Thôn Đông"),
        ],
    )
    _land_isolations(reports, _at_home(5, 10))
    _land_updates(
        reports,
        [
            Update(person=5, at=hour(8), commune=near.code),
            Update(person=21, at=hour(8), commune=near.code),
            Update(person=22, at=hour(8), lockdown=902),
            Update(person=22, at=hour(9), lockdown=902),
            Update(person=23, at=hour(8), lockdown=903),
            Update(person=24, at=hour(8), commune=far.code),
            Update(person=25, at=hour(8), lockdown=903, status="REFUSED"),
        ],
    )
    found = reports.rows(
        "SELECT toString(scope), level, expected, received, missing, share "  # noqa: S608 -- our names
        f"FROM {{}}.update_compliance(day = '{DAY}') ORDER BY scope, level"
    )
    assert found == [("ISOLATION", "", 2, 1, 1, 0.5), ("LOCKDOWN", "DISTRICT", 10, 3, 7, 0.3),
                     ("LOCKDOWN", "HAMLET", 5, 1, 4, 0.2)]  # fmt: skip
