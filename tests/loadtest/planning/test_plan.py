"""A plan from measurements, as people and programs get it."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from loadtest.planning.formula import evaluate
from loadtest.planning.measured_runs import CouldNotRead, parse, read_measured, shipped
from loadtest.planning.plan import Plan, caveats_of, make_plan
from loadtest.planning.sheets import number, quantity
from loadtest.planning.show import BEGIN, END, NoPlace, as_document, as_markdown, as_tables, put_into
from loadtest.planning.sizing import Demand
from tests.loadtest.planning.measurements import document

_DEMAND = Demand(
    people=100e6,
    scans_per_day=5,
    peak_factor=10,
    payload_bytes=70,
    retention_days=28,
    replication=3,
    clickhouse_replicas=2,
    headroom=0.5,
    node_cores=8,
    node_disk=4e12,
    partitions_per_worker=4,
)


@pytest.fixture(scope="module", name="plan")
def _plan() -> Plan:
    return make_plan(_DEMAND, parse(document()))


def test_measurements_are_read_by_partitions_without_the_workers_start() -> None:
    measured = parse(document())
    assert [drain.partitions for drain in measured.drains] == [1, 2, 4]
    assert measured.drains[0].cpu_us["worker"] == 2
    assert measured.drains[0].cores == 1.9
    assert measured.drains[0].events_per_message == 50_000
    assert (measured.sizes.key, measured.sizes.worker, measured.sizes.landed) == (35, 600e6, 0.9)


def test_the_shipped_measurements_are_whole() -> None:
    measured = read_measured(shipped())
    assert [drain.partitions for drain in measured.drains] == [1, 2, 4]
    assert measured.live is not None


@pytest.mark.parametrize("content", ["{", "{}", '{"drains": [], "measured_at": ""}', "[]", None])
def test_what_is_no_measurement_is_one_sentence(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "measured.json"
    if content is not None:
        file.write_text(content, "utf-8")
    with pytest.raises(CouldNotRead, match=r"measured\.json (can't be read|isn't what)"):
        read_measured(file)


def test_every_result_follows_from_the_formula_that_is_shown(plan: Plan) -> None:
    shown = as_document(plan)
    symbols = {**shown["given"], **shown["measured"]}
    for formula in shown["formulas"]:
        assert formula["value"] == evaluate(formula["text"], symbols), formula["symbol"]
        symbols[formula["symbol"]] = formula["value"]
    assert symbols["peak"] == pytest.approx(57_870, abs=1)
    assert json.loads(json.dumps(shown)) == shown


def test_the_simulation_stands_beside_what_was_measured_and_goes_to_64_partitions(plan: Plan) -> None:
    simulation: dict[str, Any] = as_document(plan)["simulation"]
    assert [check["partitions"] for check in simulation["checks"]] == [1, 2, 4]
    assert all(abs(check["error"]) < 0.6 for check in simulation["checks"])
    assert [point["partitions"] for point in simulation["cluster"]] == [1, 2, 4, 8, 16, 32, 64]


def test_a_plan_says_where_it_extrapolates(plan: Plan) -> None:
    assert any("up to 4 partitions" in sentence and "extrapolated" in sentence for sentence in plan.caveats)
    assert not any("PROVISIONAL" in sentence for sentence in plan.caveats)


def test_a_plan_from_a_busy_machine_or_without_a_live_run_says_so() -> None:
    busy: dict[str, Any] = {**json.loads(json.dumps(document())), "live": None}
    busy["drains"][0]["other_cores"] = 1.2
    caveats = " ".join(caveats_of(parse(busy), partitions=8))
    assert "PROVISIONAL: other programs used up to 1.2 of 2 cores" in caveats
    assert "No live run was measured" in caveats
    assert "The plan has 8 partitions, which is beyond what was measured" in caveats


def test_the_terminal_shows_each_formula_beside_its_result(plan: Plan) -> None:
    shown = StringIO()
    Console(file=shown, width=200).print(as_tables(plan))
    (line,) = [line for line in shown.getvalue().splitlines() if "people * scans_per_day / 86400" in line]
    assert "5,787 events/s" in line


def test_markdown_lines_up_and_goes_between_its_marks_only(plan: Plan) -> None:
    put = put_into(f"# Mine\n\n{BEGIN}\nold\n{END}\n\nMine, too\n", plan)
    assert put.startswith("# Mine\n\n")
    assert put.endswith("\n\nMine, too\n")
    assert "old" not in put
    assert put_into(put, plan) == put
    tables = [block for block in as_markdown(plan).split("\n\n") if block.startswith("|")]
    assert len(tables) == 11
    assert all(len({line.count("|") for line in table.splitlines()}) == 1 for table in tables)


def test_a_document_without_marks_is_left_alone(plan: Plan) -> None:
    with pytest.raises(NoPlace, match="no lines <!-- plan: begin -->"):
        put_into("# Mine\n", plan)


def test_figures_are_as_people_read_them() -> None:
    assert (quantity(1.24e12, "bytes"), quantity(23.5e6, "bytes/s"), quantity(90, "bytes")) == (
        "1.24 TB",
        "23.5 MB/s",
        "90 B",
    )
    assert (quantity(5_787.04, "events/s"), quantity(0.3, "s"), number(8)) == ("5,787 events/s", "0.3 s", "8")
