"""`scanstream device` as a person starts it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.cli import main
from streams.device.answer import refusal_of
from tests.streams.device.gateway_thread import GatewayThread
from tests.streams.device.kiosk_parts import line, queue_in, scan
from tests.streams.gateway.samples import TOKEN


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    """Return the file with the token of the gateway's one device."""
    file = tmp_path / "token"
    file.touch(mode=0o600)
    file.write_text(TOKEN)
    return file


def test_lines_of_a_pipe_are_sent_told_and_forgotten(tmp_path: Path, token_file: Path) -> None:
    gateway, queue = GatewayThread(), tmp_path / "queue"
    command = [
        sys.executable,
        "-m",
        "deploy.cli",
        "device",
        "--token-file",
        str(token_file),
        "--place",
        "1234",
        "--json",
    ]
    with gateway.up():
        ended = subprocess.run(
            [*command, "--gateway", gateway.url, "--queue", str(queue), "--direction", "OUT"],
            input=f"{line(1)}\nrubbish\n{line(2)}\n",
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (ended.returncode, ended.stderr) == (0, "")
    shown = [json.loads(text) for text in ended.stdout.splitlines()]
    assert [one.get("outcome") for one in shown] == ["ok", "refused", "ok", None]
    events = gateway.events()
    assert [(event["device_seq"], event["direction"], event["place_id"]) for event in events] == [
        (1, "OUT", 1234),
        (2, "OUT", 1234),
    ]
    refused = CliRunner().invoke(main, ["device", "--refused", "--queue", str(queue)])
    assert (refused.exit_code, refused.output) == (0, "No scan was refused.\n")


def test_refused_scans_are_listed_while_the_kiosk_runs(tmp_path: Path) -> None:
    queue = queue_in(tmp_path)
    queue.put(scan(1))
    (waiting,) = queue.oldest(1)
    queue.settle(delivered=[], refused=[refusal_of(waiting, "direction is missing")], now_ms=0)
    listed = CliRunner().invoke(main, ["device", "--refused", "--queue", str(tmp_path)])
    as_json = CliRunner().invoke(main, ["device", "--refused", "--json", "--queue", str(tmp_path)])
    queue.close()
    assert listed.output.startswith("scan 1 ")
    assert listed.output.endswith("  direction is missing\n")
    assert json.loads(as_json.output)["reason"] == "direction is missing"


def test_what_is_missing_is_told(tmp_path: Path, token_file: Path) -> None:
    def last_line(*arguments: str) -> str:
        ended = CliRunner().invoke(main, ["device", "--queue", str(tmp_path / "queue"), *arguments])
        assert ended.exit_code == 2
        return ended.output.splitlines()[-1]

    assert last_line() == "Error: Give --token-file and --place."
    assert "There is no queue in" in last_line("--refused")
    assert "use https://" in last_line("--token-file", str(token_file), "--place", "1", "--gateway", "http://10.0.0.5")
