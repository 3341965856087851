"""A child process is waited for, explained when it fails, stopped by pid, and never outlives its parent."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from deploy.local.child import Child, Program
from deploy.local.readiness import ready_line, says_ready
from deploy.user_error import UserError

_SERVES = 'import time; print(\'{"ready": true, "port": 7}\', flush=True); time.sleep(600)'
_IGNORES_SIGTERM = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {_SERVES}"


def _program(directory: Path, code: str, **settings: float) -> Program:
    return Program(
        name="example",
        arguments=[sys.executable, "-c", code],
        log_file=directory / "log" / "example.log",
        ready=says_ready,
        **settings,  # type: ignore[arg-type]  # only the two durations are passed
    )


def test_a_child_is_ready_when_it_says_so_and_tells_its_port(tmp_path: Path) -> None:
    child = Child(_program(tmp_path, _SERVES))
    child.wait_ready()
    assert ready_line(child) == {"ready": True, "port": 7}
    child.stop()
    assert child.exit_code == -signal.SIGTERM


def test_a_child_that_ends_early_is_explained_by_its_last_line(tmp_path: Path) -> None:
    child = Child(_program(tmp_path, "raise SystemExit('no such table')"))
    with pytest.raises(UserError, match=r"example ended with code 1 \(no such table\) before it was ready"):
        child.wait_ready()


def test_an_error_says_more_than_what_is_logged_after_it(tmp_path: Path) -> None:
    child = Child(_program(tmp_path, "print('ValueError: no such topic'); print('stopping'); raise SystemExit(1)"))
    with pytest.raises(UserError, match=r"example ended with code 1 \(ValueError: no such topic\)"):
        child.wait_ready()


def test_a_child_that_is_never_ready_is_stopped(tmp_path: Path) -> None:
    child = Child(_program(tmp_path, "import time; time.sleep(600)", ready_seconds=0.2))
    with pytest.raises(UserError, match="example was not ready after 0 s"):
        child.wait_ready()
    assert child.exit_code == -signal.SIGTERM


def test_a_child_that_ignores_sigterm_is_killed_after_its_grace_time(tmp_path: Path) -> None:
    child = Child(_program(tmp_path, _IGNORES_SIGTERM, stop_seconds=0.2))
    child.wait_ready()
    child.stop()
    assert child.exit_code == -signal.SIGKILL


def test_readiness_of_an_earlier_run_in_the_same_log_does_not_count(tmp_path: Path) -> None:
    first = Child(_program(tmp_path, _SERVES))
    first.wait_ready()
    first.stop()
    second = Child(_program(tmp_path, "import time; time.sleep(600)"))
    assert ready_line(second) is None
    second.stop()


def test_a_killed_parent_leaves_no_child_behind(tmp_path: Path) -> None:
    parent_code = f"""
import time
from pathlib import Path
from deploy.local.child import Child, Program
child = Child(Program(name="c", arguments=["sleep", "600"], log_file=Path({str(tmp_path)!r}) / "c.log",
                      ready=lambda child: True))
print(child.pid, flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", parent_code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child_pid = int(parent.stdout.readline())
        os.kill(parent.pid, signal.SIGKILL)
    _wait_gone(child_pid)


def _wait_gone(pid: int) -> None:
    deadline = time.monotonic() + 10
    while _runs(pid):
        assert time.monotonic() < deadline, "the child outlived its parent"
        time.sleep(0.01)


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
