from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

import numpy as np
import pytest
from prometheus_client import CollectorRegistry

from schemas.enums import CaptureMode, Lateness, Verdict
from schemas.kinds import VENUE
from streams.batch import BatchProcessor
from streams.metrics import WorkerMetrics
from streams.partition import Partition
from streams.people.index import PeopleIndex
from streams.registry.snapshot import Snapshot
from streams.window.history import FILTER_BYTES
from streams.window.rules import WindowRules
from tests.schemas.landing import Outcome, message_of
from tests.streams.registry.records import area, device, place
from tests.streams.window.events import START_MS

_NOW = datetime.fromtimestamp(START_MS / 1000 + 60, UTC)
Sample = Callable[..., float | None]


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def metrics(registry: CollectorRegistry) -> WorkerMetrics:
    return WorkerMetrics(registry, now=lambda: _NOW)


@pytest.fixture
def sample(registry: CollectorRegistry) -> Sample:
    """Return a function that gives a sample's value."""

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(name, labels)

    return value


def test_a_message_counts_by_outcome_and_reason(metrics: WorkerMetrics, sample: Sample) -> None:
    verdicts = [Verdict.ACCEPTED, Verdict.ACCEPTED, Verdict.RESCAN, Verdict.RETRY, Verdict.REJECTED]
    metrics.landed(message_of([Outcome(verdict, late=verdict is Verdict.RESCAN) for verdict in verdicts]))
    outcomes = {
        outcome: sample("scanstream_events_total", feed="venue", outcome=outcome)
        for outcome in ("accepted", "rescan", "retry", "rejected")
    }
    assert outcomes == {"accepted": 2, "rescan": 1, "retry": 1, "rejected": 1}
    assert sample("scanstream_rejects_total", feed="venue", reason="truncated") == 1
    assert sample("scanstream_late_events_total", feed="venue") == 1
    assert sample("scanstream_batch_events_sum", feed="venue") == 5


def test_rows_count_by_how_they_were_entered_and_how_late_they_are(metrics: WorkerMetrics, sample: Sample) -> None:
    captured = np.zeros((8, 4), np.int64)
    captured[CaptureMode.PAPER, Lateness.VERY_LATE], captured[CaptureMode.SELF_APP, Lateness.ON_TIME] = 3, 40
    metrics.landed(message_of([Outcome(Verdict.ACCEPTED)]), captured=captured)
    metrics.landed(message_of([Outcome(Verdict.ACCEPTED)]))
    name = "scanstream_captured_events_total"
    assert sample(name, feed="venue", capture_mode="paper", lateness="very_late") == 3
    assert sample(name, feed="venue", capture_mode="self_app", lateness="on_time") == 40
    assert sample(name, feed="venue", capture_mode="assisted", lateness="late") is None


def test_time_is_counted_by_state(metrics: WorkerMetrics, sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = count(10.0, 2.5)
    monkeypatch.setattr("streams.metrics.perf_counter", lambda: next(ticks))
    with metrics.state("decode"):
        pass
    with pytest.raises(ValueError, match="bad"), metrics.state("decode"):
        raise ValueError("bad")
    assert sample("scanstream_worker_state_seconds_total", state="decode") == 5.0


def _partition() -> Partition:
    rules = WindowRules(rescan_ms=VENUE.rescan_window_ms)
    return Partition.fresh(processor=BatchProcessor(feed=VENUE), number=3, rules=rules)


def test_lag_is_in_events_and_in_seconds_behind(metrics: WorkerMetrics, sample: Sample) -> None:
    partition = _partition()
    partition.logged_ms = START_MS
    partition.state.advance(START_MS - 5_000)
    metrics.lags(partition, lag_events=7)
    where = {"feed": "venue", "partition": "3"}
    assert sample("scanstream_source_lag_events", **where) == 7
    assert sample("scanstream_source_lag_seconds", **where) == 60
    assert sample("scanstream_watermark_delay_seconds", **where) == 65


def test_a_partition_that_is_up_to_date_is_no_seconds_behind(metrics: WorkerMetrics, sample: Sample) -> None:
    partition = _partition()
    partition.logged_ms = START_MS
    metrics.lags(partition, lag_events=0)
    assert sample("scanstream_source_lag_seconds", feed="venue", partition="3") == 0
    assert sample("scanstream_watermark_delay_seconds", feed="venue", partition="3") is None


def test_windows_tell_their_keys_and_bytes(metrics: WorkerMetrics, sample: Sample) -> None:
    partition = _partition()
    metrics.lags(partition, lag_events=0)
    for window, slot_bytes in (("retry", 18), ("rescan", 24)):
        where = {"feed": "venue", "partition": "3", "window": window}
        assert sample("scanstream_window_keys", **where) == 0
        size = sample("scanstream_window_bytes", **where)
        assert size == slot_bytes * len(partition.state.retry.marks)
    assert sample("scanstream_window_keys", feed="venue", partition="3", window="late") == 0
    assert sample("scanstream_history_bytes", feed="venue", partition="3") == FILTER_BYTES


def test_the_registry_is_counted_by_kind(metrics: WorkerMetrics, sample: Sample) -> None:
    snapshot = Snapshot.build(places={1: place(1), 2: place(2)}, areas={5: area(5)}, devices={7: device(7)})
    metrics.knows(snapshot)
    found = {kind: sample("scanstream_registry_entries", kind=kind) for kind in ("place", "area", "device")}
    assert found == {"place": 2, "area": 1, "device": 1}
    assert snapshot.devices.index.rows(np.array([7])).tolist() == [0]


def test_people_are_counted_with_the_registry(metrics: WorkerMetrics, sample: Sample) -> None:
    index = PeopleIndex()
    index.add(np.array([[1, 1], [2, 2]], np.uint64), np.ones((2, 5), np.int64), logged_ms=0)
    metrics.knows(Snapshot.build(places={}, areas={}, devices={}), index.people)
    assert sample("scanstream_registry_entries", kind="person") == 2
