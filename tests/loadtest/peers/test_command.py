"""The command writes what is done after each run, goes on after a peer that can't run, and says how it ended."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from deploy.cli import bench_peers
from loadtest.peers.peer import Peer
from loadtest.peers.record import Record
from tests.loadtest.peers.records import a_record

_Runs = Callable[[Peer, int], list[Record]]
_Command = Callable[[_Runs], tuple[int, dict[str, Any]]]


@pytest.fixture(name="command")
def _command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> _Command:
    """Return a function that runs the command for two peers, twice each, and returns exit code and report."""
    file = tmp_path / "peers.json"

    def run(runs: _Runs) -> tuple[int, dict[str, Any]]:
        monkeypatch.setattr(bench_peers, "_run", lambda _settings, peer, _load, *, repeat: runs(peer, repeat))
        arguments = ["--only", "floor", "--only", "scanstream", "--repeats", "2", "--events", "10000"]
        result = CliRunner().invoke(bench_peers.command, [*arguments, "--json", str(file), "--resume", str(file)])
        return result.exit_code, json.loads(file.read_text("utf-8")) if file.exists() else {}

    return run


def _sound(peer: Peer, repeat: int) -> list[Record]:
    return [a_record(peer.name, repeat)]


def test_a_whole_grid_ends_well(command: _Command) -> None:
    code, report = command(_sound)
    assert (code, report["status"], len(report["runs"])) == (0, "complete", 4)


def test_an_interrupted_grid_keeps_its_runs_and_goes_on(
    command: _Command,
) -> None:
    done: list[tuple[str, int]] = []

    def interrupted(peer: Peer, repeat: int) -> list[Record]:
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append((peer.name, repeat))
        return _sound(peer, repeat)

    code, report = command(interrupted)
    assert (code, report["status"]) == (2, "interrupted")
    done.clear()
    code, report = command(interrupted)
    assert (code, report["status"], done) == (0, "complete", [("scanstream", 2)])


def test_a_peer_that_cannot_run_leaves_the_others_their_turn(
    command: _Command,
) -> None:
    code, report = command(lambda peer, repeat: [] if peer.name == "floor" else _sound(peer, repeat))
    assert (code, report["status"], list(report["peers"])) == (2, "interrupted", ["scanstream"])


def test_wrong_rows_of_ours_are_a_failure(command: _Command) -> None:
    code, _ = command(lambda peer, repeat: [a_record(peer.name, repeat, rows=899, unique_rows=899)])
    assert code == 1
