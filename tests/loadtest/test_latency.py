import numpy as np
import pytest

from loadtest.expected import Expected
from loadtest.latency import latencies_ms, summary_ms
from loadtest.visibility import Sightings


def _landed(offsets: list[int]) -> Expected:
    count = len(offsets)
    small = np.ones(count, np.int8)
    return Expected(
        partition=np.zeros(count, np.int64),
        offset=np.array(offsets),
        scan_id=np.zeros((count, 16), np.uint8),
        verdict=small,
        reason=small * 0,
        rescan_of=np.full(count, -1),
        lateness=small,
    )


def _sightings(*answers: tuple[int, float]) -> Sightings:
    sightings = Sightings()
    for newest, at_ms in answers:
        sightings.add(0, newest, at_ms)
    return sightings


def test_an_event_is_visible_from_the_first_answer_that_reaches_its_offset() -> None:
    sightings = _sightings((101, 1_000.0), (101, 1_020.0), (104, 1_040.0))
    assert sightings.visible_ms(0, np.array([100, 101, 102, 104])).tolist() == [1_000, 1_000, 1_040, 1_040]


def test_an_event_nobody_saw_has_no_latency() -> None:
    found = latencies_ms(
        _landed([0, 1]),
        intended_ms={0: np.array([10.0, 20.0])},
        first_offsets={0: 0},
        sightings=_sightings((0, 110.0)),
    )
    assert found.tolist() == [100.0]


def test_latency_counts_from_the_intended_time_and_the_topics_end_before_the_run() -> None:
    found = latencies_ms(
        _landed([50, 52]),
        intended_ms={0: np.array([10.0, 20.0, 30.0])},
        first_offsets={0: 50},
        sightings=_sightings((50, 110.0), (52, 330.0)),
    )
    assert found.tolist() == [100.0, 300.0]


def test_percentiles_are_exact_to_three_digits() -> None:
    summary = summary_ms(np.arange(1, 10_001, dtype=float))
    assert summary == pytest.approx({"p50": 5_000, "p99": 9_900, "p999": 9_990, "max": 10_000}, rel=2e-3)


def test_no_latencies_have_no_summary() -> None:
    assert summary_ms(np.empty(0)) == {}
