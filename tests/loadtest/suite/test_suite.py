"""A run's directory is valid at every moment, says how it ended, and can be continued."""

import csv
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from loadtest.offsets import CouldNotCheck
from loadtest.suite.run_directory import NoRun, RunDirectory, write_repeat
from loadtest.suite.samples import HEADER, Sample, Second
from loadtest.suite.scenario_files import WrongScenario, parse
from loadtest.suite.spec import Spec
from loadtest.suite.suite import Suite, outcome, require_faults, search_of
from loadtest.suite.summary import summary
from loadtest.suite.view import SilentView
from loadtest.system import System

_TEXT = 'title = "T"\nabout = "A."\nprofile = [[0, 100], [10, 100]]\n'


def _directory(path: Path, *, repeats: int = 2) -> RunDirectory:
    about = {"seed": 1, "repeats": repeats, "time_scale": 1.0}
    return RunDirectory.new(path / "run", about=about, scenarios={"one": _TEXT, "two": _TEXT})


def _suite(directory: RunDirectory, problem: Callable[[], BaseException], said: list[str]) -> Suite:
    def open_system(_spec: Spec) -> AbstractContextManager[System]:
        raise problem()

    return Suite(directory=directory, open_system=open_system, view=SilentView(said.append), faults={})


def test_what_could_not_be_checked_is_recorded_as_that(tmp_path: Path) -> None:
    directory, said = _directory(tmp_path), list[str]()
    found = _suite(directory, lambda: CouldNotCheck("the broker is gone"), said).run()
    assert found["verdict"] == "unchecked"
    assert directory.about["status"] == "complete"
    assert directory.about["finished"] is not None
    result = directory.result("two", 2)
    assert result is not None
    assert (result["verdict"], result["reasons"], result["seed"]) == ("unchecked", ["the broker is gone"], 1_001)
    assert json.loads((directory.path / "one" / "summary.json").read_text())["repeats"] == 2
    assert "one, repetition 1 of 2" in said


def test_an_interrupted_run_says_so_and_goes_on_with_what_is_missing(tmp_path: Path) -> None:
    directory, said = _directory(tmp_path), list[str]()
    problems = iter([CouldNotCheck("first"), KeyboardInterrupt()])
    with pytest.raises(KeyboardInterrupt):
        _suite(directory, lambda: next(problems), said).run()
    assert directory.about["status"] == "interrupted"
    assert outcome(directory)["scenarios"]["one"]["repeats"] == 1
    (directory.path / "two" / "1" / "samples.csv").write_text("half of it")
    _suite(RunDirectory(directory.path), lambda: CouldNotCheck("second"), said).run()
    reasons = [result["reasons"] for name in ("one", "two") for result in directory.results(name)]
    assert reasons == [["first"], ["second"], ["second"], ["second"]]
    assert directory.about["status"] == "complete"
    assert not (directory.path / "two" / "1" / "samples.csv").exists()


def test_a_directory_with_a_run_is_not_begun_again(tmp_path: Path) -> None:
    _directory(tmp_path)
    with pytest.raises(NoRun, match="holds a run already: continue it with --resume"):
        _directory(tmp_path)
    with pytest.raises(NoRun, match="holds no run that could be continued"):
        _ = RunDirectory(tmp_path).about


def test_a_fault_nobody_knows_is_refused_before_anything_starts() -> None:
    spec = parse(_TEXT + "[[fault]]\nat_seconds = 5\nname = 'drop everything'\n", name="one")
    with pytest.raises(WrongScenario, match="scenario one: no fault is called 'drop everything'; there are: "):
        require_faults({"one": spec}, {})


def test_a_repetitions_files_hold_a_row_a_second(tmp_path: Path) -> None:
    samples = [
        Sample(seconds=0.0, published=0, landed=0, active_parts=1, cpu_seconds={"worker": 1.0}),
        Sample(
            seconds=2.0,
            published=900,
            landed=700,
            active_parts=3,
            cpu_seconds={"worker": 2.0},
            rss_bytes={"worker": 5_000},
        ),
    ]
    seconds = [Second(), Second(offered=450, latency_p50_ms=12.34, latency_p99_ms=56.78)]
    write_repeat(tmp_path, result={"verdict": "passed"}, samples=samples, seconds=seconds, latency=[(50.0, 12.3)])
    with (tmp_path / "samples.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == HEADER
    assert rows[0]["latency_p50_ms"] == ""
    last = {name: rows[1][name] for name in ("offered_per_second", "lag_events", "latency_p50_ms", "active_parts")}
    assert last == {"offered_per_second": "450", "lag_events": "200", "latency_p50_ms": "12.3", "active_parts": "3"}
    assert (float(rows[1]["cpu_worker"]), rows[1]["rss_worker_bytes"]) == (0.5, "5000")
    assert (tmp_path / "latency.csv").read_text().splitlines() == ["percentile,latency_ms", "50.000000,12.300"]


def _result(repeat: int, rate: float, verdict: str) -> dict[str, Any]:
    return {
        "repeat": repeat,
        "events_per_second": rate,
        "latency_ms": {"p50": 300.0 + repeat},
        "rss_bytes": {"worker": 10, "sink": 20, "broker": 1_000},
        "cpu_us_per_event": {"total_without_broker": 5.0},
        "verdict": verdict,
        "reasons": [] if verdict == "passed" else ["too slow"],
        "sustainable_events_per_second": rate,
        "steps": [{"rate": rate}],
    }


def test_a_summary_has_the_median_the_spread_and_the_worst_verdict() -> None:
    results = [_result(1, 10.0, "passed"), _result(2, 30.0, "failed"), _result(3, 20.0, "passed")]
    found = summary("one", results)
    assert found["metrics"]["events_per_second"] == {"median": 20.0, "min": 10.0, "max": 30.0}
    assert found["metrics"]["rss_total_bytes"]["median"] == 30
    assert "recovery_seconds" not in found["metrics"]
    assert (found["verdict"], found["reasons"]) == ("failed", ["repetition 2: too slow"])
    assert search_of(results)["sustainable_events_per_second"] == 20.0
    assert [step["repeat"] for step in search_of(results)["steps"]] == [1, 2, 3]
