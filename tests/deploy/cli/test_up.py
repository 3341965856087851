"""`scanstream up` starts the whole path, other commands look at it, and Ctrl-C leaves nothing behind."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from schemas.kinds import VENUE
from tests.deploy.cli.releases import FORMER, Devices
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
        "door",
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

    _check_that_devices_of_two_releases_publish_side_by_side(up)

    with urllib.request.urlopen(f"http://127.0.0.1:{up.port_base + 124}/ping", timeout=10) as answer:
        assert answer.read() == b"Ok.\n"

    with urllib.request.urlopen(f"http://127.0.0.1:{up.gateway_port}/metrics", timeout=10) as answer:
        assert b"scanstream_gateway" in answer.read()

    children = psutil.Process(up.process.pid).children(recursive=True)
    assert len(children) >= 7
    assert up.stop() == 0
    assert not any(child.is_running() for child in children)


def _check_that_devices_of_two_releases_publish_side_by_side(up: Up) -> None:
    devices, person, scan = Devices(up), b"p" * 16, b"s" * 16
    devices.to_kafka(FORMER, scan_id=scan, subject=person, credential="QR_CCCD")
    devices.to_gateway(
        subject="ab" * 16,
        token_kind="CCCD",  # noqa: S106 -- a kind of document
        key_version=1,
        credential="QR_PLACE",
        scan_mode="POSTER_SELF",
        capture_mode="SELF_APP",
    )
    devices.to_kafka(VENUE, scan_id=scan, subject=person, credential="QR_CCCD")  # updated, it sends the scan again
    devices.until_seen(3)
    landed = devices.ask("SELECT credential FROM scans_in_force ORDER BY credential")
    assert landed == [["QR_CCCD"], ["QR_PLACE"]]
    account = devices.ask("SELECT sum(accepted), sum(retry), sum(rejected) FROM ledger WHERE feed = 'venue'")
    assert account == [[2, 1, 0]]
    assert up.run("ledger").returncode == 0
