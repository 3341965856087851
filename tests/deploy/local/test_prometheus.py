"""A local Prometheus is configured for the ports in use, where the program is installed."""

import json
from pathlib import Path

import pytest

from deploy.local.prometheus import prometheus_program, scrape_config


def test_every_process_is_scraped_on_the_port_it_uses() -> None:
    config = json.loads(scrape_config({"worker": [1, 2], "sink": [3]}))
    targets = {job["job_name"]: job["static_configs"][0]["targets"] for job in config["scrape_configs"]}
    assert targets == {"worker": ["127.0.0.1:1", "127.0.0.1:2"], "sink": ["127.0.0.1:3"]}
    assert all(Path(rules).is_file() for rules in config["rule_files"])
    assert config["rule_files"]


def test_without_the_program_there_is_nothing_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert prometheus_program(tmp_path, port=1, jobs={}, log_file=tmp_path / "log") is None


def test_with_the_program_it_runs_on_loopback_with_our_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "prometheus").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    program = prometheus_program(tmp_path, port=9, jobs={"sink": [3]}, log_file=tmp_path / "log")
    assert program is not None
    assert "--web.listen-address=127.0.0.1:9" in program.arguments
    assert json.loads((tmp_path / "prometheus.yml").read_text()) == json.loads(scrape_config({"sink": [3]}))
