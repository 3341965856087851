"""Bars: CPU by process, peers."""

from typing import Any

from loadtest.reporting.bars import cpu, peer_bars
from loadtest.reporting.draw_bars import draw_bars
from loadtest.reporting.peers import peers_of
from loadtest.reporting.read import LoadTest, Repeat, Scenario
from tests.loadtest.reporting.run_directory import PEERS


def _test(**scenarios: list[dict[str, Any]]) -> LoadTest:
    return LoadTest(
        about={},
        scenarios=[
            Scenario(name=name, planned=3, repeats=[Repeat(number=1 + n, result=r) for n, r in enumerate(results)])
            for name, results in scenarios.items()
        ],
    )


def test_cpu_is_the_median_of_repeats_with_broker_and_generator_apart() -> None:
    runs = [{"cpu_us_per_event": {"worker": us, "sink": 1.0, "broker": 0.5, "gateway": 0.0}} for us in (2.0, 9.0, 3.0)]
    chart = cpu(_test(steady=runs, empty=[]))
    assert chart is not None
    (panel,) = chart.panels
    assert chart.rows == ["steady"]
    assert panel.parts == {"worker": [3.0], "sink": [1.0], "broker": [0.5]}
    assert list(panel.notes) == ["4.0 + 0.5"]
    assert {"broker", "generator"} <= panel.apart


def test_peers_are_the_fastest_first_with_ratios_to_ours_and_the_wrong_ones_doubtful() -> None:
    chart = peer_bars(peers_of(PEERS))
    assert chart is not None
    rate, spent = chart.panels
    assert list(chart.rows) == ["floor", "scanstream", "flink", "bytewax", "quix", "faust"]
    assert rate.parts["ours"] == [0, 260, 0, 0, 0, 0]
    assert rate.notes[2] == "141  (0.54×)"
    assert (spent.parts["peer"][2], spent.parts["clickhouse"][2], spent.notes[2]) == (8.2, 2.0, "10.2  (1.62×)")
    assert chart.doubtful == {"bytewax", "quix"}


def test_ours_alone_is_no_comparison() -> None:
    assert peer_bars(peers_of({"baseline": "a", "peers": {"a": {"events_per_second": 1}}})) is None
    assert peer_bars(peers_of({})) is None


def test_a_peer_without_ours_or_without_figures_has_no_ratio() -> None:
    (peer,) = peers_of({"baseline": "ours", "peers": {"other": {"events_per_second": 5, "cpu_us_per_event": None}}})
    assert (peer.ours, peer.rate_ratio, peer.cpu_ratio, peer.spread, peer.correct) == (False, None, None, None, None)
    assert peer.once_ready == 5


def test_without_cpu_there_is_no_plot_of_it() -> None:
    assert cpu(_test(steady=[])) is None


def test_a_scenario_at_a_low_rate_does_not_hide_the_others() -> None:
    runs = {name: [{"cpu_us_per_event": {"worker": us}}] for name, us in (("a", 10.0), ("b", 20.0), ("slow", 400.0))}
    chart = cpu(_test(**runs))
    assert chart is not None
    assert chart.panels[0].limit == 60.0
    words = [text.get_text() for text in draw_bars(chart).axes[0].texts]
    assert words == ["10.0 + 0.0", "20.0 + 0.0", "» 400.0 + 0.0"]
