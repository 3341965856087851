"""The dashboard shows only metrics that exist, by labels they have, from the data source that is provisioned."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import Gauge, Histogram

from schemas import metrics

_GRAFANA = Path(__file__).parents[3] / "deploy" / "grafana"
_GRID_COLUMNS = 24
_UNITS = {"none", "short", "s", "percentunit", "bytes", "reqps"}
#: What Prometheus itself adds for every process it scrapes.
_PROMETHEUS_OWN = {"up": {"job", "instance"}}
_DASHBOARD: dict[str, Any] = json.loads((_GRAFANA / "dashboards" / "scanstream.json").read_text())


def _exposed() -> dict[str, set[str]]:
    """Return the name of every series there is, with its labels."""
    names = dict(_PROMETHEUS_OWN)
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
    used = re.findall(r"\bscanstream_\w+|\bup\b", expression)
    assert used
    assert set(used) <= set(_exposed())
    grouped = {label.strip() for group in re.findall(r"by \(([^)]*)\)", expression) for label in group.split(",")}
    assert all(grouped <= _exposed()[name] for name in used)


def test_legends_name_labels_that_survive_the_grouping() -> None:
    for panel in _panels():
        for target in panel["targets"]:
            shown = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
            assert all(re.search(rf"by \([^)]*\b{label}\b", target["expr"]) for label in shown)


def test_every_metric_is_on_the_dashboard() -> None:
    text = " ".join(_expressions())
    assert [metric.name for metric in metrics.ALL if not re.search(rf"\b{metric.name}(_bucket)?\b", text)] == []


def test_counters_are_shown_as_rates_and_gauges_are_not() -> None:
    for metric in metrics.ALL:
        name = f"{metric.name}_bucket" if metric.kind is Histogram else metric.name
        for expression in _expressions():
            if re.search(rf"\b{name}\b", expression):
                assert bool(re.search(rf"rate\({name}\b", expression)) == (metric.kind is not Gauge), expression


def test_brackets_of_every_expression_are_balanced() -> None:
    for expression in _expressions():
        for opening, closing in ("()", "[]", "{}"):
            assert expression.count(opening) == expression.count(closing), expression


def test_panels_lie_beside_and_below_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in _DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= _GRID_COLUMNS, panel["title"]
        taken |= cells


def test_every_panel_can_be_read() -> None:
    for panel in _panels():
        assert panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"] in _UNITS
        names = [target["refId"] for target in panel["targets"]]
        assert names == list("ABC")[: len(names)]


def test_panels_have_distinct_ids_and_the_provisioned_data_source() -> None:
    source = yaml.safe_load((_GRAFANA / "provisioning" / "datasources" / "prometheus.yaml").read_text())
    (prometheus,) = source["datasources"]
    ids = [panel["id"] for panel in _DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    assert {panel["datasource"]["uid"] for panel in _panels()} == {prometheus["uid"]}


def test_an_unknown_metric_would_be_seen() -> None:
    assert "scanstream_nothing_total" not in _exposed()
