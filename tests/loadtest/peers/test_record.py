"""What follows from one run's counts and times."""

import json
from typing import Any

import pytest

from loadtest.peers.record import Record
from tests.loadtest.peers.records import a_record


def test_rates_count_from_the_start_and_from_readiness() -> None:
    record = a_record(seconds=10.0, ready_seconds=2.0)
    assert record.events_per_second == 100.0
    assert record.events_per_second_once_ready == 125.0


def test_cpu_is_spread_over_the_events_and_the_broker_stands_apart() -> None:
    found = a_record().cpu_us_per_event
    assert found == pytest.approx({"peer": 5.0, "clickhouse": 3.0, "broker": 1.0, "total_without_broker": 8.0})
    assert a_record().cpu_us_per_event_once_ready == pytest.approx(3.0)


def test_when_time_was_up_the_rate_is_over_what_was_done() -> None:
    record = a_record(ending="time limit", seen_rows=450, rows=460, unique_rows=460)
    assert record.events_per_second == 50.0
    assert record.correct is None


@pytest.mark.parametrize(
    ("changes", "lost", "doubled"),
    [
        ({"rows": 899, "unique_rows": 899}, 1, 0),
        ({"rows": 901, "unique_rows": 900}, 0, 1),
        ({"rows": 900, "unique_rows": 899}, 1, 1),
        ({"ending": "time limit", "rows": 500, "unique_rows": 499}, 401, 1),
    ],
)
def test_lost_and_doubled_rows_are_no_success(changes: dict[str, Any], lost: int, doubled: int) -> None:
    record = a_record(**changes)
    assert (record.lost, record.doubled, record.correct) == (lost, doubled, False)


def test_a_peer_that_broke_off_or_differs_from_the_truth_is_no_success() -> None:
    assert a_record(ending="failed").correct is False
    assert a_record(sentences=("a row is wrong",)).correct is False
    assert a_record().correct is True


def test_duplicates_that_are_meant_to_land_are_not_doubled() -> None:
    record = a_record("floor", expected_rows=1_000, seen_rows=1_000, rows=1_000, unique_rows=900)
    assert (record.doubled, record.correct) == (0, True)
    assert a_record("floor", expected_rows=1_000, rows=999, unique_rows=900).correct is False


def test_a_record_survives_being_written_and_read() -> None:
    record = a_record(sentences=("one", "two"))
    assert Record.from_json(json.loads(json.dumps(record.as_json()))) == record
