"""Apps in use and what goes through checkpoints, compared with counting by hand."""

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from schemas.enums import Flag
from tests.sinks.conftest import Database
from tests.sinks.reports.coverage_oracle import day_of
from tests.sinks.reports.landed import asked, aware, hour, identity, land
from tests.sinks.reports.standing import land_some_withdrawn

pytestmark = pytest.mark.integration
_Row = Mapping[str, Any]
_MS = timedelta(milliseconds=1)
_SLOT = timedelta(minutes=5)
_SINCE, _UNTIL = hour(-24), hour(24)
_AREAS = [(38, 380), (38, 381), (42, 436), (0, 0)]
_BORDERS = [_SINCE, _SINCE - _MS, _UNTIL, _UNTIL - _MS, hour(0), hour(0) - _MS]


def _anywhere(seeded: random.Random) -> datetime:
    return seeded.choice(_BORDERS) if seeded.random() < 0.2 else hour(seeded.randint(-26 * 60, 26 * 60) / 60)


def _app_scans(seeded: random.Random) -> list[_Row]:
    found: list[_Row] = []
    for number in range(1, 500):
        province, district = seeded.choice(_AREAS)
        found.append(
            {
                "scan_id": identity(number),
                "subject": identity(seeded.randint(1, 40)),
                "event_time": _anywhere(seeded),
                "province": province,
                "district": district,
                "source_app": seeded.choice(["NCOVI", "BLUEZONE", "VHD"]),
                "capture_mode": seeded.choice(["SELF_APP", "SELF_APP", "PAPER", "ASSISTED"]),
                "verdict": seeded.choice(["ACCEPTED"] * 5 + ["RESCAN"]),
            }
        )
    return found


def _app_declarations(seeded: random.Random) -> list[_Row]:
    found: list[_Row] = []
    for number in range(1, 200):
        province, district = seeded.choice(_AREAS)
        found.append(
            {
                "event_id": identity(20_000 + number),
                "subject": identity(seeded.randint(1, 20)),
                "event_time": _anywhere(seeded),
                "province": province,
                "district": district,
                "kind": seeded.choice(["DOMESTIC", "ENTRY"]),
                "source_app": seeded.choice(["NCOVI", "TOKHAIYTE"]),
            }
        )
    return found


def _usage(scans: Sequence[_Row], declarations: Sequence[_Row]) -> dict[tuple[date, int, int, str], tuple[int, ...]]:
    """Return scans, people, scans entered for somebody, and declarations by day, province, district and app."""
    of: dict[tuple[date, int, int, str], list[_Row]] = defaultdict(list)
    for row in scans:
        if _SINCE <= row["event_time"] < _UNTIL:
            for area in {row["district"], 0}:
                of[day_of(row["event_time"]), row["province"], area, row["source_app"]].append(row)
    last: dict[tuple[bytes, str, date], _Row] = {}
    for row in sorted(declarations, key=lambda row: row["event_time"]):
        if _SINCE <= row["event_time"] < _UNTIL:
            last[row["subject"], row["kind"], day_of(row["event_time"])] = row
    declared = Counter(
        (day, row["province"], area, row["source_app"])
        for (_, _, day), row in last.items()
        for area in {row["district"], 0}
    )
    return {
        key: (
            len(of[key]),
            len({row["subject"] for row in of[key]}),
            sum(row["capture_mode"] in ("PAPER", "ASSISTED") for row in of[key]),
            declared[key],
        )
        for key in {*of, *declared}
    }


def test_apps_are_counted_by_day_and_area(reports: Database) -> None:
    seeded = random.Random(20210812)
    scans = land_some_withdrawn(reports, "scans", _app_scans(seeded), seeded)
    declarations = land_some_withdrawn(reports, "declarations", _app_declarations(seeded), seeded)
    found = reports.rows(
        "SELECT day, province, district, source_app, scans, people, entered, declarations, scans_share "  # noqa: S608 -- our names
        f"FROM {{}}.app_usage(from = '{asked(_SINCE)}', to = '{asked(_UNTIL)}')"
    )
    expected = _usage(scans, declarations)
    assert {row[:4]: row[4:8] for row in found} == expected
    there: Counter[tuple[object, ...]] = Counter()
    for (day, province, area, _), counts in expected.items():
        there[day, province, area] += counts[0]
    assert all(row[8] == (round(int(str(row[4])) / there[row[:3]], 4) if there[row[:3]] else None) for row in found)


