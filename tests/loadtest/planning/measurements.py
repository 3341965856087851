"""Measurements as `scanstream plan --measure` writes them, made up so that answers are known."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from loadtest.planning.costs import Cost
from loadtest.planning.measured_runs import Drain
from loadtest.planning.scaling import simulated_drain

#: The first worker's CPU is 2 µs an event and its start a second; 10,000 µs of ClickHouse are for a message.
COSTS = {"worker": Cost(2, 0), "sink": Cost(1, 0), "clickhouse": Cost(2, 0), "broker": Cost(1, 0)}


def drain(partitions: int, *, cores: float = 2.0, rate: float = 200_000) -> Drain:
    """Return a drain of two million events in messages of 50,000."""
    return Drain(
        partitions=partitions,
        events=2_000_000,
        cores=cores,
        events_per_second=rate,
        events_per_message=50_000,
        cpu_us={"worker": 2, "sink": 1, "clickhouse": 2, "broker": 1},
    )


def simulated(partitions: int, *, wait_us: float) -> Drain:
    """Return a drain whose rate is what the simulation says of that wait."""
    drained = simulated_drain(drain(partitions), COSTS, wait_us=wait_us)
    return replace(drain(partitions), events_per_second=drained.events_per_second)


def report(partitions: int) -> dict[str, Any]:
    """Return a drain's report: of the worker's 3 µs an event, 1 was its start."""
    return {
        "published": 1_000_000,
        "landed": 900_000,
        "partitions": partitions,
        "events_per_second_once_ready": 200_000.0,
        "landing_messages": 20,
        "other_cores": 0.1,
        "worker_start_cpu_seconds": 1.0,
        "cpu_us_per_event": {"worker": 3.0, "sink": 1.0, "clickhouse": 2.0, "broker": 1.0},
        "payload_bytes": 70.0,
        "raw_bytes_per_event": 90.0,
        "landing_bytes_per_event": 45.0,
        "disk_bytes_per_row": 50.0,
        "window_keys": 1_700_000.0,
        "window_bytes": 59_500_000.0,
        "rss_bytes": {"worker": 659_500_000},
        "machine": {"cores": 2, "processor": "Some Processor"},
    }


def document() -> Mapping[str, Any]:
    """Return a whole file: drains of 1, 2 and 4 partitions, and a live run in messages of 1,000 events."""
    live = {
        "cpu_us_per_event": {"worker": 6.0, "sink": 3.0, "clickhouse": 32.0, "broker": 6.0},
        "events_per_message": 1_000.0,
    }
    drains = [report(partitions) for partitions in (4, 1, 2)]
    return {"measured_at": "2026-11-22T10:00:00+00:00", "drains": drains, "live": live}
