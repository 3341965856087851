"""The dashboard shows only metrics that exist, by labels they have, from the data source that is provisioned."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import Histogram

from schemas import metrics

_GRAFANA = Path(__file__).parents[3] / "deploy" / "grafana"
_DASHBOARD: dict[str, Any] = json.loads((_GRAFANA / "dashboards" / "scanstream.json").read_text())


def _exposed() -> dict[str, set[str]]:
    """Return every series name the processes expose, with its labels."""
    names: dict[str, set[str]] = {}
    for metric in metrics.ALL:
        if metric.kind is Histogram:
            names[f"{metric.name}_bucket"] = {*metric.labels, "le"}
            names[f"{metric.name}_sum"] = names[f"{metric.name}_count"] = set(metric.labels)
        else:
            names[metric.name] = set(metric.labels)
    return names


def _panels() -> Iterator[dict[str, Any]]:
    yield from (panel for panel in _DASHBOARD["panels"] if panel["type"] != "row")


def _expressions() -> list[str]:
    return [target["expr"] for panel in _panels() for target in panel["targets"]]


@pytest.mark.parametrize("expression", _expressions())
def test_an_expression_uses_metrics_that_exist_by_labels_they_have(expression: str) -> None:
    used = re.findall(r"\bscanstream_\w+", expression)
    assert used
    assert set(used) <= set(_exposed())
    grouped = {label.strip() for group in re.findall(r"by \(([^)]*)\)", expression) for label in group.split(",")}
    assert all(grouped <= _exposed()[name] for name in used)


def test_legends_name_labels_that_survive_the_grouping() -> None:
    for panel in _panels():
        for target in panel["targets"]:
            shown = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
            assert all(re.search(rf"by \([^)]*\b{label}\b", target["expr"]) for label in shown)


def test_nearly_every_metric_is_on_the_dashboard() -> None:
    text = " ".join(_expressions())
    missing = {metric.name for metric in metrics.ALL if metric.name not in text}
    assert missing <= {metrics.CHECKED.name}


def test_panels_have_distinct_ids_and_the_provisioned_data_source() -> None:
    source = yaml.safe_load((_GRAFANA / "provisioning" / "datasources" / "prometheus.yaml").read_text())
    (prometheus,) = source["datasources"]
    ids = [panel["id"] for panel in _DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    assert {panel["datasource"]["uid"] for panel in _panels()} == {prometheus["uid"]}


def test_an_unknown_metric_would_be_seen() -> None:
    assert "scanstream_nothing_total" not in _exposed()
