"""Faults of scenarios and of chaos rounds stand together, each with its time to recover."""

from typing import Any

from loadtest.reporting.faults import hurts_of, recovery
from loadtest.reporting.read import LoadTest, Repeat, Scenario
from loadtest.reporting.tables import faults_table


def _fault(name: str, recovered: float | None) -> dict[str, Any]:
    return {"name": name, "began": 10.0, "ended": 12.5, "recovery_seconds": recovered}


def _test(*results: dict[str, Any], chaos: dict[str, Any] | None = None) -> LoadTest:
    repeats = [Repeat(number=number, result=result) for number, result in enumerate(results, 1)]
    return LoadTest(about={}, scenarios=[Scenario(name="kills", planned=3, repeats=repeats)], chaos=chaos or {})


_CHAOS = {
    "rate": 2_000.0,
    "faults": [
        {"fault": "kill worker", "fault_seconds": 3.0, "recovery_seconds": 6.0, "correct": True},
        {"fault": "cut sink-broker", "fault_seconds": 12.0, "recovery_seconds": None, "correct": False},
    ],
}


def test_each_fault_and_load_has_a_row() -> None:
    first = {"faults": [_fault("kill worker", 2.0), _fault("kill sink", None)], "lost": 0}
    second = {"faults": [_fault("kill worker", 4.0), _fault("kill sink", 1.0)], "lost": 0}
    table = faults_table(hurts_of(_test(first, second, chaos=_CHAOS)))
    assert table is not None
    assert table.rows == [
        ["kill worker", "kills", "exact", "2", "2.50", "3.00 (2.00–4.00)", "0"],
        ["kill sink", "kills", "exact", "2", "2.50", "1.00", "1"],
        ["kill worker", "chaos rounds, 2,000/s", "exact", "1", "3.00", "6.00", "0"],
        ["cut sink-broker", "chaos rounds, 2,000/s", "wrong", "1", "12.0", "–", "1"],
    ]


def test_a_lost_row_is_no_exact_one() -> None:
    (hurt,) = hurts_of(_test({"faults": [_fault("kill sink", 1.0)], "lost": 1}))
    assert not hurt.exact


def test_a_result_of_old_with_one_fault_has_its_recovery() -> None:
    old = {"faults": [{"name": "kill sink", "began": 1.0, "ended": None}], "recovery_seconds": 7.0}
    (hurt,) = hurts_of(_test(old))
    assert (hurt.lasted, hurt.recovered) == (0.0, 7.0)


def test_the_plot_has_every_fault_with_median_and_spread_and_says_what_did_not_recover() -> None:
    results = [{"faults": [_fault("kill worker", seconds)]} for seconds in (9.0, 4.0, None)]
    chart = recovery(hurts_of(_test(*results, chaos=_CHAOS)))
    assert chart is not None
    (panel,) = chart.panels
    assert chart.rows == ["kill worker", "cut sink-broker"]
    assert (panel.parts, panel.low, panel.high) == ({"lag": [6.0, 0.0]}, [4.0, 0.0], [9.0, 0.0])
    assert list(panel.notes) == ["6.0 (1 of 4 not under load)", "not under load"]


def test_without_faults_there_is_nothing() -> None:
    assert hurts_of(_test({"lost": 0})) == []
    assert (recovery([]), faults_table([])) == (None, None)
