"""An interrupted grid goes on where it was; what is written is whole."""

import json
from pathlib import Path

import pytest

from loadtest.peers.catalogue import NAMES, peer_named
from loadtest.peers.grid import NotThisGrid, records_in, report_of, still_to_do, write_whole
from loadtest.peers.race import Load
from tests.loadtest.peers.records import a_record

_LOAD = Load(events=1_000, seed=1, partitions=8, limit_seconds=60.0)
_PEERS = [peer_named(name) for name in ("floor", "scanstream")]


def test_peers_take_turns() -> None:
    todo = [(peer.name, repeat) for peer, repeat in still_to_do(_PEERS, repeats=2, done=[])]
    assert todo == [("floor", 1), ("scanstream", 1), ("floor", 2), ("scanstream", 2)]


def test_runs_that_are_kept_are_not_done_again(tmp_path: Path) -> None:
    file = tmp_path / "peers.json"
    write_whole(file, report_of([a_record("floor"), a_record("scanstream")], _LOAD, wanted_runs=4))
    kept = records_in(file, _LOAD)
    assert [(peer.name, repeat) for peer, repeat in still_to_do(_PEERS, repeats=2, done=kept)] == [
        ("floor", 2),
        ("scanstream", 2),
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["peers.json"]


def test_a_grid_that_has_not_begun_has_nothing_to_keep(tmp_path: Path) -> None:
    assert records_in(tmp_path / "none.json", _LOAD) == []


def test_a_run_that_failed_is_done_again(tmp_path: Path) -> None:
    file = tmp_path / "peers.json"
    failed = a_record("floor", ending="failed")
    write_whole(file, report_of([failed, a_record("scanstream")], _LOAD, wanted_runs=2))
    kept = records_in(file, _LOAD)
    assert [peer.name for peer, _ in still_to_do(_PEERS, repeats=1, done=kept)] == ["floor"]


@pytest.mark.parametrize("changed", [{"events": 2_000}, {"seed": 2}, {"partitions": 4}])
def test_runs_of_another_load_are_not_mixed_in(tmp_path: Path, changed: dict[str, int]) -> None:
    file = tmp_path / "peers.json"
    write_whole(file, report_of([a_record()], _LOAD, wanted_runs=1))
    other = Load(**{"events": 1_000, "seed": 1, "partitions": 8, "limit_seconds": 60.0} | changed)  # type: ignore[arg-type]  # whole numbers all
    with pytest.raises(NotThisGrid, match="other events, seed or partitions"):
        records_in(file, other)


def test_a_file_of_another_sort_is_named(tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    file.write_text(json.dumps({"events": 1_000}), "utf-8")
    with pytest.raises(NotThisGrid, match=r"other\.json is no report of peers"):
        records_in(file, _LOAD)


def test_the_report_says_whether_it_is_whole() -> None:
    assert report_of([a_record()], _LOAD, wanted_runs=2)["status"] == "interrupted"
    whole = report_of([a_record()], _LOAD, wanted_runs=1)
    assert whole["status"] == "complete"
    assert {"peers", "baseline", "events", "payload_bytes", "machine", "versions"} <= whole.keys()
    assert {
        "events_per_second",
        "cpu_us_per_event",
        "rss_bytes",
        "published",
        "unique_rows",
        "expected_rows",
        "correct",
        "guarantee",
        "sink",
        "version",
        "repeats",
        "spread",
        "note",
    } <= whole["peers"]["scanstream"].keys()


def test_a_slow_peer_gets_a_shorter_topic() -> None:
    load = Load(events=1_000_000, seed=1, partitions=8, limit_seconds=60.0)
    assert load.events_for(peer_named("faust")) < load.events_for(peer_named("scanstream")) == 1_000_000


def test_versions_are_read_from_what_pins_them() -> None:
    runs = [a_record(name) for name in NAMES]
    peers = report_of(runs, _LOAD, wanted_runs=1)["peers"]
    assert [name for name, figures in peers.items() if not figures["version"]] == []
