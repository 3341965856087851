"""The lives of places, and how safe they are."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from schemas.report_enums import PlaceAction
from tests.sinks.conftest import Database
from tests.sinks.reports.landed import asked, hour, identity, land

pytestmark = pytest.mark.integration
_Row = dict[str, Any]
_NOW = hour(200)


def _state(events: Sequence[_Row], scans: Sequence[datetime], at: datetime, days: int) -> str:
    """Return a place's state by the rules of docs/reports.md."""
    last = {row["action"]: row["event_time"] for row in sorted(events, key=lambda row: row["event_time"])}
    if "CLOSED" in last and ("REOPENED" not in last or last["REOPENED"] < last["CLOSED"]):
        return "CLOSED"
    if scans and max(scans) > at - timedelta(days=days):
        return "ACTIVE"
    signs = [*scans, *([last["QR_POSTED"]] if "QR_POSTED" in last else [])]
    if signs:
        return "QR_POSTED" if max(signs) > at - timedelta(days=days) else "DORMANT"
    return "QR_ISSUED" if "QR_ISSUED" in last else "REGISTERED"


def _random_places(seeded: random.Random) -> tuple[list[_Row], list[_Row]]:
    events: list[_Row] = []
    scans: list[_Row] = []
    for place in range(1, 300):
        for _ in range(seeded.randint(1, 4)):
            events.append(
                {
                    "event_id": identity(len(events) + 1),
                    "place_id": place,
                    "action": seeded.choice(list(PlaceAction)).name,
                    "event_time": hour(seeded.randint(0, 220)),
                }
            )
        for _ in range(seeded.choice([0, 0, 1, 2])):
            scans.append(
                {
                    "scan_id": identity(10_000 + len(scans)),
                    "place_id": place,
                    "event_time": hour(seeded.randint(0, 220)),
                    "verdict": seeded.choice(["ACCEPTED", "ACCEPTED", "RESCAN"]),
                }
            )
    return events, scans


def _of(rows: Sequence[_Row], place: int) -> list[_Row]:
    return [row for row in rows if row["place_id"] == place and row["event_time"] <= _NOW]


@pytest.mark.parametrize("days", [3, 7])
def test_states_of_places_follow_their_rules(reports: Database, days: int) -> None:
    events, scans = _random_places(random.Random(20210801))
    land(reports, "place_events", events)
    land(reports, "scans", scans)
    found = reports.rows(
        "SELECT place_id, toString(state), reminders, scanned_closed "  # noqa: S608 -- our names
        f"FROM {{}}.place_lifecycle(at = '{asked(_NOW)}', days = {days})"
    )
    expected = []
    for place in sorted({row["place_id"] for row in events if row["event_time"] <= _NOW}):
        own = _of(events, place)
        seen = [row["event_time"] for row in _of(scans, place) if row["verdict"] == "ACCEPTED"]
        state, last = _state(own, seen, _NOW, days), max(seen, default=hour(-1_000))
        reminders = sum(row["action"] == "REMINDED" and row["event_time"] > last for row in own)
        closed = [row["event_time"] for row in own if row["action"] == "CLOSED"]
        expected.append((place, state, reminders, int(state == "CLOSED" and last > max(closed))))
    assert sorted((row[0], row[1], row[2], int(bool(row[3]))) for row in found) == expected
    assert len({row[1] for row in found}) == 6


def test_a_registered_place_nobody_heard_of_is_registered(reports: Database) -> None:
    reports.client.insert("places", [[7, "Chợ Đông"]], column_names=["place_id", "name"], database=reports.name)
    asking = f"SELECT place_id, name, toString(state) FROM {{}}.place_lifecycle(at = '{asked(_NOW)}', days = 3)"  # noqa: S608 -- our names
    assert reports.rows(asking) == [(7, "Chợ Đông", "REGISTERED")]
    land(
        reports,
        "place_events",
        [{"event_id": identity(1), "place_id": 7, "action": "QR_ISSUED", "event_time": hour(0)}],
    )
    assert reports.rows(asking) == [(7, "Chợ Đông", "QR_ISSUED")]


def test_the_latest_assessment_tells_how_safe_a_place_is(reports: Database) -> None:
    scores = [(1, 0, 90), (1, 2, 49), (2, 0, 50), (3, 1, 80), (3, 0, 10)]
    rows = [
        {
            "event_id": identity(number),
            "place_id": place,
            "action": "SAFETY_ASSESSED",
            "safety_score": score,
            "event_time": hour(at),
        }
        for number, (place, at, score) in enumerate(scores, start=1)
    ]
    land(reports, "place_events", rows)
    found = reports.rows(
        "SELECT place_id, safety_score, toString(safety_level) FROM {}.safety_levels ORDER BY place_id"
    )
    assert found == [(1, 49, "UNSAFE"), (2, 50, "FAIR"), (3, 80, "SAFE")]
