"""A supervisor starts in order, reports a child that ends, and stops all in reverse order whatever happens."""

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from deploy.local.child import Child, Program
from deploy.local.readiness import says_ready
from deploy.local.supervisor import Supervisor
from deploy.user_error import UserError

_SERVES = "import time; print('{\"ready\": true}', flush=True); time.sleep(600)"

_FAILS_LATER = "import sys; print('{\"ready\": true}', flush=True); print('out of memory'); sys.exit(3)"


def _tells_its_end(name: str, endings: Path) -> str:
    return f"""
import signal, sys, time
def end(*_):
    with open({str(endings)!r}, "a") as file:
        file.write("{name} ")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
{_SERVES}
"""


def _program(directory: Path, name: str, code: str = _SERVES) -> Program:
    return Program(
        name=name,
        arguments=[sys.executable, "-c", code],
        log_file=directory / f"{name}.log",
        ready=says_ready,
    )


def test_children_are_stopped_in_reverse_order(tmp_path: Path) -> None:
    endings = tmp_path / "endings"
    said: list[str] = []
    with Supervisor(say=said.append) as supervisor:
        for name in ("first", "second"):
            supervisor.start(_program(tmp_path, name, _tells_its_end(name, endings)))
    assert endings.read_text() == "second first "
    assert [line.split(" (")[0] for line in said] == ["first is ready", "second is ready"]


def test_a_child_that_ends_by_itself_ends_the_watch_and_the_others(tmp_path: Path) -> None:
    children: list[Child] = []

    def watch_a_fragile_child() -> None:
        with Supervisor(say=lambda _line: None) as supervisor:
            children.append(supervisor.start(_program(tmp_path, "steady")))
            supervisor.start(_program(tmp_path, "fragile", _FAILS_LATER))
            supervisor.watch()

    with pytest.raises(UserError, match=r"fragile ended with code 3 \(out of memory\); see .*fragile\.log"):
        watch_a_fragile_child()
    assert children[0].exit_code == -signal.SIGTERM


def test_sigterm_ends_the_watch_like_ctrl_c_and_stops_the_children(tmp_path: Path) -> None:
    with Supervisor(say=lambda _line: None) as supervisor:
        child = supervisor.start(_program(tmp_path, "steady"))
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGTERM)).start()
        supervisor.watch()
        assert child.exit_code is None
    assert child.exit_code == -signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_child_that_fails_to_start_stops_the_ones_before_it(tmp_path: Path) -> None:
    children: list[Child] = []

    def start_a_broken_child() -> None:
        with Supervisor(say=lambda _line: None) as supervisor:
            children.append(supervisor.start(_program(tmp_path, "first")))
            supervisor.start(_program(tmp_path, "second", "raise SystemExit(1)"))

    with pytest.raises(UserError, match="second ended with code 1"):
        start_a_broken_child()
    assert children[0].exit_code == -signal.SIGTERM
