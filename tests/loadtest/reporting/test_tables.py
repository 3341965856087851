"""Tables as text."""

from pathlib import Path

from loadtest.reporting.peers import peers_of
from loadtest.reporting.read import LoadTest, Repeat, Scenario, read_load_test
from loadtest.reporting.tables import (
    Table,
    guarantees_table,
    machine_table,
    peers_table,
    queries_table,
    repeats_table,
    resources_table,
    stages_table,
    summary_table,
    workload_table,
)
from loadtest.reporting.verdict import Metric
from loadtest.reporting.words import moment, precise, whole, with_spread
from tests.loadtest.reporting.run_directory import PEERS, write_run


def _row(table: Table | None, name: str) -> dict[str, str]:
    assert table is not None
    (row,) = [row for row in table.rows if row[0] == name]
    return dict(zip(table.head, row, strict=True))


def test_the_summary_has_medians_spread_and_missing_repeats(tmp_path: Path) -> None:
    table = summary_table(read_load_test(write_run(tmp_path, status="interrupted", seconds=5)))
    steady, restart, control = (_row(table, name) for name in ("steady", "broker-restart", "control"))
    assert (steady["verdict"], steady["repeats"], steady["p99 ms"]) == ("passed", "3", "700 (660–742)")
    assert (steady["memory MB"], steady["recovery s"]) == ("1,860 (1,850–1,880)", "–")
    assert (restart["verdict"], restart["repeats"], restart["recovery s"]) == ("unchecked", "1 of 3", "9.50")
    assert (control["verdict"], control["repeats"], control["events/s"]) == ("not run", "0 of 3", "–")
    assert steady["events/s are"] == "offered"


def test_a_missing_repeat_has_a_row(tmp_path: Path) -> None:
    _, _, restart, _ = read_load_test(write_run(tmp_path, status="interrupted", seconds=5)).scenarios
    table = repeats_table(restart)
    assert [row[:2] for row in table.rows] == [["1", "passed"], ["2", "missing"], ["3", "missing"]]
    assert _row(table, "1")["lag slope %"] == "0.06"
    assert {len(row) for row in table.rows} == {len(table.head)}


def test_stages_and_processes_are_named(tmp_path: Path) -> None:
    steady, *_ = read_load_test(write_run(tmp_path, seconds=5)).scenarios
    assert _row(stages_table(steady), "landing log to queryable")["p99 ms"] == "310"
    assert _row(stages_table(steady), "generator behind its plan")["p99 ms"] == "0.20"
    assert _row(stages_table(steady), "an analyst's query")["p50 ms"] == "31.0"
    assert _row(resources_table(steady), "clickhouse")["memory MB"] == "900"
    nothing = Scenario(name="none", planned=1)
    assert (stages_table(nothing), resources_table(nothing)) == (None, None)


def test_peers_stand_beside_ours() -> None:
    table = peers_table(peers_of(PEERS))
    faust, quix = _row(table, "faust"), _row(table, "quix")
    assert (faust["events/s"], faust["CPU µs/event"], faust["+ ClickHouse"], faust["spread %"]) == (
        "4,800",
        "210",
        "213",
        "12",
    )
    assert (faust["rows"], quix["rows"], quix["unique rows"]) == ("exact", "wrong", "900,000")
    ratios = [word for head, word in zip(table.head, table.rows[-1], strict=True) if head == "to ours"]
    assert ratios == ["0.02×", "0.02×", "33.81×", "1.00×"]  # rate, once ready, CPU with ClickHouse, memory
    promised = ["faust", "1.2", "3", PEERS["peers"]["faust"]["guarantee"], "agent & Table"]
    assert promised in guarantees_table(peers_of(PEERS)).rows


def test_what_was_sent_is_counted_and_what_an_old_run_does_not_tell_is_left_out() -> None:
    told = {
        "published": 1_000,
        "retry": 100,
        "rescan": 50,
        "late": 10,
        "rejected": 0,
        "payload_bytes": 71.1,
        "workload": {"partitions": 4, "active_places": 2_038, "busiest_place_share": 0.061, "people": 1_590},
    }
    scenarios = [
        Scenario(name=name, planned=1, repeats=[Repeat(number=1, result=result)])
        for name, result in (("new", told), ("old", {"published": 10}))
    ]
    table = workload_table(LoadTest(about={}, scenarios=scenarios))
    assert table is not None
    assert table.rows[0][1:] == ["1,000", "71.1", "4", "2,038", "6.10", "1,590", "10.0", "5.00", "1.00", "0.00"]
    assert table.rows[1][1:7] == ["10", "0.00", "–", "–", "–", "–"]


def test_each_of_the_analysts_queries_has_a_row() -> None:
    result = {"queries": {"each": {"1 venue_coverage": {"count": 40, "p50": 210.0, "p99": 480.0}}}}
    table = queries_table(Scenario(name="evening", planned=1, repeats=[Repeat(number=1, result=result)]))
    assert _row(table, "1 venue_coverage") == {
        "query": "1 venue_coverage",
        "asked": "40.0",
        "p50 ms": "210",
        "p99 ms": "480",
    }
    assert queries_table(Scenario(name="steady", planned=1)) is None


def test_the_machine_is_told() -> None:
    machine = {"cores": 2, "processor": "P", "memory_bytes": 2**33, "system": "L"}
    about = {
        "machine": machine,
        "versions": {"chdb": "4"},
        "stores": {"kafka": "4.1"},
        "settings": {"window_minutes": 10},
    }
    rows = machine_table(LoadTest(about=about, scenarios=[])).rows
    assert rows[:3] == [["processor", "P, 2 cores"], ["memory", "8.0 GiB"], ["system", "L"]]
    assert rows[3:] == [["chdb", "4"], ["kafka", "4.1"], ["window_minutes", "10"]]


def test_figures_have_separators_and_as_many_digits_as_mean_something() -> None:
    assert (whole(1_234_567.8), precise(1_400.4), precise(42.04), precise(6.306)) == (
        "1,234,568",
        "1,400",
        "42.0",
        "6.31",
    )
    assert with_spread(Metric(700, 660, 742)) == "700 (660–742)"
    assert with_spread(Metric(700, 700, 700)) == "700"
    assert with_spread(None) == "–"
    assert moment("2026-11-22T16:40:09+07:00") == "22 November 2026, 09:40 UTC"
    assert moment(None) == "at an unknown time"
