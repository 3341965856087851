"""The daily updates that are due, missing and received."""

import random
from datetime import date, timedelta

import pytest

from tests.sinks.conftest import Database
from tests.sinks.reports.isolation_landed import (
    UNITS,
    at_home,
    land_isolations,
    land_lockdowns,
    land_updates,
    lockdown,
    number,
    random_isolations,
)
from tests.sinks.reports.isolation_oracle import DAY, Update, missing_on
from tests.sinks.reports.landed import hour, land_links

pytestmark = pytest.mark.integration


def _streaks(database: Database, day: date) -> list[tuple[int, int, int, object]]:
    found = database.rows(
        "SELECT hex(subject), hex(assignment_id), streak, last_update "  # noqa: S608 -- our names
        f"FROM {{}}.updates_missing(day = '{day}')"
    )
    return sorted((number(who), number(which), int(str(streak)), last) for who, which, streak, last in found)


def test_missing_updates_and_their_streaks_are_those_counted_day_by_day(reports: Database) -> None:
    seeded = random.Random(20210803)
    told = [one for person in range(1, 250) for one in random_isolations(seeded, person)]
    updates = [
        Update(
            person=seeded.randint(1, 250),
            at=hour(seeded.randint(-96, 60)),
            status=seeded.choice(["SUBMITTED", "SUBMITTED", "UNAVAILABLE", "REFUSED"]),
        )
        for _ in range(900)
    ]
    land_isolations(reports, told)
    land_updates(reports, updates)
    for day in (DAY, DAY + timedelta(days=2)):
        expected = missing_on(told, updates, day)
        assert len({streak for _, _, streak, _ in expected}) > 1
        assert _streaks(reports, day) == expected


def test_a_day_has_one_row_for_each_person_heard_of(reports: Database) -> None:
    land_updates(
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
    assert [(number(row[0]), *row[1:]) for row in found] == [
        (1, 1, 1, 1, 5, "SUBMITTED", 2),
        (2, 1, 0, 0, 0, "REFUSED", 2),
        (3, 0, 0, 0, 0, "UNAVAILABLE", 1),
    ]


def test_a_person_is_heard_of_once_whatever_documents_are_shown(reports: Database) -> None:
    near = UNITS[0]
    land_links(reports, (1, 6), (7, 2), (8, 7), (31, 32))
    land_lockdowns(reports, [lockdown(901, "COMMUNE", near, 10)])
    land_isolations(reports, at_home(6, 31, 40))
    land_updates(
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
    assert [(number(who), number(person), *more) for who, person, *more in heard] == [
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
    near, far = UNITS[0], UNITS[4]
    land_lockdowns(
        reports,
        [
            lockdown(901, "DISTRICT", near, 10),
            lockdown(902, "COMMUNE", near, 4),
            lockdown(903, "HAMLET", far, 5, hamlet="Thôn Đông"),
        ],
    )
    land_isolations(reports, at_home(5, 10))
    land_updates(
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