def _checkpoint_scans(seeded: random.Random) -> list[_Row]:
    """Return scans of three hours in bursts, so that some lanes work without a pause, some at the borders of slots."""
    found: list[_Row] = []
    at = hour(7.9)
    while at < hour(11.1):
        at += timedelta(milliseconds=seeded.choice([1, 5_000, 8_000, 20_000, 20_001, 90_000, 600_000]))
        moment = at if seeded.random() < 0.9 else hour(seeded.randint(95, 133) / 12) - seeded.choice([0, 1]) * _MS
        found.append(
            {
                "scan_id": identity(len(found) + 1),
                "place_id": seeded.randint(1, 2),
                "gate": seeded.randint(1, 2),
                "feed": seeded.choice(["checkpoint"] * 9 + ["venue"]),
                "direction": seeded.choice(["IN", "INTO_ZONE", "OUT", "OUT_OF_ZONE", "TRANSIT", "PASS"]),
                "decision": seeded.choice(["ALLOW", "DENY"]),
                "flags": seeded.choice([0, int(Flag.DECLARED_AHEAD), int(Flag.OFFLINE)]),
                "event_time": moment,
                "verdict": seeded.choice(["ACCEPTED"] * 9 + ["RESCAN"]),
            }
        )
    return found


_WAVED = [(1, hour(7.5), hour(8.01)), (1, hour(9), hour(9.25)), (2, hour(10.2), hour(10.21)), (3, hour(10.95), None)]


def _land_waves(database: Database) -> None:
    told = [
        (place, action, at)
        for place, started, ended in _WAVED
        for action, at in (("STARTED", started), ("ENDED", ended))
        if at
    ]
    rows = [
        {"event_id": identity(30_000 + number), "place_id": place, "action": action, "event_time": at}
        for number, (place, action, at) in enumerate(told)
    ]
    land(database, "wave_throughs", rows)


def _waved_minutes(place: int, slot: datetime) -> float:
    spans = [
        min(ended or hour(11), slot + _SLOT) - max(started, slot) for which, started, ended in _WAVED if which == place
    ]
    return round(sum(max(span, timedelta()).total_seconds() for span in spans) / 60, 2)


def _flow(scans: Sequence[_Row], since: datetime, until: datetime) -> dict[tuple[int, datetime], tuple[object, ...]]:
    own = sorted(
        (row for row in scans if row["feed"] == "checkpoint"), key=lambda row: (row["event_time"], row["scan_id"])
    )
    found = {}
    for place in (1, 2, 3):
        slot = since
        while slot < until:
            here = [row for row in own if row["place_id"] == place and slot <= row["event_time"] < slot + _SLOT]
            waved = _waved_minutes(place, slot)
            if here or waved:
                found[place, slot] = (*_counts(here, own), waved)
            slot += _SLOT
    return found


def _counts(here: Sequence[_Row], everywhere: Sequence[_Row]) -> tuple[object, ...]:
    def is_pressed(row: _Row) -> bool:
        lane = [other for other in everywhere if (other["place_id"], other["gate"]) == (row["place_id"], row["gate"])]
        before = lane[: lane.index(row)]
        return bool(before) and row["event_time"] - before[-1]["event_time"] <= timedelta(seconds=20)

    into = sum(row["direction"] in ("IN", "INTO_ZONE") for row in here)
    out = sum(row["direction"] in ("OUT", "OUT_OF_ZONE") for row in here)
    declared = sum(bool(row["flags"] & Flag.DECLARED_AHEAD) for row in here)
    return (
        len(here), into, out, len(here) - into - out, sum(row["decision"] == "DENY" for row in here),
        dict(Counter(row["gate"] for row in here)),
        round(declared / len(here), 4) if here else None,
        round(sum(map(is_pressed, here)) / len(here), 4) if here else None,
    )  # fmt: skip


@pytest.mark.parametrize("shift", [timedelta(), timedelta(minutes=-2)])
def test_the_flow_is_that_of_slots_that_begin_in_the_span(reports: Database, shift: timedelta) -> None:
    seeded = random.Random(20210813)
    scans = land_some_withdrawn(reports, "scans", _checkpoint_scans(seeded), seeded)
    _land_waves(reports)
    found = reports.rows(
        "SELECT place_id, slot, scans, into, out, through, denied, lanes, declared_share, pressed_share, waved_minutes "  # noqa: S608 -- our names
        f"FROM {{}}.checkpoint_flow(from = '{asked(hour(8) + shift)}', to = '{asked(hour(11) + shift)}')"
    )
    expected = _flow(scans, hour(8), hour(11))
    assert {(row[0], aware(row[1])): row[2:] for row in found} == expected
    assert len(expected) > 30
