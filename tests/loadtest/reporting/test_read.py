"""A run's directory is read whole, in parts, and not at all where it is damaged."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from loadtest.reporting.read import CouldNotRead, joined, read_load_test
from tests.loadtest.reporting.run_directory import write_run


def test_a_whole_run_is_read_with_every_file(tmp_path: Path) -> None:
    test = read_load_test(write_run(tmp_path, seconds=5))
    steady, sustainable, *_ = test.scenarios
    assert [scenario.name for scenario in test.scenarios] == ["steady", "sustainable", "broker-restart", "control"]
    assert steady.about["about"] == "What steady is."
    assert [repeat.number for repeat in steady.repeats] == [1, 2, 3]
    assert steady.repeats[0].samples["seconds"].tolist() == [0, 1, 2, 3, 4, 5]
    assert steady.repeats[0].latency["percentile"][-1] == 100
    assert sustainable.search["sustainable_events_per_second"] == 118_000
    assert test.peers["baseline"] == "scanstream"
    files = [*test.files, *(f for s in test.scenarios for f in [*s.files, *(x for r in s.repeats for x in r.files)])]
    assert {"run.json", "peers.json", "steady/2/samples.csv", "sustainable/search.json"} <= set(files)
    assert all((tmp_path / file).is_file() for file in files)


def test_what_an_interrupted_run_lacks_is_absent(tmp_path: Path) -> None:
    write_run(tmp_path, status="interrupted", seconds=5)
    (tmp_path / "broker-restart" / "2").mkdir()
    test = read_load_test(tmp_path)
    _, _, restart, control = test.scenarios
    assert [repeat.result is None for repeat in restart.repeats] == [False, True]
    assert (control.planned, list(control.repeats), control.results) == (3, [], [])
    assert test.peers == {}


def test_a_search_that_was_cut_short_has_its_steps_so_far(tmp_path: Path) -> None:
    write_run(tmp_path, seconds=5)
    (tmp_path / "sustainable" / "search.json").unlink()
    step = {"rate": 20_000.0, "sustained": True, "latency_p50_ms": 300.0, "latency_p99_ms": 500.0}
    (tmp_path / "sustainable" / "1" / "steps.json").write_text(json.dumps({"steps": [step]}), "utf-8")
    search = read_load_test(tmp_path).scenarios[1].search
    assert search == {"steps": [{**step, "repeat": 1}]}


def test_peers_may_be_measured_elsewhere(tmp_path: Path) -> None:
    write_run(tmp_path, status="interrupted", seconds=5)
    file = tmp_path / "elsewhere.json"
    file.write_text('{"baseline": "ours"}', "utf-8")
    assert read_load_test(tmp_path, beside={"peers": file}).peers["baseline"] == "ours"
    with pytest.raises(CouldNotRead, match=r"nowhere\.json can't be read"):
        read_load_test(tmp_path, beside={"peers": tmp_path / "nowhere.json"})


def test_a_line_that_was_cut_off_is_left_out_and_an_empty_field_is_unknown(tmp_path: Path) -> None:
    write_run(tmp_path, seconds=5)
    file = tmp_path / "steady" / "1" / "samples.csv"
    file.write_text("seconds,lag_events,latency_p99_ms\n0,0,\n1,20,700\n2,3", "utf-8")
    samples = read_load_test(tmp_path).scenarios[0].repeats[0].samples
    assert samples["lag_events"].tolist() == [0, 20]
    assert np.isnan(samples["latency_p99_ms"]).tolist() == [True, False]


def test_a_directory_without_a_run_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CouldNotRead, match=r"has no run\.json, so it isn't the directory of a load test"):
        read_load_test(tmp_path)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("run.json", "{"),
        ("run.json", "[]"),
        ("run.json", '{"repeats": 3}'),
        ("steady/1/result.json", '{"half": '),
        ("steady/scenario.toml", "= no"),
        ("steady/1/samples.csv", "seconds\nsoon\n"),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, file: str, content: str) -> None:
    write_run(tmp_path, seconds=5)
    (tmp_path / file).write_text(content, "utf-8")
    with pytest.raises(CouldNotRead, match=file):
        read_load_test(tmp_path)


def test_several_directories_are_one_report_with_ways_to_their_files(tmp_path: Path) -> None:
    one, other = (read_load_test(write_run(tmp_path / name, seconds=5)) for name in ("one", "other"))
    renamed = replace(other, scenarios=[replace(each, name=f"{each.name} again") for each in other.scenarios])
    both = joined([one, renamed], ["", "../other/"])
    assert len(both.scenarios) == 2 * len(one.scenarios)
    assert both.about["status"] == one.about["status"]
    assert (tmp_path / "one" / both.scenarios[-1].files[0]).is_file()
    assert (tmp_path / "one" / both.scenarios[0].files[0]).is_file()


def test_a_scenario_is_in_one_directory_only(tmp_path: Path) -> None:
    test = read_load_test(write_run(tmp_path, seconds=5))
    with pytest.raises(CouldNotRead, match="is in two of the directories"):
        joined([test, test], ["", ""])
