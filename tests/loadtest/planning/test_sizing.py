"""Formulas of a plan against figures worked out by hand."""

from dataclasses import asdict, replace

import pytest

from loadtest.planning.costs import Cost
from loadtest.planning.measured_runs import Sizes
from loadtest.planning.sizing import OUTAGE, SECTIONS, Demand, measured_symbols, size

_COSTS = {
    "worker": Cost(5, 10_000),
    "sink": Cost(1, 10_000),
    "clickhouse": Cost(10, 40_000),
    "broker": Cost(1, 10_000),
}
_SIZES = Sizes(payload=70, raw=90, landing=50, row=50, landed=0.9, keys=1.7, key=35, worker=600e6)
_NATIONAL = Demand(
    people=86.4e6,
    scans_per_day=10,
    peak_factor=10,
    payload_bytes=70,
    retention_days=28,
    replication=3,
    clickhouse_replicas=2,
    headroom=0.5,
    node_cores=8,
    node_disk=4e12,
    partitions_per_worker=4,
)


def _results(demand: Demand) -> dict[str, float]:
    known = asdict(demand) | measured_symbols(_SIZES, _COSTS) | {"partition_rate": 100_000, "cluster_rate": 600_000}
    sections = size({**SECTIONS, **OUTAGE}, known)
    return {line.formula.symbol: line.value for lines in sections.values() for line in lines}


@pytest.mark.parametrize(
    ("symbol", "value"),
    [
        ("avg", 10_000),
        ("peak", 100_000),
        ("workers_least", 2),  # half a core of two, each half free
        ("partitions", 8),
        ("message_seconds", 0.3),
        ("message_events", 3_750),
        ("worker_cores", 0.1 * (5 + 10_000 / 3_750)),
        ("workers", 2),
        ("sink_cores", 0.1 * (1 + 10_000 / 3_750)),
        ("sinks", 2),
        ("clickhouse_cores", 0.1 * (10 + 40_000 / 3_750)),
        ("rows_disk", 864e6 * 28 * 0.9 * 50),
        ("shards", 1),
        ("clickhouse_servers", 2),
        ("raw_event_bytes", 90),
        ("written", 100_000 * 140 * 3),
        ("raw_disk", 864e6 * 3 * 90 * 3),
        ("landing_disk", 864e6 * 7 * 50 * 3),
        ("brokers", 3),
        ("window_keys", 100_000 * 900 * 1.7),
        ("window_memory", 153e6 * 40),
        ("worker_memory_each", 600e6 + 153e6 * 40),
        ("backlog", 864e6 * 0.24 * 1.3),
        ("drain_rate", 400_000),
        ("catch_up_seconds", 864e6 * 0.312 / (400_000 - 28_800)),
    ],
)
def test_a_result_is_what_a_reviewer_computes(symbol: str, value: float) -> None:
    assert _results(_NATIONAL)[symbol] == pytest.approx(value)


def test_less_of_a_machine_to_be_used_means_more_of_them() -> None:
    wide = _results(replace(_NATIONAL, headroom=0.9))
    assert (wide["workers"], wide["workers_least"], wide["partitions"]) == (12, 5, 20)
    assert wide["clickhouse_disk_each"] > _results(_NATIONAL)["clickhouse_disk_each"]


def test_more_replicas_need_more_disk_and_brokers() -> None:
    five = _results(replace(_NATIONAL, replication=5))
    assert five["raw_disk"] == pytest.approx(_results(_NATIONAL)["raw_disk"] * 5 / 3)
    assert five["brokers"] == 5


def test_small_disks_need_shards() -> None:
    small = _results(replace(_NATIONAL, node_disk=0.5e12))
    assert small["shards"] == 5
    assert small["clickhouse_servers"] == 10


def test_a_longer_retention_grows_rows_only() -> None:
    longer = _results(replace(_NATIONAL, retention_days=56))
    assert longer["rows_disk"] == 2 * _results(_NATIONAL)["rows_disk"]
    assert longer["raw_disk"] == _results(_NATIONAL)["raw_disk"]


def test_many_quiet_partitions_wait_for_company() -> None:
    quiet = _results(replace(_NATIONAL, people=1e6, partitions_per_worker=64))
    assert quiet["message_seconds"] == 128 / 2 / 20
