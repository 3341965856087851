"""One row a second of what a run looked like from outside."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

#: Processes in the order of their columns.
PROCESSES = ("worker", "sink", "clickhouse", "gateway", "broker", "generator", "observer")
#: All that is none of them, the share included that the host takes from a virtual machine.
OTHERS = "others"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What was seen at one moment. `seconds` count from the scenario's start, its warm-up included.

    `published` and `landed` are totals: events the broker acknowledged, and events the ledger covers. CPU is in seconds
    since the first sample; `cpu_seconds` and `rss_bytes` are by process, OTHERS among the former.
    """

    seconds: float
    published: int
    landed: int
    active_parts: int
    cpu_seconds: dict[str, float] = field(default_factory=dict)
    rss_bytes: dict[str, int] = field(default_factory=dict)

    @property
    def lag_events(self) -> int:
        """How many published events have no outcome yet."""
        return max(0, self.published - self.landed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """What the events say of one second, beside its sample: events meant to be published, latency of those seen."""

    offered: int = 0
    latency_p50_ms: float | None = None
    latency_p99_ms: float | None = None


HEADER = (
    "seconds",
    "offered_per_second",
    "published",
    "landed",
    "lag_events",
    "latency_p50_ms",
    "latency_p99_ms",
    *(f"cpu_{name}" for name in (*PROCESSES, OTHERS)),
    *(f"rss_{name}_bytes" for name in PROCESSES),
    "active_parts",
)


def write_csv(path: Path, samples: Sequence[Sample], seconds: Iterable[Second]) -> None:
    """Write a row a sample; CPU as cores busy since the sample before."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        before: Sample | None = None
        for sample, second in zip(samples, seconds, strict=True):
            writer.writerow(_row(sample, second, before))
            before = sample


def _row(sample: Sample, second: Second, before: Sample | None) -> list[object]:
    return [
        f"{sample.seconds:.3f}",
        second.offered,
        sample.published,
        sample.landed,
        sample.lag_events,
        _text(second.latency_p50_ms),
        _text(second.latency_p99_ms),
        *(f"{cores_busy(before, sample, name):.3f}" for name in (*PROCESSES, OTHERS)),
        *(sample.rss_bytes.get(name, 0) for name in PROCESSES),
        sample.active_parts,
    ]


def cores_busy(before: Sample | None, sample: Sample, name: str) -> float:
    """Return how many cores a process kept busy between two samples; 0 for the first."""
    if before is None or sample.seconds <= before.seconds:
        return 0.0
    spent = sample.cpu_seconds.get(name, 0.0) - before.cpu_seconds.get(name, 0.0)
    return max(0.0, spent) / (sample.seconds - before.seconds)


def _text(number: float | None) -> str:
    return "" if number is None else f"{number:.1f}"
