"""What devices keep, asked of the real engine, and what is shown of it over time."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry

from sinks.clickhouse_writer import connect
from sinks.errors import ErrorClass, TryAgain
from sinks.watch.device_gauges import DeviceGauges, read_backlog_seconds
from tests.sinks.clock import Clock
from tests.sinks.conftest import Database
from tests.sinks.reports.landed import identity, land


@pytest.mark.integration
def test_the_backlog_is_that_of_each_devices_newest_heartbeat(database: Database) -> None:
    client = connect(database.config)
    client.database = database.name
    assert read_backlog_seconds(client) is None
    now = datetime.now(UTC).replace(microsecond=0)
    told = [(1, 3, 7_200), (1, 1, 0), (2, 2, 900), (3, 60, 50_000), *((device, 1, 0) for device in range(10, 58))]
    rows = [
        {
            "event_id": identity(at + 1),
            "device_id": device,
            "event_time": now - timedelta(minutes=minutes_ago),
            "oldest_queued_s": seconds,
        }
        for at, (device, minutes_ago, seconds) in enumerate(told)
    ]
    land(database, "heartbeats", rows)
    assert read_backlog_seconds(client) == 900
    client.close()


def test_what_was_read_last_stays_while_clickhouse_is_away_and_no_heartbeats_are_no_number() -> None:
    registry, clock = CollectorRegistry(), Clock()
    answers: list[float | Exception | None] = [900.0, TryAgain("away", ErrorClass.NETWORK), None]

    def read() -> float | None:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    gauges, shown = DeviceGauges(registry, read=read, clock=clock), []
    for _ in range(3):
        clock.seconds += gauges.step()
        shown.append(registry.get_sample_value("scanstream_device_backlog_p99_seconds"))
    assert shown[:2] == [900.0, 900.0]
    assert shown[2] is not None
    assert math.isnan(shown[2])
