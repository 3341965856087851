"""Prometheus' alert rules use metrics that exist, and compose hands them over."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from schemas import metrics

_DEPLOY = Path(__file__).parents[3] / "deploy"
_GROUPS = yaml.safe_load((_DEPLOY / "prometheus" / "alerts.yml").read_text())["groups"]
_PROMTOOL = shutil.which("promtool", path=f"{os.environ['PATH']}:{_DEPLOY.parent / 'var' / 'promtool'}")
_RULES = [rule for group in _GROUPS for rule in group["rules"]]


def test_every_rule_uses_metrics_that_exist_and_says_how_urgent_it_is() -> None:
    known = {metric.name for metric in metrics.ALL} | {"up"}
    for rule in _RULES:
        used = {name.removesuffix("_bucket") for name in re.findall(r"\bscanstream_\w+|\bup\b", rule["expr"])}
        assert used
        assert used <= known
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert rule["annotations"]["summary"]


@pytest.mark.skipif(_PROMTOOL is None, reason="no promtool on the PATH or in var/promtool; .ci/run fetches it")
@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "config", str(_DEPLOY / "prometheus" / "prometheus.yml")),
        ("test", "rules", str(Path(__file__).with_name("alert_rules.yml"))),
    ],
)
def test_prometheus_loads_the_rules_and_fires_when_it_should(arguments: tuple[str, ...]) -> None:
    assert _PROMTOOL is not None
    told = subprocess.run([_PROMTOOL, *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def test_every_rule_is_tried_by_prometheus_own_tests() -> None:
    tried = yaml.safe_load(Path(__file__).with_name("alert_rules.yml").read_text())
    named = {case["alertname"] for test in tried["tests"] for case in test["alert_rule_test"] if case.get("exp_alerts")}
    assert named == {rule["alert"] for rule in _RULES}


def test_prometheus_is_given_the_rules() -> None:
    config = yaml.safe_load((_DEPLOY / "prometheus" / "prometheus.yml").read_text())
    assert config["rule_files"] == ["alerts.yml"]
    compose = yaml.safe_load((_DEPLOY / "compose" / "compose.yaml").read_text())
    assert "../prometheus/alerts.yml:/etc/prometheus/alerts.yml:ro" in compose["services"]["prometheus"]["volumes"]
