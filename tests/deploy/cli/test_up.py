"""`scanstream up` starts the whole path, other commands look at it, and Ctrl-C leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from deploy.local.ports import free_ports

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

_SCANSTREAM = [sys.executable, "-m", "deploy.cli"]


class _Up:
    """A running `scanstream up`, and the commands that find it by the same environment."""

    def __init__(self, directory: Path) -> None:
        base, gateway_port = free_ports(2)
        self.gateway_port = gateway_port
        self._environment = {
            **os.environ,
            "SCANSTREAM_PORT_BASE": str(base),
            "SCANSTREAM_GATEWAY_PORT": str(gateway_port),
            "SCANSTREAM_DATA_DIR": str(directory),
            "SCANSTREAM_PARTITIONS": "2",
        }
        self.process = subprocess.Popen([*_SCANSTREAM, "up"], env=self._environment, stderr=subprocess.PIPE, text=True)

    def wait_ready(self) -> list[str]:
        """Return the lines it says until everything runs."""
        assert self.process.stderr is not None
        lines: list[str] = []
        for line in self.process.stderr:
            lines.append(line.strip())
            if line.startswith("Ctrl-C stops everything"):
                return lines
        raise AssertionError("\n".join(lines))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another command against it."""
        return subprocess.run(
            [*_SCANSTREAM, *arguments], env=self._environment, capture_output=True, text=True, timeout=60, check=False
        )

    def stop(self) -> int:
        """Press Ctrl-C and return the exit code."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(60)
        assert self.process.stderr is not None
        self.process.stderr.close()
        return code


@pytest.fixture
def up(tmp_path: Path) -> Iterator[_Up]:
    """Start the system, and end it if the test didn't."""
    up = _Up(tmp_path)
    yield up
    if up.process.poll() is None:
        up.stop()


def test_everything_starts_answers_and_stops(up: _Up, tmp_path: Path) -> None:
    lines = up.wait_ready()
    assert {line.split(" is ready")[0] for line in lines if " is ready" in line} >= {
        "kafka",
        "clickhouse",
        "worker",
        "sink",
        "gateway",
    }

    ledger = up.run("ledger", "--json")
    assert ledger.returncode == 0, ledger.stderr
    accounts = json.loads(ledger.stdout)
    assert all(account["balanced"] for account in accounts.values())

    assert up.run("dead-letters", "list").stdout == "There are no dead letters.\n"
    assert up.run("dead-letters", "replay").stdout.startswith("Published 0;")
    assert up.run("migrate", "--partitions", "2").stderr == "Everything is there already.\n"
    assert "exists with 2 partitions" in up.run("migrate", "--partitions", "3").stderr

    register = tmp_path / "places.csv"
    register.write_text("place_id,name\n7,Chợ\n", encoding="utf-8")
    assert up.run("places", "import", str(register)).stderr == "Imported 1 places.\n"

    with urllib.request.urlopen(f"http://127.0.0.1:{up.gateway_port}/metrics", timeout=10) as answer:
        assert b"scanstream_gateway" in answer.read()

    children = psutil.Process(up.process.pid).children(recursive=True)
    assert len(children) >= 5
    assert up.stop() == 0
    assert not any(child.is_running() for child in children)
