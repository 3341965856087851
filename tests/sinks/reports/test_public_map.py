"""What the public may see of areas: no count of fewer than 10 people, nor any way to work one out."""

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from schemas.admin_units import communes
from tests.sinks.conftest import Database
from tests.sinks.reports.landed import hour, identity, land
from tests.sinks.reports.risk_oracle import LEAST_SHOWN, LEAST_TOGETHER, hidden_of

pytestmark = pytest.mark.integration
_DAY = date(2021, 8, 1)
Area = tuple[str, int]
_PARENT: dict[Area, Area] = {}
for _unit in communes():
    _PARENT["COMMUNE", _unit.code] = ("DISTRICT", _unit.district_code)
    _PARENT["DISTRICT", _unit.district_code] = ("PROVINCE", _unit.province_code)
_PROVINCES = sorted({("PROVINCE", unit.province_code) for unit in communes()})

#: How many cases a commune has, by how common they are in its district.
_KINDS: list[Callable[[random.Random], int]] = [
    lambda _seeded: 0,
    lambda seeded: seeded.randint(1, 4) if seeded.random() < 0.1 else 0,
    lambda seeded: int(seeded.paretovariate(0.9)) % 60 if seeded.random() < 0.5 else 0,
    lambda seeded: seeded.choice([0, 3, 9, 10, 11, 12]),
    lambda seeded: seeded.choice([10, 11, 15, 30]) if seeded.random() < 0.97 else seeded.randint(0, 9),
]


def _public(database: Database, day: date, columns: str) -> dict[Area, tuple[Any, ...]]:
    asked = f"SELECT level, code, {columns} FROM {{}}.public_map(day = '{day}')"  # noqa: S608 -- our own names
    rows: Sequence[Any] = database.rows(asked)
    return {(level, code): tuple(rest) for level, code, *rest in rows}


def _expected_hidden(counts: Mapping[Area, int], parts: Mapping[Area, int]) -> set[Area]:
    """Return what is hidden, from the top down. `parts` are the counts that a total is compared with."""
    hidden = {area for area in _PROVINCES if counts[area] < LEAST_SHOWN}
    inside: dict[Area, list[Area]] = defaultdict(list)
    for area, parent in _PARENT.items():
        inside[parent].append(area)
    for level in ("PROVINCE", "DISTRICT"):
        for parent in [area for area in inside if area[0] == level]:
            members = {area[1]: parts[area] for area in inside[parent]}
            chosen = members if parent in hidden else hidden_of(members)
            hidden |= {area for area in inside[parent] if area[1] in chosen}
    return hidden


def _totals(of_communes: Mapping[int, int]) -> dict[Area, int]:
    totals: dict[Area, int] = defaultdict(int)
    for unit in communes():
        for area in (("COMMUNE", unit.code), ("DISTRICT", unit.district_code), ("PROVINCE", unit.province_code)):
            totals[area] += of_communes[unit.code]
    return totals


def _drawn(seeded: random.Random) -> dict[int, int]:
    """Return how many cases each commune has; there are none but few in one province."""
    kinds = {unit.district_code: seeded.choice(_KINDS) for unit in communes()}
    drawn = {unit.code: kinds[unit.district_code](seeded) for unit in communes()}
    few = [unit.code for unit in communes() if unit.province_code == 64]
    return drawn | {code: int(at < 6) for at, code in enumerate(few)}


def test_of_random_cases_the_few_are_hidden_and_nothing_shown_gives_them_away(reports: Database) -> None:
    of_communes = _drawn(random.Random(11))
    cases = [code for code, count in of_communes.items() for _ in range(count)]
    land(
        reports,
        "cases",
        [
            {
                "event_id": identity(number),
                "case_id": identity(number),
                "subject": identity(number),
                "commune_code": code,
                "status": "CONFIRMED",
                "event_time": hour(1),
            }
            for number, code in enumerate(cases, start=1)
        ],
    )

    found = _public(reports, _DAY, "cases, cases_hidden")

    totals = _totals(of_communes)
    hidden = _expected_hidden(totals, totals)
    assert {area for area, (cases, _) in found.items() if cases is None} == hidden
    assert {area for area, (_, is_hidden) in found.items() if is_hidden} == hidden
    assert all(found[area][0] == totals[area] for area in found if area not in hidden)
    _assert_no_total_gives_one_away({area: cases for area, (cases, _) in found.items()})
    assert {(level, is_hidden) for (level, _), (_, is_hidden) in found.items()} == {
        (level, is_hidden) for level in ("COMMUNE", "DISTRICT", "PROVINCE") for is_hidden in (0, 1)
    }, "a poor draw"


def _assert_no_total_gives_one_away(shown: Mapping[Area, int | None]) -> None:
    """What a total leaves for its hidden parts is 19 or more, or for all of them; test_risk_oracle.py has the rest."""
    inside: dict[Area, list[int | None]] = defaultdict(list)
    for area, parent in _PARENT.items():
        inside[parent].append(shown[area])
    for parent, counts in inside.items():
        total, known = shown[parent], [count for count in counts if count is not None]
        if total is None:
            assert not known
        elif len(known) < len(counts):
            assert total - sum(known) >= LEAST_TOGETHER or not known
            assert len(counts) - len(known) >= 2


