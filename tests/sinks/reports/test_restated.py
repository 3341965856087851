"""Risk levels and regimes as the decisions known now tell them."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from schemas.admin_units import communes
from schemas.report_enums import AreaLevel, DecisionAbout, Regime
from streams.registry.decisions import FOREVER_MS, Decision
from streams.registry.enrich import decided
from streams.registry.snapshot import Areas
from tests.sinks.conftest import Database
from tests.sinks.reports.landed import asked, hour, identity, land
from tests.streams.registry.records import area

pytestmark = pytest.mark.integration
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = communes()[:3] + communes()[600:602]


def _ms(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(milliseconds=1)


def _code(level: AreaLevel, unit: Any) -> int:
    return int({2: unit.district_code, 3: unit.province_code}.get(level, unit.code))


def _random_rows(seeded: random.Random) -> list[dict[str, Any]]:
    rows = []
    for number in range(120):
        level, about = seeded.choice(list(AreaLevel)), seeded.choice(list(DecisionAbout))
        since, told = seeded.randint(0, 12), hour(seeded.randint(0, 40))
        ends = since + seeded.randint(1, 9) if seeded.random() < 0.4 else None
        is_risk = about is DecisionAbout.RISK
        rows.append(
            {
                "event_id": identity(number + 1),
                "about": about.name,
                "level": level.name,
                "area_code": _code(level, seeded.choice(_UNITS)),
                "risk_level": seeded.randint(1, 4) if is_risk else 0,
                "regime": "NONE" if is_risk else seeded.choice(list(Regime)).name,
                "valid_from": hour(since),
                "valid_until": _EPOCH if ends is None else hour(ends),
                "event_time": told,
                "logged_at": told,
                "_partition": number % 2,
                "_offset": number,
            }
        )
    return rows


def _decision(row: dict[str, Any]) -> Decision:
    about = DecisionAbout[row["about"]]
    return Decision(
        about=about,
        level=AreaLevel[row["level"]],
        area_code=row["area_code"],
        value=row["risk_level"] if about is DecisionAbout.RISK else Regime[row["regime"]],
        valid_from_ms=_ms(row["valid_from"]),
        valid_until_ms=_ms(row["valid_until"]) or FOREVER_MS,
        logged_ms=_ms(row["logged_at"]),
        partition=row["_partition"],
        offset=row["_offset"],
    )


def _land_scans(database: Database) -> list[tuple[int, datetime]]:
    """Land scans in every commune at every half hour, frozen at level 1; return where and when."""
    scans = [(unit.code, hour(half / 2)) for unit in _UNITS for half in range(-2, 84)]
    rows = [
        {"scan_id": identity(1_000 + number), "commune": code, "risk_level": 1, "regime": "CT15", "event_time": at}
        for number, (code, at) in enumerate(scans)
    ]
    land(database, "scans", rows)
    return scans


def _worker_says(decisions: Sequence[Decision], scans: Sequence[tuple[int, datetime]]) -> list[tuple[int, str]]:
    areas = Areas.build(
        {
            unit.code: area(
                unit.code,
                district=unit.district_code,
                province=unit.province_code,
                risk=[(_ms(hour(3)), 3)] if unit is _UNITS[0] else [],
            )
            for unit in _UNITS
        },
        decisions,
    )
    rows = areas.index.rows(np.array([code for code, _ in scans]))
    levels, regimes = decided(areas, rows, np.array([_ms(at) for _, at in scans]))
    return [(level, Regime(regime).name) for level, regime in zip(levels.tolist(), regimes.tolist(), strict=True)]


def _restated(database: Database) -> list[tuple[int, str]]:
    found = database.rows("SELECT risk_level, regime FROM {}.scans_restated ORDER BY scan_id")
    return [(int(str(level)), str(regime)) for level, regime in found]


def test_scans_are_restated_by_the_workers_rule(reports: Database) -> None:
    known = {"commune_code": _UNITS[0].code, "valid_from": hour(3), "level": 3, "updated_at": hour(3)}
    reports.client.insert("area_risk", [list(known.values())], column_names=list(known), database=reports.name)
    scans = _land_scans(reports)
    rows = _random_rows(random.Random(20210801))
    land(reports, "area_decisions", rows)
    expected = _worker_says([_decision(row) for row in rows], scans)
    assert len(set(expected)) > 8
    assert _restated(reports) == expected

    land(reports, "corrections", [{"event_id": identity(99), "corrects": identity(7), "event_time": hour(50)}])
    withdrawn = [_decision(row) for row in rows if row["event_id"] != identity(7)]
    assert _restated(reports) == _worker_says(withdrawn, scans)


def test_a_late_decision_changes_what_is_told_and_not_what_was_frozen(reports: Database) -> None:
    unit, scanned = _UNITS[0], hour(5)
    land(
        reports,
        "scans",
        [{"scan_id": identity(number), "commune": unit.code, "event_time": scanned} for number in range(3)],
    )
    asking = (
        f"SELECT commune, risk_level_then, risk_level, toString(regime_then), toString(regime), scans "  # noqa: S608 -- our names
        f"FROM {{}}.restatements(from = '{asked(hour(0))}', to = '{asked(hour(24))}')"
    )
    assert reports.rows(asking) == []
    late = {
        "event_id": identity(1),
        "about": "REGIME",
        "level": "PROVINCE",
        "area_code": unit.province_code,
        "regime": "CT16",
        "valid_from": hour(2),
        "event_time": hour(30),
    }
    land(reports, "area_decisions", [late])
    assert reports.rows(asking) == [(unit.code, 0, 0, "NONE", "CT16", 3)]
    assert reports.number("SELECT count() FROM {}.scans WHERE regime = 'NONE'") == 3
