"""A server is started, stopped, killed and started again; before its start it is nobody's process."""

import signal
import sys
from pathlib import Path

import pytest

from deploy.local.child import Program
from deploy.local.readiness import says_ready
from deploy.local.server import Server

_SERVES = "import time; print('{\"ready\": true}', flush=True); time.sleep(600)"


class _Example(Server):
    """A program that says it is ready and sleeps."""

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self._directory = directory

    @property
    def address(self) -> str:
        return "nowhere"

    def program(self) -> Program:
        return Program(
            name="example",
            arguments=[sys.executable, "-c", _SERVES],
            log_file=self._directory / "example.log",
            ready=says_ready,
        )


def test_it_has_no_process_before_it_is_started(tmp_path: Path) -> None:
    server = _Example(tmp_path)
    for use in (server.stop, server.kill, server.restart, lambda: server.pid):
        with pytest.raises(RuntimeError, match="_Example was never started"):
            use()


def test_it_is_stopped_in_order_and_restarted_as_another_process(tmp_path: Path) -> None:
    server = _Example(tmp_path)
    server.start()
    first = server.child
    server.restart()
    assert first.exit_code == -signal.SIGTERM
    assert server.pid != first.pid
    server.stop()
    server.stop()
    assert server.child.exit_code == -signal.SIGTERM


def test_a_killed_one_can_be_restarted(tmp_path: Path) -> None:
    server = _Example(tmp_path)
    server.start()
    server.kill()
    assert server.child.exit_code == -signal.SIGKILL
    server.restart()
    assert server.child.exit_code is None
    server.stop()