def test_scans_are_hidden_with_the_people_who_made_them(reports: Database) -> None:
    """People come around, so that a total of people is less than the sum of its parts."""
    seeded = random.Random(12)
    units = [unit for unit in communes() if unit.province_code in (42, 94)]
    draws = [(seeded.choice(units[: 1 + seeded.randrange(len(units))]), seeded.randrange(700)) for _ in range(4_000)]
    rows: list[dict[str, Any]] = [
        {
            "scan_id": identity(number + 1),
            "subject": identity(person + 1),
            "verdict": "ACCEPTED",
            "commune": unit.code,
            "district": unit.district_code,
            "province": unit.province_code,
            "event_time": hour(seeded.uniform(0, 24)),
        }
        for number, (unit, person) in enumerate(draws)
    ]
    outside = [{**rows[0], "scan_id": identity(10_001), "event_time": hour(at)} for at in (-0.001, 24)]
    withdrawn = {"event_id": identity(20_001), "corrects": rows[0]["scan_id"], "event_time": hour(30)}
    land(reports, "scans", rows + outside)
    land(reports, "corrections", [withdrawn])
    people, scans = defaultdict[Area, set[Any]](set), defaultdict[Area, int](int)
    for row in rows[1:]:
        for area in (("COMMUNE", row["commune"]), ("DISTRICT", row["district"]), ("PROVINCE", row["province"])):
            people[area].add(row["subject"])
            scans[area] += 1
    counts = {area: len(people[area]) for area in [*_PARENT, *_PROVINCES]}

    found = _public(reports, _DAY, "people, scans, people_hidden")

    hidden = _expected_hidden(counts, counts)
    assert {area for area, (_, _, is_hidden) in found.items() if is_hidden} == hidden
    for area, (shown, scanned, _) in found.items():
        assert (shown, scanned) == ((None, None) if area in hidden else (counts[area], scans[area]))
    assert hidden - {area for area in counts if counts[area] < LEAST_SHOWN}, "nothing hidden for others"


def test_a_case_counts_where_it_was_told_last_until_it_is_over(reports: Database) -> None:
    here, there = (unit for unit in communes() if unit.code in (18070, 18073))
    told = [
        {
            "event_id": identity(100 + number + 1_000 * step),
            "case_id": identity(number),
            "subject": identity(number),
            "status": status,
            "commune_code": unit.code,
            "event_time": hour(at),
        }
        for number in range(12)
        for step, (status, unit, at) in enumerate(
            [("SUSPECTED", here, 1), ("CONFIRMED", here, 30), ("CONFIRMED", there, 50), ("RECOVERED", there, 80)]
        )
    ]
    land(reports, "cases", told)
    assert (here.district_code, there.district_code) == (436, 436)

    def shown(day: int) -> list[int | None]:
        found = _public(reports, _DAY + timedelta(days=day), "cases")
        return [found[area][0] for area in (("PROVINCE", 42), ("DISTRICT", 436), ("COMMUNE", here.code))]

    assert shown(0) == [None, None, None]
    assert shown(1) == [12, None, None]  # all others of the province are few, so the district is hidden for them
    assert shown(3) == [None, None, None]


def test_places_are_counted_by_their_level_and_told_one_by_one(reports: Database) -> None:
    unit = communes()[0]
    place = {
        "commune": unit.code,
        "district": unit.district_code,
        "province": unit.province_code,
        "category": "CAFE",
        "safety_score": 0,
    }
    steps = [(1, "SAFETY_ASSESSED", 90, 1), (1, "SAFETY_ASSESSED", 40, 2), (2, "SAFETY_ASSESSED", 80, 1)]
    steps += [(3, "SAFETY_ASSESSED", 50, 1), (3, "CLOSED", 0, 2), (4, "SAFETY_ASSESSED", 79, 1)]
    steps += [(4, "CLOSED", 0, 2), (4, "REOPENED", 0, 3)]
    land(
        reports,
        "place_events",
        [
            {
                **place,
                "event_id": identity(n),
                "place_id": of,
                "action": action,
                "safety_score": s,
                "event_time": hour(at),
            }
            for n, (of, action, s, at) in enumerate(steps)
        ],
    )
    named = [{"place_id": 2, "name": "Quán Hoa", "category": "CAFE", "commune_code": unit.code, "event_time": hour(0)}]
    reports.client.insert(
        "places",
        [[row["place_id"], row["name"], row["category"], row["commune_code"]] for row in named],
        column_names=["place_id", "name", "category", "commune_code"],
        database=reports.name,
    )
    levels = reports.rows(
        "SELECT place_id, name, category, safety_level, assessed FROM {}.public_place_safety ORDER BY 1"
    )
    assert levels == [
        (1, "", "CAFE", "UNSAFE", _DAY),
        (2, "Quán Hoa", "CAFE", "SAFE", _DAY),
        (4, "", "CAFE", "FAIR", _DAY),
    ]
    counted = _public(reports, _DAY, "places_safe, places_fair, places_unsafe")
    for area in (("COMMUNE", unit.code), ("DISTRICT", unit.district_code), ("PROVINCE", unit.province_code)):
        assert counted[area] == (1, 1, 1)
