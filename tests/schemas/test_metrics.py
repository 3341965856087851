import re

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from schemas import metrics
from schemas.metrics import ALL, Metric, counter, gauge, histogram

_UNITS = ("seconds", "bytes", "events", "messages", "rows", "keys", "ratio", "entries", "holds", "parts")
#: One is named after the deadline it counts down to, one is 0 or 1.
_NAMED = {"scanstream_seconds_to_1700", "scanstream_report_pending"}
_PRIVATE = {"person", "subject", "scan", "place", "place_id", "device", "device_id", "name", "phone", "plate"}

every_metric = pytest.mark.parametrize("metric", ALL, ids=lambda metric: metric.name)


def _made(metric: Metric, registry: CollectorRegistry) -> Counter | Gauge | Histogram:
    if metric.kind is Counter:
        return counter(metric, registry)
    return gauge(metric, registry) if metric.kind is Gauge else histogram(metric, registry)


def test_no_name_is_used_twice_and_all_register_side_by_side() -> None:
    registry = CollectorRegistry()
    for metric in ALL:
        _made(metric, registry)
    assert len({metric.name for metric in ALL}) == len(ALL)
    assert generate_latest(registry)


def test_all_lists_every_metric_of_the_module() -> None:
    assert set(ALL) == {value for value in vars(metrics).values() if isinstance(value, Metric)}


@every_metric
def test_a_name_is_a_prometheus_name_of_ours(metric: Metric) -> None:
    assert re.fullmatch(r"scanstream_[a-z][a-z0-9]*(_[a-z0-9]+)*", metric.name)
    assert all(re.fullmatch(r"[a-z][a-z_]*", label) for label in metric.labels)


@every_metric
def test_a_name_ends_as_its_kind_demands(metric: Metric) -> None:
    assert metric.name.endswith("_total") is (metric.kind is Counter)
    if metric.kind is not Counter:
        assert metric.name.endswith(_UNITS) or metric.name in _NAMED


@every_metric
def test_a_metric_says_what_it_means(metric: Metric) -> None:
    assert metric.help.endswith(".")


@every_metric
def test_no_label_holds_a_person_a_place_or_a_device(metric: Metric) -> None:
    assert not set(metric.labels) & _PRIVATE


@every_metric
def test_bounds_of_histograms_ascend(metric: Metric) -> None:
    assert list(metric.buckets) == sorted(set(metric.buckets))


@every_metric
def test_the_exposed_name_is_the_pinned_one(metric: Metric) -> None:
    registry = CollectorRegistry()
    made = _made(metric, registry)
    labelled = made.labels(*("x" for _ in metric.labels)) if metric.labels else made
    (labelled.observe if isinstance(labelled, Histogram) else labelled.inc)(1)
    names = {sample.name for family in registry.collect() for sample in family.samples}
    assert (metric.name + "_count" if metric.kind is Histogram else metric.name) in names
