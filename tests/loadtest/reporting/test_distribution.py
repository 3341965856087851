"""Latency curves from what the histogram recorded."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from loadtest.reporting.distribution import distribution, distributions
from loadtest.reporting.read import Repeat, Scenario


def _scenario(*curves: dict[float, float], name: str = "steady") -> Scenario:
    repeats = [
        Repeat(
            number=number, latency={"percentile": np.array(list(curve)), "latency_ms": np.array(list(curve.values()))}
        )
        for number, curve in enumerate(curves)
    ]
    return Scenario(name=name, planned=len(curves), repeats=repeats)


def _at(scenario: Scenario, percentiles: Sequence[float]) -> list[float]:
    chart = distribution(scenario)
    assert chart is not None
    (series,) = chart.panels[0].series
    return [float(np.interp(1 / (1 - p / 100), series.x, series.y)) for p in percentiles]


def test_recorded_percentiles_are_on_the_curve() -> None:
    curve = {0.0: 50.0, 90.0: 400.0, 99.0: 700.0, 99.99: 1_400.0, 100.0: 1_600.0}
    assert _at(_scenario(curve), [0, 90, 99, 99.99]) == pytest.approx([50, 400, 700, 1_400], rel=0.01)


def test_beyond_the_last_recorded_percentile_the_highest_counts() -> None:
    assert _at(_scenario({0.0: 50.0, 90.0: 400.0, 100.0: 1_600.0}), [99, 99.99]) == [1_600, 1_600]


def test_a_histogram_of_one_value_is_flat() -> None:
    assert _at(_scenario({100.0: 70.0}), [0, 99]) == [70, 70]


def test_repeats_are_a_median_with_a_band() -> None:
    chart = distribution(_scenario(*({0.0: ms, 99.99: ms, 100.0: ms} for ms in (10.0, 30.0, 20.0))))
    assert chart is not None
    (series,) = chart.panels[0].series
    assert series.low is not None
    assert series.high is not None
    assert (series.low[5], series.y[5], series.high[5]) == (10, 20, 30)


def test_scenarios_share_a_plot_as_many_as_can_be_told_apart() -> None:
    scenarios = [_scenario({0.0: 1.0, 99.99: 20.0 - number, 100.0: 40.0}, name=f"s{number}") for number in range(10)]
    slow = _scenario({0.0: 1.0, 99.99: 99.0, 100.0: 99.0}, name="slow")
    chart = distributions([Scenario(name="none", planned=1), *scenarios, slow])
    assert chart is not None
    assert [series.label for series in chart.panels[0].series] == [*(f"s{number}" for number in range(7)), "slow"]
    assert chart.title.endswith(": the slowest 8 of 11 scenarios")


def test_what_a_fault_held_up_is_not_among_the_latencies_of_all() -> None:
    hurt = replace(_scenario({0.0: 1.0, 100.0: 60_000.0}, name="hurt"), about={"fault": [{"name": "kill worker"}]})
    chart = distributions([_scenario({0.0: 1.0, 100.0: 2.0}), hurt])
    assert chart is not None
    assert [series.label for series in chart.panels[0].series] == ["steady"]


def test_nothing_measured_has_no_plot() -> None:
    assert distribution(Scenario(name="none", planned=1)) is None
    assert distributions([]) is None
