"""Medians over a peer's runs, and ratios to ours."""

from dataclasses import replace

from loadtest.peers.catalogue import PEERS, peer_named
from loadtest.peers.figures import peer_figures, with_ratios
from tests.loadtest.peers.records import a_record

_OURS = peer_named("scanstream")
_FAUST = peer_named("faust")


def test_figures_are_medians_and_spread_is_their_range() -> None:
    runs = [a_record(repeat=number, seconds=seconds) for number, seconds in enumerate((10.0, 8.0, 20.0), 1)]
    found = peer_figures(_OURS, runs, version="1")
    assert found["events_per_second"] == 100.0
    assert found["spread"] == 0.75
    assert found["repeats"] == 3
    assert found["correct"] is True


def test_one_wrong_run_is_shown_whatever_the_others_were() -> None:
    runs = [a_record(repeat=1), a_record(repeat=2, rows=890, unique_rows=890), a_record(repeat=3)]
    found = peer_figures(_OURS, runs, version="1")
    assert (found["correct"], found["lost"], found["unique_rows"]) == (False, 10, 890)


def test_an_early_end_is_noted() -> None:
    found = peer_figures(_FAUST, [a_record("faust", ending="time limit", seen_rows=9)], version="1")
    assert found["correct"] is None
    assert found["note"] == f"{_FAUST.note}; ended: time limit"


def test_a_peer_that_did_nothing_has_no_rate() -> None:
    found = peer_figures(_FAUST, [a_record("faust", ending="failed", seen_rows=0, rows=0, unique_rows=0)], version="1")
    assert (found["events_per_second"], found["spread"], found["correct"]) == (0.0, 0.0, False)


def test_ratios_are_to_ours() -> None:
    slow = a_record("faust", seconds=40.0, cpu_seconds={"peer": 0.05, "clickhouse": 0.003, "broker": 0.001})
    figures = {
        "scanstream": peer_figures(_OURS, [a_record()], version="1"),
        "faust": peer_figures(_FAUST, [slow], version="1"),
    }
    found = with_ratios(figures)["faust"]["ratio_to_ours"]
    assert (found["rate"], found["cpu"], found["cpu_total"], found["rss"]) == (0.25, 10.0, 6.625, 1.0)
    assert with_ratios(figures)["scanstream"]["ratio_to_ours"]["rate"] == 1.0


def test_without_ours_there_are_no_ratios() -> None:
    found = with_ratios({"faust": peer_figures(_FAUST, [a_record("faust")], version="1")})
    assert found["faust"]["ratio_to_ours"] is None


def test_every_peer_says_what_it_guarantees_and_where_its_rows_go() -> None:
    assert [peer.name for peer in PEERS if not (peer.guarantee and peer.sink)] == []
    assert replace(_FAUST, note="").note == ""
