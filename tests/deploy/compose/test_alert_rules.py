"""Prometheus' alert rules use metrics that exist, and compose hands them over."""

import re
from pathlib import Path

import yaml

from schemas import metrics

_DEPLOY = Path(__file__).parents[3] / "deploy"
_GROUPS = yaml.safe_load((_DEPLOY / "prometheus" / "alerts.yml").read_text())["groups"]
_RULES = [rule for group in _GROUPS for rule in group["rules"]]


def test_every_rule_uses_metrics_that_exist_and_says_how_urgent_it_is() -> None:
    known = {metric.name for metric in metrics.ALL} | {"up"}
    for rule in _RULES:
        used = set(re.findall(r"\bscanstream_\w+|\bup\b", rule["expr"]))
        assert used
        assert used <= known
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert rule["annotations"]["summary"]


def test_prometheus_is_given_the_rules() -> None:
    config = yaml.safe_load((_DEPLOY / "prometheus" / "prometheus.yml").read_text())
    assert config["rule_files"] == ["alerts.yml"]
    compose = yaml.safe_load((_DEPLOY / "compose" / "compose.yaml").read_text())
    assert "../prometheus/alerts.yml:/etc/prometheus/alerts.yml:ro" in compose["services"]["prometheus"]["volumes"]
