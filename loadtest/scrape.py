"""Read Prometheus metrics from a process."""

import urllib.request
from collections.abc import Iterable

from prometheus_client.parser import text_string_to_metric_families

from schemas.metrics import Metric

_TIMEOUT_SECONDS = 5.0


class Scrape:
    """All samples of one moment, summed over the processes asked."""

    def __init__(self, text: str) -> None:
        self._samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]

    def total(self, metric: Metric, **labels: str) -> float:
        """Return the sum of a counter's or gauge's samples that have these labels."""
        return sum(
            sample.value
            for sample in self._samples
            if sample.name == metric.name and labels.items() <= sample.labels.items()
        )

    def by_label(self, metric: Metric, label: str) -> dict[str, float]:
        """Return a counter's or gauge's sums for each value of `label`."""
        sums: dict[str, float] = {}
        for sample in self._samples:
            if sample.name == metric.name:
                value = sample.labels[label]
                sums[value] = sums.get(value, 0.0) + sample.value
        return sums


def scrape(urls: Iterable[str]) -> Scrape:
    """Ask every address and return the samples together; raise OSError if one doesn't answer."""
    return Scrape("".join(map(_fetch, urls)))


def _fetch(url: str) -> str:
    with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 -- our own loopback address
        text: str = answer.read().decode()
        return text
