"""`scanstream loadtest run`, `control` and `chaos`: what they leave when they are interrupted, or can't start."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from deploy.cli import main
from deploy.cli.loadtest_suite import own_system
from deploy.settings import Settings
from deploy.user_error import UserError
from loadtest.chaos import Campaign
from loadtest.offsets import CouldNotCheck
from loadtest.rounds import Round
from loadtest.suite.spec import Backlog, Spec

_ROUND = Round(
    number=0,
    fault="kill worker",
    seconds=9.0,
    fault_seconds=1.0,
    recovery_seconds=2.5,
    drain_seconds=0.5,
    feeds=[],
    ended=[],
)


class _Interrupted:
    """A rig during whose start somebody presses Ctrl-C, or that can't start."""

    problem: BaseException = KeyboardInterrupt()

    def __init__(self, *_settings: object, **_more: object) -> None:
        pass

    def __enter__(self) -> "_Interrupted":
        raise self.problem

    def __exit__(self, *_error: object) -> None:
        pass


def test_ctrl_c_leaves_a_directory_and_a_summary_that_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.cli.loadtest_suite.Rig", _Interrupted)
    run, summary = tmp_path / "run", tmp_path / "summary.json"
    told = ["loadtest", "run", "steady", "--out", str(run), "--json", str(summary), "--data-dir", str(tmp_path)]
    shown = CliRunner().invoke(main, told)
    assert shown.exit_code == 130
    assert f"loadtest run --resume {run}" in shown.output
    for found in (json.loads(summary.read_text("utf-8")), json.loads((run / "run.json").read_text("utf-8"))):
        assert found["status"] == "interrupted"
        assert found["seed"] == 1
        assert found["settings"]["window_minutes"] == 10
        assert found["versions"]["scanstream"]
    assert json.loads(summary.read_text("utf-8"))["verdict"] == "unchecked"


def test_ctrl_c_does_not_say_that_a_control_was_not_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.cli.loadtest_suite.Rig", _Interrupted)
    shown = CliRunner().invoke(main, ["loadtest", "control", "--data-dir", str(tmp_path)])
    assert shown.exit_code == 130


def test_stores_that_do_not_start_leave_a_repetition_unchecked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Interrupted, "problem", UserError("The broker was not ready after 60 s."))
    monkeypatch.setattr("deploy.cli.loadtest_suite.Rig", _Interrupted)
    spec = Spec(title="T", about="A.", kind="drain", backlog=Backlog(events=10))
    with pytest.raises(CouldNotCheck, match="was not ready after 60 s"), own_system(Settings(data_dir=tmp_path))(spec):
        pass


def test_ctrl_c_leaves_the_rounds_so_far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def system(*_arguments: object) -> Iterator[Any]:
        yield type("Rig", (), {"kafka": "", "start_together": lambda *_roles: None})()

    def chaos(_rig: object, _fleet: object, campaign: Campaign, **_more: object) -> None:
        campaign.told([_ROUND])
        raise KeyboardInterrupt

    monkeypatch.setattr("deploy.cli.chaos._system", system)
    monkeypatch.setattr("deploy.cli.chaos.register", lambda *_arguments, **_more: None)
    monkeypatch.setattr("deploy.cli.chaos.run_chaos", chaos)
    file = tmp_path / "chaos.json"
    shown = CliRunner().invoke(main, ["loadtest", "chaos", "--data-dir", str(tmp_path), "--json", str(file)])
    assert shown.exit_code == 130
    found = json.loads(file.read_text("utf-8"))
    assert (found["status"], found["rounds"], found["rounds_wanted"]) == ("interrupted", 1, 10)
    assert found["faults"][0]["recovery_seconds"] == 2.5
    assert found["versions"]["scanstream"]
    assert [each.name for each in tmp_path.iterdir()] == ["chaos.json"]
