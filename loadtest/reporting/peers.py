"""Peers of a comparison as the report needs them: figures, and ratios to ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """One peer, medians of its repeats.

    `cpu_us` are microseconds an event of its own processes, `clickhouse_us` those of ClickHouse meanwhile (0 where not
    told); `spread` is the range of its rates by their median. Ratios are None where ours has no figure.
    """

    name: str
    ours: bool
    events_per_second: float
    once_ready: float
    spread: float | None
    cpu_us: float
    clickhouse_us: float
    rate_ratio: float | None
    once_ready_ratio: float | None
    cpu_ratio: float | None
    rss_ratio: float | None
    rss_bytes: float
    unique_rows: int | None
    expected_rows: int | None
    correct: bool | None
    guarantee: str
    sink: str
    version: str
    repeats: int
    note: str

    @property
    def total_us(self) -> float:
        """CPU of the peer and of ClickHouse."""
        return self.cpu_us + self.clickhouse_us


def peers_of(document: Mapping[str, Any]) -> list[Peer]:
    """Return the peers of a peers.json, the fastest first; empty where it is empty."""
    found: Mapping[str, Mapping[str, Any]] = document.get("peers", {})
    baseline = str(document.get("baseline", ""))
    ours = found.get(baseline, {})
    peers = [_peer(name, figures, ours, baseline) for name, figures in found.items()]
    return sorted(peers, key=lambda peer: -peer.events_per_second)


def _peer(name: str, figures: Mapping[str, Any], ours: Mapping[str, Any], baseline: str) -> Peer:
    rate, once_ready = _rates(figures)
    our_rate, our_once_ready = _rates(ours)
    return Peer(
        name=name,
        ours=name == baseline,
        events_per_second=rate,
        once_ready=once_ready,
        spread=figures.get("spread"),
        cpu_us=_number(figures, "cpu_us_per_event"),
        clickhouse_us=_clickhouse(figures),
        rate_ratio=_ratio(rate, our_rate),
        once_ready_ratio=_ratio(once_ready, our_once_ready),
        rss_ratio=_ratio(_number(figures, "rss_bytes"), _number(ours, "rss_bytes")),
        cpu_ratio=_ratio(
            _number(figures, "cpu_us_per_event") + _clickhouse(figures),
            _number(ours, "cpu_us_per_event") + _clickhouse(ours),
        ),
        rss_bytes=_number(figures, "rss_bytes"),
        unique_rows=figures.get("unique_rows"),
        expected_rows=figures.get("expected_rows"),
        correct=figures.get("correct"),
        guarantee=str(figures.get("guarantee", "")),
        sink=str(figures.get("sink", "")),
        version=str(figures.get("version", "")),
        repeats=int(figures.get("repeats") or 1),
        note=str(figures.get("note", "")),
    )


def _rates(figures: Mapping[str, Any]) -> tuple[float, float]:
    """Return events a second from the start of the processes, and from when they were ready."""
    rate = _number(figures, "events_per_second")
    return rate, _number(figures, "events_per_second_once_ready") or rate


def _number(figures: Mapping[str, Any], name: str) -> float:
    return float(figures.get(name) or 0)


def _clickhouse(figures: Mapping[str, Any]) -> float:
    return _number(figures.get("cpu_us_per_event_by_process") or {}, "clickhouse")


def _ratio(value: float, of: float) -> float | None:
    return value / of if value and of else None
