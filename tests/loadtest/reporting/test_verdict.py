"""What repeats come to."""

from collections.abc import Sequence
from typing import Any

import pytest

from loadtest.reporting.read import Repeat, Scenario
from loadtest.reporting.verdict import Metric, metrics_of, verdict_of


def _scenario(results: Sequence[dict[str, Any] | None], *, planned: int = 2, **more: Any) -> Scenario:
    repeats = [Repeat(number=1 + row, result=result) for row, result in enumerate(results)]
    return Scenario(name="steady", planned=planned, repeats=repeats, **more)


_PASSED: dict[str, Any] = {"verdict": "passed", "reasons": []}
_FAILED: dict[str, Any] = {"verdict": "failed", "reasons": []}
_UNCHECKED: dict[str, Any] = {"verdict": "unchecked", "reasons": []}


@pytest.mark.parametrize(
    ("results", "word"),
    [
        ([_PASSED, _PASSED], "passed"),
        ([_PASSED, _FAILED], "failed"),
        ([_UNCHECKED, _FAILED], "failed"),
        ([_PASSED, _UNCHECKED], "unchecked"),
        ([_PASSED, None], "unchecked"),
        ([_FAILED, None], "failed"),
        ([_PASSED, {}], "unchecked"),
        ([], "not run"),
    ],
)
def test_the_worst_repeat_decides_and_a_missing_one_cannot_have_passed(
    results: Sequence[dict[str, Any] | None], word: str
) -> None:
    assert verdict_of(_scenario(results)).word == word


def test_a_summary_of_some_repeats_does_not_make_the_missing_ones_pass() -> None:
    assert verdict_of(_scenario([_PASSED], summary={"verdict": "passed"})).word == "unchecked"


def test_reasons_say_which_repeat_and_how_many_are_missing() -> None:
    failed = {"verdict": "failed", "reasons": ["2 rows are lost"]}
    assert verdict_of(_scenario([_PASSED, failed, None], planned=5)).reasons == (
        "repeat 2: 2 rows are lost",
        "repeats missing: 3 of 5",
    )
    assert verdict_of(_scenario([_PASSED])).reasons == ("repeats missing: 1 of 2",)


def test_metrics_are_the_summarys_and_else_those_of_the_repeats() -> None:
    results = [{"events_per_second": rate, "latency_ms": {"p99": 2.0 * rate}} for rate in (10, 30)]
    summary = {"metrics": {"events_per_second": {"median": 21, "min": 9, "max": 31}, "latency_p50_ms": None}}
    assert metrics_of(_scenario(results, summary=summary)) == {
        "events_per_second": Metric(21, 9, 31),
        "latency_p99_ms": Metric(40, 20, 60),
    }
