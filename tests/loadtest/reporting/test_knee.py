"""Load against latency, from a search's steps."""

import numpy as np

from loadtest.reporting.knee import knee
from loadtest.reporting.read import Scenario


def _step(rate: float, p99_ms: float | None, *, sustained: bool, repeat: int = 1) -> dict[str, object]:
    return {"rate": rate, "latency_p50_ms": 200, "latency_p99_ms": p99_ms, "sustained": sustained, "repeat": repeat}


def _scenario(**search: object) -> Scenario:
    return Scenario(name="sustainable", planned=1, search=search)


def test_steps_are_in_the_order_of_their_rates_and_hollow_where_not_sustained() -> None:
    steps = [_step(80, 700, sustained=True), _step(160, None, sustained=False), _step(40, 500, sustained=True)]
    chart = knee(_scenario(steps=steps, sustainable_events_per_second=80))
    assert chart is not None
    p99 = chart.panels[0].series[1]
    assert p99.x.tolist() == [40, 80, 160]
    assert p99.y[:2].tolist() == [500, 700]
    assert np.isnan(p99.y[2])
    assert p99.hollow is not None
    assert p99.hollow.tolist() == [False, False, True]
    assert [(mark.start, mark.label) for mark in chart.marks] == [(80, "sustainable: 80/s")]


def test_each_repeat_has_its_own_line() -> None:
    steps = [_step(rate, 500, sustained=True, repeat=repeat) for repeat in (1, 2) for rate in (40, 80)]
    chart = knee(_scenario(steps=steps))
    assert chart is not None
    assert [(series.key, len(series.x)) for series in chart.panels[0].series] == [("p50", 2), ("p99", 2)] * 2
    assert chart.marks == []


def test_what_is_no_search_has_no_plot() -> None:
    assert knee(_scenario()) is None
    assert knee(_scenario(steps=[])) is None
