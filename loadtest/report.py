"""The result of a run as JSON: demo, bench and chaos share these keys."""

import json
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import confluent_kafka
import psutil

from loadtest.expected import Tally
from loadtest.ledger import Balance
from loadtest.verify import Comparison

_PACKAGES = ("faust-streaming", "aiokafka", "clickhouse-connect", "chdb", "numpy", "numba", "pyarrow")
_MOST_FAULTS = 10


def result(
    *,
    truth: Tally,
    comparison: Comparison,
    books: Balance,
    seconds: float,
    cpu_us_per_event: Mapping[str, float],
    latency_ms: Mapping[str, float],
) -> dict[str, Any]:
    """Return the shared keys.

    `balanced` says that the ledger balances, that it counts what the truth counts, and that every row is the truth's.
    """
    found = comparison.found
    return {
        "events_per_second": round(truth.published / seconds, 1) if seconds else 0.0,
        "cpu_us_per_event": dict(cpu_us_per_event),
        "latency_ms": {name: round(value, 1) for name, value in latency_ms.items()},
        "published": truth.published,
        "landed": found.landed,
        "retry": truth.retry,
        "rescan": found.rescan,
        "rejected": found.rejected,
        "late": found.late,
        "lost": comparison.lost,
        "doubled": comparison.doubled,
        "wrong": comparison.wrong + comparison.unexpected,
        "balanced": books.balanced and books.tally == truth and comparison.equal,
        "differences": [*comparison.examples, *books.faults[:_MOST_FAULTS]],
    }


def machine() -> dict[str, Any]:
    """Return what the run ran on."""
    return {
        "cores": psutil.cpu_count(),
        "processor": _processor(),
        "memory_bytes": psutil.virtual_memory().total,
        "system": f"{platform.system()} {platform.release()}",
    }


def versions() -> dict[str, str]:
    """Return the versions of what took part."""
    found = {"python": platform.python_version(), "librdkafka": confluent_kafka.libversion()[0]}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "absent"
    return found


def write(path: Path | None, report: Mapping[str, Any]) -> None:
    """Write the report to a file, if one is wanted."""
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(report, indent=2) + "\n", "utf-8")


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines() if Path("/proc/cpuinfo").exists() else ():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()
