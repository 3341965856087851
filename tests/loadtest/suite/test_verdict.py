"""The verdict says failed, unchecked or passed, and why; the controls must fail it."""

from typing import Any

import pytest

from loadtest.suite.spec import Bounds
from loadtest.suite.verdict import Verdict, judge, worst

_GOOD: dict[str, Any] = {
    "lost": 0,
    "doubled": 0,
    "wrong": 0,
    "balanced": True,
    "events_per_second": 20_000.0,
    "latency_ms": {"p50": 300.0, "p99": 800.0, "p999": 1_200.0},
    "lag": {"slope_share": 0.001},
    "cpu_us_per_event": {"total_without_broker": 30.0},
    "generator": {"late_ms": {"p99": 4.0}},
}


def test_an_exact_run_within_its_bounds_has_passed() -> None:
    bounds = Bounds(p50_ms=500, p99_ms=1_000, p999_ms=2_000, lag_slope_share=0.01, cpu_us_per_event=40)
    assert judge(_GOOD, bounds) == judge(_GOOD, Bounds())
    assert judge(_GOOD, bounds).outcome == "passed"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"lost": 1}, "1 row was lost"),
        ({"doubled": 1}, "1 row was doubled"),
        ({"wrong": 2}, "2 rows were wrong"),
        ({"balanced": False}, "the ledger does not balance, or counts something else than the truth"),
        ({"ended": ["worker ended with code 1"]}, "a process ended by itself: worker ended with code 1"),
        ({"queries": {"failed": 3}}, "3 of the analysts' queries failed"),
        ({"problem": "after 60 s the ledger covers 1 of 2"}, "after 60 s the ledger covers 1 of 2"),
    ],
)
def test_what_is_not_exact_fails_without_any_bound(change: dict[str, Any], reason: str) -> None:
    verdict = judge(_GOOD | change, Bounds())
    assert (verdict.outcome, verdict.reasons) == ("failed", (reason,))


@pytest.mark.parametrize(
    ("bounds", "reason"),
    [
        (Bounds(p50_ms=200), "the median latency is 300 ms, more than 200"),
        (Bounds(p99_ms=700), "the p99 latency is 800 ms, more than 700"),
        (Bounds(p999_ms=1_000), "the p99.9 latency is 1200 ms, more than 1000"),
        (Bounds(lag_slope_share=0.0005), "the lag's slope as a share of the load is 0.001, more than 0.0005"),
        (Bounds(cpu_us_per_event=5), "CPU an event is 30 µs, more than 5"),
        (Bounds(events_per_second=30_000), "20,000 events/s were reached, less than 30,000"),
        (Bounds(recovery_seconds=5), "the time to recover was not measured, and at most 5 s is demanded"),
    ],
)
def test_a_figure_out_of_its_bound_fails(bounds: Bounds, reason: str) -> None:
    verdict = judge(_GOOD, bounds)
    assert (verdict.outcome, verdict.reasons) == ("failed", (reason,))


def test_a_generator_that_was_late_itself_leaves_the_run_unchecked() -> None:
    late = _GOOD | {"generator": {"late_ms": {"p99": 900.0}}}
    assert judge(late, Bounds()).outcome == "unchecked"
    assert judge(late | {"lost": 1}, Bounds()).outcome == "failed"


def test_what_was_never_recovered_from_is_named_and_what_took_too_long_too() -> None:
    faults = [{"name": name, "recovery_seconds": seconds} for name, seconds in (("a", 9.0), ("b", None), ("c", 4.0))]
    assert judge(_GOOD | {"faults": faults}, Bounds(recovery_seconds=5)).reasons == (
        "the time to recover is 9 s, more than 5",
        "under load it never recovered from 'b'",
    )
    assert judge(_GOOD | {"faults": faults[1:2]}, Bounds(recovery_seconds=5)).outcome == "failed"
    assert judge(_GOOD | {"faults": faults[2:]}, Bounds(recovery_seconds=5)).outcome == "passed"


def test_a_run_that_was_not_watched_to_its_end_is_unchecked() -> None:
    assert judge(_GOOD | {"sampled_seconds": 26.0, "seconds": 74.4}, Bounds()).reasons == (
        "nothing was sampled after second 26 of 74",
    )
    assert judge(_GOOD | {"sampled_seconds": 75.0, "seconds": 74.4}, Bounds()).outcome == "passed"


def test_rows_whose_latency_nobody_saw_leave_the_run_unchecked() -> None:
    verdict = judge(_GOOD | {"unseen": 7}, Bounds())
    assert verdict.outcome == "unchecked"
    assert verdict.reasons == ("7 landed rows were never seen to be queryable, so their latency is not known",)


def test_while_a_fault_is_at_work_queries_may_fail() -> None:
    assert judge(_GOOD | {"queries": {"failed": 3}, "faults": [{"name": "kill clickhouse"}]}, Bounds()) == Verdict(
        "passed"
    )


def test_the_worst_of_several_counts() -> None:
    assert worst(["passed", "unchecked", "passed"]) == "unchecked"
    assert worst(["unchecked", "failed"]) == "failed"
    assert worst([]) == "unchecked"
