"""What the newest scans tell, asked of the real engine, and what is shown of it over time."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry

from schemas.enums import Flag
from sinks.clickhouse_writer import connect
from sinks.errors import ErrorClass, TryAgain
from sinks.watch.scan_gauges import ScanGauges, ScansSeen, read_scans
from tests.sinks.clock import Clock
from tests.sinks.conftest import Database
from tests.sinks.reports.landed import identity, land

_NOTHING = ScansSeen(newest_ms={}, logged_ms=0, scans=0, skew_p99_ms=float("nan"), misses={"place": 0})


@pytest.mark.integration
def test_newest_scans_skew_and_misses_are_those_of_the_table(database: Database) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    hours_ago, scanned = now - timedelta(hours=5), now - timedelta(minutes=2)
    rows = [
        {"event_time": hours_ago - timedelta(minutes=3), "logged_at": hours_ago, "province": 42, "skew_ms": 9_000_000},
        {"event_time": scanned, "logged_at": now, "province": 38, "skew_ms": -2_000},
        {
            "event_time": scanned - timedelta(days=2),
            "logged_at": now,
            "province": 38,
            "flags": int(Flag.DEVICE_UNKNOWN),
        },
        {"event_time": now, "logged_at": now, "province": 0, "flags": Flag.PLACE_UNKNOWN | Flag.AREA_UNKNOWN},
    ]
    whole = {"province": 0, "skew_ms": 0, "flags": 0}
    land(database, "scans", [{**whole, "scan_id": identity(at + 1), **row} for at, row in enumerate(rows)])
    client = connect(database.config)
    client.database = database.name
    seen_ms = int(now.timestamp() * 1_000)
    lately, earlier = read_scans(client, seen_ms=seen_ms), read_scans(client, seen_ms=0)
    assert (lately.logged_ms, earlier.logged_ms) == (seen_ms, seen_ms)
    assert lately.newest_ms == {38: scanned.timestamp() * 1_000}
    assert earlier.newest_ms == {**lately.newest_ms, 42: (hours_ago - timedelta(minutes=3)).timestamp() * 1_000}
    assert (lately.scans, lately.misses) == (3, {"place": 1, "area": 1, "device": 1})
    assert 0 < lately.skew_p99_ms <= 2_000
    client.close()


@pytest.mark.integration
def test_what_lands_late_is_seen_when_the_sink_goes_on(database: Database) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    client = connect(database.config)
    client.database = database.name
    row = {"province": 42, "skew_ms": 0, "flags": 0}
    land(database, "scans", [{"scan_id": identity(1), "event_time": now - timedelta(hours=3), **row}])
    first = read_scans(client, seen_ms=0)
    land(database, "scans", [{"scan_id": identity(2), "event_time": now - timedelta(hours=2), **row}])
    then = read_scans(client, seen_ms=first.logged_ms)
    assert then.newest_ms == {42: (now - timedelta(hours=2)).timestamp() * 1_000}
    assert (then.scans, then.logged_ms) == (0, then.newest_ms[42])
    client.close()


def test_a_silent_province_keeps_its_newest_scan_and_nothing_lately_is_no_number() -> None:
    registry, clock = CollectorRegistry(), Clock()
    answers: list[ScansSeen | Exception] = [
        ScansSeen(newest_ms={38: 5_000, 42: 7_000}, logged_ms=9_000, scans=4, skew_p99_ms=1_500.0, misses={"place": 1}),
        ScansSeen(newest_ms={38: 4_000, 42: 9_500}, logged_ms=8_000, scans=2, skew_p99_ms=0.0, misses={"place": 0}),
        TryAgain("away", ErrorClass.NETWORK),
        _NOTHING,
    ]
    asked: list[int] = []

    def read(seen_ms: int) -> ScansSeen:
        asked.append(seen_ms)
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    gauges, shown = ScanGauges(registry, read=read, clock=clock), []
    for _ in range(4):
        clock.seconds += gauges.step()
        shown.append([_value(registry, "38"), _value(registry, "42"), *_lately(registry)])
    assert shown[:3] == [[5.0, 7.0, 1.5, 0.25], [5.0, 9.5, 0.0, 0.0], [5.0, 9.5, 0.0, 0.0]]
    assert shown[3][:2] == [5.0, 9.5]
    assert all(value is not None and math.isnan(value) for value in shown[3][2:])
    assert asked == [0, 9_000, 9_000, 9_000]


def _value(registry: CollectorRegistry, province: str) -> float | None:
    return registry.get_sample_value("scanstream_newest_scan_timestamp_seconds", {"province": province})


def _lately(registry: CollectorRegistry) -> list[float | None]:
    skew = registry.get_sample_value("scanstream_clock_skew_p99_seconds")
    return [skew, registry.get_sample_value("scanstream_register_misses_ratio", {"kind": "place"})]
