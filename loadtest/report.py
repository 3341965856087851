"""The result of a run as JSON: demo, bench and chaos share these keys."""

import json
import platform
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import confluent_kafka
import psutil

from loadtest.check import FeedResult

_ROOT = Path(__file__).parents[1]
_PACKAGES = ("faust-streaming", "aiokafka", "clickhouse-connect", "chdb", "numpy", "numba", "pyarrow")


def result(
    feeds: Sequence[FeedResult],
    *,
    seconds: float,
    cpu_us_per_event: Mapping[str, float],
    latency_ms: Mapping[str, float],
) -> dict[str, Any]:
    """Return the shared keys of a run that took `seconds`."""
    counts = outcome(feeds)
    return {
        "events_per_second": round(counts["published"] / seconds, 1),
        "cpu_us_per_event": dict(cpu_us_per_event),
        "latency_ms": {name: round(value, 1) for name, value in latency_ms.items()},
        **counts,
    }


def outcome(feeds: Sequence[FeedResult]) -> dict[str, Any]:
    """Return what became of all feeds' events.

    Counts are those found in ClickHouse; retries leave no row, so theirs is the truth's, with which the ledger's must
    agree. `balanced` says that the ledger balances, that it counts what the truth counts, and that every row is the
    truth's.
    """
    rows = [(feed.truth, feed.comparison, feed.comparison.found) for feed in feeds]
    return {
        "published": sum(truth.published for truth, _, _ in rows),
        "landed": sum(found.landed for _, _, found in rows),
        "retry": sum(truth.retry for truth, _, _ in rows),
        "rescan": sum(found.rescan for _, _, found in rows),
        "rejected": sum(found.rejected for _, _, found in rows),
        "late": sum(found.late for _, _, found in rows),
        "lost": sum(comparison.lost for _, comparison, _ in rows),
        "doubled": sum(comparison.doubled for _, comparison, _ in rows),
        "wrong": sum(comparison.wrong + comparison.unexpected for _, comparison, _ in rows),
        "balanced": all(feed.correct for feed in feeds),
        "differences": [sentence for feed in feeds for sentence in feed.differences()],
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
    """Return the versions of what took part; ours is the commit, where there is one."""
    found = {
        "scanstream": _commit(),
        "python": platform.python_version(),
        "librdkafka": confluent_kafka.libversion()[0],
    }
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "absent"
    return found


def as_text(report: Mapping[str, Any]) -> str:
    """Return the report as indented JSON."""
    return json.dumps(report, indent=2)


def write(path: Path | None, report: Mapping[str, Any]) -> None:
    """Write the report to a file, if one is wanted."""
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(as_text(report) + "\n", "utf-8")


def _commit() -> str:
    """Return the commit of this code, marked where files have changed since; without git the package's version."""
    git = shutil.which("git")
    command = [git or "git", "-C", str(_ROOT), "describe", "--always", "--abbrev=10", "--dirty= with changes"]
    told = subprocess.run(command, capture_output=True, text=True, check=False) if git else None  # noqa: S603 -- no shell
    return told.stdout.strip() if told and told.returncode == 0 else version("scanstream")


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines() if Path("/proc/cpuinfo").exists() else ():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()
