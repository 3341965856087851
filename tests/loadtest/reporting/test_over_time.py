"""Series over time: rates of what is counted, medians and bands of repeats, moments of faults."""

from collections.abc import Sequence

import numpy as np
import pytest

from loadtest.reporting.chart import Floats, Lines, Series
from loadtest.reporting.over_time import combine, over_time, with_gaps
from loadtest.reporting.read import Columns, Repeat, Scenario


def _samples(seconds: Sequence[float], **columns: Sequence[float]) -> Columns:
    return {name: np.array(values, np.float64) for name, values in {"seconds": seconds, **columns}.items()}


def _plot(*samples: Columns, **result: object) -> Lines:
    repeats = [Repeat(number=1 + row, result=result, samples=each) for row, each in enumerate(samples)]
    chart = over_time(Scenario(name="steady", planned=len(samples), repeats=repeats))
    assert chart is not None
    return chart


def _series(chart: Lines, key: str) -> Series:
    (series,) = [series for panel in chart.panels for series in panel.series if series.key == key]
    return series


def test_what_is_counted_up_becomes_a_rate() -> None:
    chart = _plot(_samples([0, 1, 3, 4], published=[0, 100, 500, 600], landed=[0, 0, 500, 600]))
    assert _series(chart, "published").x.tolist() == [1, 3, 4]
    assert _series(chart, "published").y.tolist() == [100, 200, 100]
    assert _series(chart, "landed").y.tolist() == [0, 250, 100]


def test_two_samples_at_almost_the_same_moment_make_no_rate() -> None:
    chart = _plot(_samples([0, 1, 1.01, 2], landed=[0, 100, 101, 200]))
    assert _series(chart, "landed").x.tolist() == [1, 2]


def test_repeats_are_a_median_and_a_band() -> None:
    chart = _plot(*(_samples([0, 1], lag_events=[10, high]) for high in (20, 40, 30)))
    lag = _series(chart, "lag")
    assert lag.y.tolist() == [10, 30]
    assert (_list(lag.low), _list(lag.high)) == ([10, 20], [10, 40])


def test_one_repeat_has_no_band() -> None:
    assert _series(_plot(_samples([0, 1], lag_events=[1, 2])), "lag").low is None


def test_repeats_of_different_length_and_gaps_are_combined_where_they_have_values() -> None:
    moments, middle, low, high = combine(
        [(np.array([0.0, 1.1]), np.array([1.0, np.nan])), (np.array([0.0, 0.9, 2.0]), np.array([3.0, 5.0, 7.0]))]
    )
    assert moments.tolist() == [0, 1, 2]
    assert (middle.tolist(), low.tolist(), high.tolist()) == ([2, 5, 7], [1, 5, 7], [3, 5, 7])


def test_no_line_crosses_a_gap() -> None:
    x, y = with_gaps(np.array([0.0, 1.0, 2.0, 8.0, 9.0]), np.arange(5.0))
    assert x.tolist() == [0, 1, 2, 5, 8, 9]
    assert np.isnan(y).tolist() == [False, False, False, True, False, False]
    assert [each.tolist() for each in with_gaps(np.array([3.0]), np.array([7.0]))] == [[3], [7]]


@pytest.mark.parametrize(("column", "key", "shown"), [("lag_events", "lag", 9), ("offered_per_second", "offered", 1)])
def test_a_long_run_keeps_its_worst_lag_and_its_mean_rate(column: str, key: str, shown: float) -> None:
    seconds = 4_800
    values = np.zeros(seconds)
    values[2_405], values[2_406] = 9, 1
    chart = _plot(_samples(list(range(seconds)), **{column: values.tolist()}))
    series = _series(chart, key)
    assert len(series.x) == 480
    assert series.y.max() == shown


def test_a_point_is_of_as_many_seconds_at_the_start_as_at_the_end() -> None:
    chart = _plot(_samples(list(range(643)), lag_events=[0, 9] * 321 + [0]))
    lag = _series(chart, "lag")
    assert set(np.diff(lag.x)) == {2}
    assert lag.y.tolist() == [9] * 321 + [0]


def test_a_fault_is_a_span_and_one_without_an_end_a_moment() -> None:
    faults = [{"name": "kill", "began": 3.0, "ended": None}, {"name": "cut", "began": 5.0, "ended": 9.0}]
    chart = _plot(_samples([0, 1], lag_events=[1, 2]), faults=faults)
    assert [(mark.label, mark.start, mark.end) for mark in chart.marks] == [("kill", 3, 3), ("cut", 5, 9)]


def test_the_warm_up_is_marked() -> None:
    chart = _plot(_samples([0, 1], lag_events=[1, 2]), warm_up_seconds=15.0)
    assert [(mark.label, mark.start, mark.end) for mark in chart.marks] == [("warm-up", 0, 15)]


def test_drains_begin_with_their_first_rows_however_long_filling_the_topic_took() -> None:
    early = _samples([0, 1, 2, 3, 4], published=[50, 90, 90, 90, 90], landed=[0, 0, 30, 60, 90])
    later = _samples([0, 1, 2, 3, 4, 5], published=[20, 90, 90, 90, 90, 90], landed=[0, 0, 0, 30, 60, 90])
    repeats = [Repeat(number=row, result={"lost": 0}, samples=each) for row, each in enumerate((early, later), 1)]
    chart = over_time(Scenario(name="drain", planned=2, about={"kind": "drain"}, repeats=repeats))
    assert chart is not None
    landed = _series(chart, "landed")
    assert (landed.x.tolist(), landed.y.tolist()) == ([1, 2, 3], [30, 30, 30])
    assert "published" not in [series.key for panel in chart.panels for series in panel.series]
    assert chart.x_label == "seconds since the first rows landed"


def test_a_repeat_that_was_cut_short_counts_only_where_there_is_no_other() -> None:
    whole, cut = (
        _samples([0, 1, 2], lag_events=[1, 1, 1]),
        _samples([0, 1], lag_events=[9, 9], offered_per_second=[0, 0]),
    )
    repeats = [Repeat(number=1, result={"lost": 0}, samples=whole), Repeat(number=2, samples=cut)]
    both, alone = (over_time(Scenario(name="steady", planned=2, repeats=some)) for some in (repeats, repeats[1:]))
    assert both is not None
    assert alone is not None
    assert _series(both, "lag").y.tolist() == [1, 1, 1]
    assert [series.key for panel in alone.panels for series in panel.series] == ["lag"]


def test_a_scenario_without_samples_has_no_plot() -> None:
    assert over_time(Scenario(name="steady", planned=1, repeats=[Repeat(number=1)])) is None


def _list(values: Floats | None) -> list[float]:
    assert values is not None
    result: list[float] = values.tolist()
    return result


def test_the_plot_ends_soon_after_the_last_event() -> None:
    seconds = [float(second) for second in range(60)]
    chart = _plot(_samples(seconds, landed=[min(second, 20.0) * 1_000 for second in seconds]))
    assert 20 <= max(float(line.x.max()) for panel in chart.panels for line in panel.series) <= 23
