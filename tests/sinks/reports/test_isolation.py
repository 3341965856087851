"""Who is isolated, and which lockdowns are in force."""

import random

import pytest

from tests.sinks.conftest import Database
from tests.sinks.reports.isolation_landed import (
    UNITS,
    land_isolations,
    land_lockdowns,
    number,
    random_isolations,
    random_lockdowns,
)
from tests.sinks.reports.isolation_oracle import counted_residents, isolated_at, locked_at
from tests.sinks.reports.landed import asked, aware, hour

pytestmark = pytest.mark.integration


def test_who_is_isolated_follows_from_what_was_told_last(reports: Database) -> None:
    seeded = random.Random(20210801)
    told = [one for person in range(1, 400) for one in random_isolations(seeded, person)]
    land_isolations(reports, told)
    for at in (hour(-50.5), hour(0), hour(12)):
        found = reports.rows(
            "SELECT hex(subject), hex(isolation_id), site_id, began, starts, ends, moves, commune "  # noqa: S608 -- our names
            f"FROM {{}}.isolations_active(at = '{asked(at)}')"
        )
        active = [
            (number(who), number(which), site, aware(began), aware(starts), aware(ends), moves)
            for who, which, site, began, starts, ends, moves, _ in found
        ]
        assert sorted(active) == isolated_at(told, at)
        assert {int(str(row[-1])) for row in found} == {unit.code for unit in UNITS}


def test_lockdowns_are_what_was_told_last_and_count_residents_once(reports: Database) -> None:
    seeded = random.Random(20210802)
    for _ in range(3):
        told = random_lockdowns(seeded)
        reports.client.command(f"TRUNCATE TABLE `{reports.name}`.lockdowns")
        land_lockdowns(reports, told)
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
        assert sorted((number(row[0]), *row[1:8]) for row in found) == sorted(expected)
        assert {number(row[0]): row[8] for row in found} == counted_residents(told, active, at)
