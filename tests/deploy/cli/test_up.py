"""`scanstream up` starts the whole path, other commands look at it, and Ctrl-C leaves nothing behind."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.deploy.cli.up import Up

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    """Choose where it runs, and end it if the test didn't."""
    up = Up(tmp_path)
    yield up
    up.stop()


def test_everything_starts_answers_and_stops(up: Up, tmp_path: Path) -> None:
    lines = up.start()
    assert {line.split(" is ready")[0] for line in lines if " is ready" in line} >= {
        "kafka",
        "clickhouse",
        "worker",
        "sink",
        "gateway",
        "watch",
    }

    ledger = up.run("ledger", "--json")
    assert ledger.returncode == 0, ledger.stderr
    accounts = json.loads(ledger.stdout)
    assert all(account["balanced"] for account in accounts.values())

    assert up.run("alerts", "list", "--type", "capacity", "--since", "24h").stdout == "There are no such alerts.\n"
    assert up.run("alerts", "list", "--json").stdout == ""
    assert up.run("dead-letters", "list").stdout == "There are no dead letters.\n"
    assert up.run("dead-letters", "replay").stdout.startswith("Published 0;")
    assert up.run("migrate", "--partitions", "2").stderr == "Everything is there already.\n"
    assert "exists with 2 partitions" in up.run("migrate", "--partitions", "3").stderr

    register = tmp_path / "places.csv"
    register.write_text("place_id,name\n7,Chợ\n", encoding="utf-8")
    assert up.run("places", "import", str(register)).stderr.endswith("Imported 1 places.\n")

    with urllib.request.urlopen(f"http://127.0.0.1:{up.gateway_port}/metrics", timeout=10) as answer:
        assert b"scanstream_gateway" in answer.read()

    children = psutil.Process(up.process.pid).children(recursive=True)
    assert len(children) >= 6
    assert up.stop() == 0
    assert not any(child.is_running() for child in children)
