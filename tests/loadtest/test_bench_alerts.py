"""The alerts' bench counts what is missing and what is there twice."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from loadtest.bench_alerts import _alerts
from loadtest.suite.measure import Measured

_PERSON = b"p" * 16


class _Store:
    """A database with these scans of cases, and these alerts."""

    def __init__(self, scans: list[tuple[str, int, int]], alerts: list[tuple[str, int]]) -> None:
        self._scans, self._raised = scans, alerts

    def query(self, query: str, parameters: dict[str, Any] | None = None) -> Any:
        if "FROM alerts" in query:
            return SimpleNamespace(result_rows=self._raised)
        assert parameters == {"cases": [_PERSON.hex().upper()], "since": 7}
        return SimpleNamespace(result_rows=self._scans)


def _measured() -> Measured:
    """Return a run of two events of partition 0 from offset 10 on, meant to be sent at 100 and 200 ms."""
    generator = SimpleNamespace(intended_ms={0: np.array([100.0, 200.0])})
    checked = SimpleNamespace(correct=True)
    return cast(
        "Measured", SimpleNamespace(generator=generator, run=SimpleNamespace(first_offsets={0: 10}), checked=checked)
    )


@pytest.mark.parametrize(
    ("alerts", "lost", "doubled", "balanced"),
    [
        ([("AA", 400), ("AB", 600)], 0, 0, True),
        ([("AA", 400)], 1, 0, False),
        ([("AA", 400), ("AB", 600), ("AB", 601)], 0, 1, False),
        ([("AA", 400), ("AB", 600), ("AC", 601)], 0, 0, False),
    ],
)
def test_every_scan_of_a_case_raises_one_alert(
    alerts: list[tuple[str, int]], lost: int, doubled: int, balanced: bool
) -> None:
    store = _Store([("AA", 0, 10), ("AB", 0, 11)], alerts)
    found = _alerts(store, [_PERSON], _measured(), since_ms=7)
    assert (found["alerts_lost"], found["alerts_doubled"], found["balanced"]) == (lost, doubled, balanced)


def test_latency_counts_from_when_a_scan_was_meant_to_be_sent() -> None:
    found = _alerts(_Store([("AA", 0, 10)], [("AA", 400)]), [_PERSON], _measured(), since_ms=7)
    assert found["alert_latency_ms"]["max"] == pytest.approx(300, rel=0.01)
