"""The figures of a grid: medians of each peer's runs, and their ratios to ours."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from loadtest.peers.catalogue import BASELINE
from loadtest.peers.peer import Peer
from loadtest.peers.record import Record


def peer_figures(peer: Peer, records: Sequence[Record], *, version: str) -> dict[str, Any]:
    """Return the medians of a peer's runs (at least one) and what must be said about it.

    Rows are those of the worst run: the one with most rows missing or too many. `correct` is None when time was up in
    every run and nothing wrong was seen. `spread` is the range of the rate by its median.
    """
    rates = [record.events_per_second for record in records]
    worst = max(records, key=lambda record: record.lost + abs(record.doubled))
    cpu = {name: _median(record.cpu_us_per_event[name] for record in records) for name in _CPU}
    return {
        "events_per_second": round(median(rates), 1),
        "events_per_second_once_ready": round(_median(record.events_per_second_once_ready for record in records), 1),
        "cpu_us_per_event": cpu["peer"],
        "cpu_us_per_event_once_ready": _median(record.cpu_us_per_event_once_ready for record in records),
        "cpu_us_per_event_by_process": cpu,
        "rss_bytes": int(_median(record.rss_bytes for record in records)),
        "published": worst.published,
        "unique_rows": worst.unique_rows,
        "expected_rows": worst.expected_unique,
        "rows": worst.rows,
        "lost": worst.lost,
        "doubled": worst.doubled,
        "correct": _correct(records),
        "endings": sorted({record.ending for record in records}),
        "differences": [sentence for record in records for sentence in record.sentences],
        "guarantee": peer.guarantee,
        "sink": peer.sink,
        "version": version,
        "processes": peer.processes,
        "repeats": len(records),
        "spread": _ratio(max(rates) - min(rates), median(rates)),
        "note": _note(peer, records),
    }


_CPU = ("peer", "clickhouse", "broker", "total_without_broker")


def with_ratios(figures: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Add to each peer's figures their ratio to ours: `rate` above 1 is faster, `cpu` below 1 is cheaper.

    `cpu` compares the peer's processes, `cpu_total` those and ClickHouse. Without ours there are no ratios.
    """
    base = figures.get(BASELINE)
    return {name: {**each, "ratio_to_ours": _ratios(each, base) if base else None} for name, each in figures.items()}


def _ratios(figures: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, float]:
    total = "total_without_broker"
    return {
        "rate": _ratio(figures["events_per_second"], base["events_per_second"]),
        "rate_once_ready": _ratio(figures["events_per_second_once_ready"], base["events_per_second_once_ready"]),
        "cpu": _ratio(figures["cpu_us_per_event"], base["cpu_us_per_event"]),
        "cpu_total": _ratio(figures["cpu_us_per_event_by_process"][total], base["cpu_us_per_event_by_process"][total]),
        "rss": _ratio(figures["rss_bytes"], base["rss_bytes"]),
    }


def _ratio(value: float, base: float) -> float:
    return round(value / base, 3) if base else 0.0


def _median(values: Iterable[float]) -> float:
    return round(median(values), 3)


def _correct(records: Sequence[Record]) -> bool | None:
    verdicts = [record.correct for record in records]
    if False in verdicts:
        return False
    return True if True in verdicts else None


def _note(peer: Peer, records: Sequence[Record]) -> str:
    """Return the peer's note, and how its runs ended where that was not with the last row."""
    endings = {record.ending for record in records} - {"complete"}
    return "; ".join([part for part in (peer.note, *(f"ended: {ending}" for ending in sorted(endings))) if part])
