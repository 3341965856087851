"""The command line helps, and explains what stops it in one sentence without a traceback."""

import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.cli import COMMANDS, main
from deploy.local.ports import LOOPBACK, free_ports


def test_help_names_every_command_with_what_it_does() -> None:
    shown = CliRunner().invoke(main, ["--help"])
    assert shown.exit_code == 0
    for name in COMMANDS:
        assert f"\n  {name} " in shown.output


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    shown = CliRunner().invoke(main, [name, "--help"])
    assert shown.exit_code == 0
    assert "Usage: " in shown.output


def test_an_unknown_command_is_an_error() -> None:
    assert CliRunner().invoke(main, ["dwon"]).exit_code == 2


def _run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.cli", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_missing_java_is_explained(tmp_path: Path) -> None:
    run = _run("kafka", "--data-dir", str(tmp_path), "--port-base", "0", PATH=str(tmp_path))
    assert run.returncode == 2
    assert run.stderr.startswith("Error: Kafka needs Java 17 or newer and no `java` was found; install ")
    assert len(run.stderr.splitlines()) == 1


def test_a_taken_port_is_explained(tmp_path: Path) -> None:
    base = free_ports(1)[0]
    with closing(socket.create_server((LOOPBACK, base + 92))):
        run = _run("kafka", "--data-dir", str(tmp_path), "--port-base", str(base))
    assert run.returncode == 2
    assert f"Port {base + 92} for Kafka is taken" in run.stderr


@pytest.mark.parametrize(
    ("variable", "address", "sentence"),
    [
        ("SCANSTREAM_KAFKA", "127.0.0.1:1", "No Kafka answers at 127.0.0.1:1; start it, correct SCANSTREAM_KAFKA"),
        ("SCANSTREAM_CLICKHOUSE_URL", "http://127.0.0.1:1", "No ClickHouse answers at http://127.0.0.1:1;"),
    ],
)
def test_a_wrong_address_is_explained(tmp_path: Path, variable: str, address: str, sentence: str) -> None:
    run = _run("up", "--data-dir", str(tmp_path), "--port-base", "0", **{variable: address})
    assert run.returncode == 2
    assert sentence in run.stderr
    assert "Traceback" not in run.stderr
