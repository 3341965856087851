"""Risk levels of districts and provinces, rolled up from communes by the rules of 2021, and as decided."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.admin_units import communes
from tests.sinks.conftest import Database
from tests.sinks.reports.landed import asked, hour, identity, land
from tests.sinks.reports.risk_oracle import rolled_up

_COLUMNS = "level, code, decided_level, computed_level, risk_level"
_DISTRICTS = sorted({unit.district_code for unit in communes()})
Levels = dict[tuple[str, int], tuple[int | None, int | None, int]]


def _decision(number: int, level: str, code: int, risk_level: int, **more: Any) -> dict[str, Any]:
    return {
        "event_id": identity(number),
        "about": "RISK",
        "level": level,
        "area_code": code,
        "risk_level": risk_level,
        "valid_from": hour(0),
        "valid_until": datetime(1970, 1, 1, tzinfo=UTC),
        "event_time": hour(0),
    } | more


def _asked(database: Database, hours: float) -> Levels:
    query = f"SELECT {_COLUMNS} FROM {{}}.risk_levels(at = '{asked(hour(hours))}')"  # noqa: S608 -- our own names
    rows: Sequence[Any] = database.rows(query)
    return {(level, code): (decided, computed, held) for level, code, decided, computed, held in rows}


def _expected(held: Mapping[int, int], districts: Mapping[int, int], provinces: Mapping[int, int]) -> Levels:
    """Return what each area has; `districts` and `provinces` are decided on, a province for its districts as well."""
    found: Levels = {("COMMUNE", unit.code): (held[unit.code] or None, None, held[unit.code]) for unit in communes()}
    parts: dict[int, list[int]] = defaultdict(list)
    for district in _DISTRICTS:
        inside = [unit for unit in communes() if unit.district_code == district]
        computed = rolled_up([held[unit.code] for unit in inside])
        decided = districts.get(district, provinces.get(inside[0].province_code))
        found["DISTRICT", district] = (decided, computed, computed if decided is None else decided)
        parts[inside[0].province_code].append(found["DISTRICT", district][2])
    for province, levels in parts.items():
        decided, computed = provinces.get(province), rolled_up(levels)
        found["PROVINCE", province] = (decided, computed, computed if decided is None else decided)
    return found


@pytest.mark.integration
def test_areas_have_the_level_decided_or_else_that_of_their_parts(reports: Database) -> None:
    seeded = random.Random(5)
    chance = {district: [seeded.random() ** 4 for _ in range(4)] for district in _DISTRICTS}
    chance |= {district: [1.0, 0.0, 0.0, 0.0] for district in (626, 950)}
    held = {unit.code: seeded.choices([1, 2, 3, 4], chance[unit.district_code])[0] for unit in communes()}
    held[_first := communes()[0].code] = 0
    rows = [_decision(code, "COMMUNE", code, level) for code, level in held.items() if code != _first]
    land(reports, "area_decisions", rows)
    alone = _expected(held, {}, {})
    assert _asked(reports, 1) == alone
    assert {alone["DISTRICT", district][2] for district in _DISTRICTS} == {1, 2, 3, 4}, "a poor draw"

    upon = [
        _decision(100_001, "DISTRICT", 380, 3, valid_from=hour(2), valid_until=hour(5)),
        _decision(100_002, "PROVINCE", 42, 2, valid_from=hour(2)),
        _decision(100_003, "DISTRICT", 436, 4, valid_from=hour(3)),
        _decision(100_004, "DISTRICT", 439, 1, valid_from=hour(2)),
        _decision(100_005, "DISTRICT", 622, 4, valid_from=hour(2)),
    ]
    land(reports, "area_decisions", upon)
    withdrawn = {"event_id": identity(200_001), "corrects": identity(100_005), "event_time": hour(2)}
    land(reports, "corrections", [withdrawn])
    for unit in communes():  # from then on: what was decided last, of the smaller area first
        if unit.district_code == 380:
            held[unit.code] = 3
        elif unit.province_code == 42:
            held[unit.code] = {436: 4, 439: 1}.get(unit.district_code, 2)
    assert _asked(reports, 4) == _expected(held, {380: 3, 436: 4, 439: 1}, {42: 2})
    assert _asked(reports, 1) == alone
    assert _asked(reports, 6)["DISTRICT", 380] == alone["DISTRICT", 380]


@pytest.mark.integration
def test_a_regime_of_a_district_holds_in_all_of_it(reports: Database) -> None:
    first, *rest = [unit for unit in communes() if unit.district_code == 436]
    regimes = [_decision(unit.code, "COMMUNE", unit.code, 0, about="REGIME", regime="CT15") for unit in rest]
    regimes.append(_decision(first.code, "COMMUNE", first.code, 0, about="REGIME", regime="CT16"))
    land(reports, "area_decisions", regimes)
    found = reports.rows(
        "SELECT level, regime, strictest_regime, communes_at FROM {}.risk_levels(at = '2021-08-01 00:00:00') "
        "WHERE code IN (42, 436) AND level != 'COMMUNE' ORDER BY level"
    )
    assert found == [
        ("DISTRICT", "CT15", "CT16", [len(rest) + 1, 0, 0, 0, 0]),
        ("PROVINCE", "NONE", "CT16", [216, 0, 0, 0, 0]),
    ]
