"""What the README tells people to type is typed here, and does what it says: a demonstration, then all the rest."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loadtest.fleet import make_fleet
from loadtest.registry import device_token
from schemas.kinds import ALERT, FEEDS, SCANS
from tests.deploy.cli.up import Up
from tests.docs.commands import ROOT, blocks

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

_SECONDS, _RATE = 3, 500
_PLACES = 5_000  # of a demonstration
_SHARED_KEYS = {"events_per_second", "cpu_us_per_event", "latency_ms", "published", "landed", "balanced", "differences"}


@pytest.fixture(scope="module", name="up")
def _up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """Run a short demonstration, and then `scanstream up` on the data it left."""
    up = Up(tmp_path_factory.mktemp("readme"))
    yield up
    up.stop()


@pytest.fixture(scope="module", name="demo")
def _demo(up: Up, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """Run what `make run` runs, shorter; return what it shows and its figures. Afterwards everything is up."""
    figures = tmp_path_factory.mktemp("figures") / "demo.json"
    ended = up.run("demo", "--seconds", str(_SECONDS), "--rate", str(_RATE), "--json", str(figures))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    up.start()
    return ended.stdout, json.loads(figures.read_text())


def _block(beginning: str) -> str:
    (block,) = [block for block in blocks(ROOT / "README.md") if block.startswith(beginning)]
    return block


def _type(block: str, up: Up, **environment: str) -> str:
    """Run a block of the README in a shell at the repository's root and return what it prints."""
    for ours, theirs in (("19123", str(up.port_base + 123)), ("19080", str(up.gateway_port))):
        block = block.replace(f"127.0.0.1:{ours}", f"127.0.0.1:{theirs}")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ended = subprocess.run(
        ["sh", "-eu", "-c", block.replace(".venv/bin/", "")],
        cwd=ROOT,
        env={**up.environment, "PATH": path, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_the_demonstration_accounts_for_every_event(demo: tuple[str, dict[str, Any]]) -> None:
    shown, figures = demo
    assert "Ledger: balanced" in shown
    assert "every one accounted for" in shown
    assert figures["balanced"] is True
    assert figures["differences"] == []
    scans = [figures["feeds"][feed.name] for feed in SCANS]
    assert sum(feed["landed"] for feed in scans) > 0.8 * _SECONDS * _RATE
    assert sum(feed["published"] for feed in scans) <= _SECONDS * _RATE
    assert figures["published"] == sum(feed["published"] for feed in figures["feeds"].values())
    assert all(figures["feeds"][feed.name]["landed"] > 0 for feed in FEEDS if feed is not ALERT)
    assert (figures["lost"], figures["doubled"], figures["wrong"]) == (0, 0, 0)
    assert set(figures) >= _SHARED_KEYS


def test_the_time_to_the_first_row_is_told(demo: tuple[str, dict[str, Any]]) -> None:
    shown, figures = demo
    assert figures["first_row_seconds"] > 0
    assert f"could be queried {figures['first_row_seconds']:.1f} s after the start" in shown


def test_an_analyst_asks_with_curl(up: Up, demo: tuple[str, dict[str, Any]]) -> None:
    rows = [line.split("\t") for line in _type(_block("curl 'http://127.0.0.1:19123"), up).splitlines()]
    _, figures = demo
    assert len(rows) >= 5
    accepted = sum(figures["feeds"][feed.name]["accepted"] for feed in SCANS)
    assert sum(int(scans) for _, scans, _ in rows) == accepted
    assert all(0 < int(people) <= int(scans) for _, scans, people in rows)


@pytest.mark.usefixtures("demo")
def test_a_device_publishes_with_curl_what_the_gateway_accepts(up: Up) -> None:
    device = 4  # at the only or first gate of place 1, which the demonstration has registered
    token = device_token(make_fleet(seed=1, places=_PLACES), device)
    block = _block("curl -H 'Authorization").replace("<device_id>.<secret>", token).replace("<number>", "001301012345")
    answer = json.loads(_type(re.sub(r'"device_id": \d+', f'"device_id": {device}', block), up))
    assert (answer["accepted"], answer["rejected"]) == (1, 0), answer


@pytest.mark.usefixtures("demo")
def test_what_is_running_can_be_looked_at(up: Up) -> None:
    block = _block(".venv/bin/scanstream up")
    _, looks = block.split("\n", 1)  # `scanstream up` is running: the fixture started it
    shown = _type(looks, up)
    assert "venue" in shown
    assert "Usage: scanstream" in shown


@pytest.mark.usefixtures("demo")
def test_existing_servers_are_migrated_and_served(up: Up) -> None:
    exports = [line for line in _block("export SCANSTREAM_KAFKA").splitlines() if line.startswith("export ")]
    names = {line.split("=")[0].removeprefix("export ") for line in exports}
    addresses = {
        "SCANSTREAM_KAFKA": f"127.0.0.1:{up.port_base + 92}",
        "SCANSTREAM_CLICKHOUSE_URL": f"http://127.0.0.1:{up.port_base + 123}",
    }
    assert names == set(addresses)
    commands = [line for line in _block("export SCANSTREAM_KAFKA").splitlines() if line.startswith("scanstream ")]
    assert commands[0].startswith("scanstream migrate")
    _type(commands[0], up, **addresses)
