"""Write the directory of a load test that never was, with figures that look like some, for the report to read."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

_CPU = {"worker": 2.6, "sink": 0.9, "clickhouse": 2.8, "gateway": 0.0, "broker": 0.7, "generator": 1.1, "observer": 0.4}
_PERCENTILES = [0.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.5, 99.9, 99.95, 99.99, 100.0]


def write_run(root: Path, *, status: str = "complete", seconds: int = 60) -> Path:
    """Write a run of a steady load, a search, a fault and a failed control; interrupted, the last two lack repeats."""
    whole = status == "complete"
    about = {
        "id": "2026-11-22T09-40-00Z",
        "started": "2026-11-22T09:40:00+00:00",
        "finished": "2026-11-22T10:12:00+00:00" if whole else None,
        "status": status,
        "seed": 7,
        "repeats": 3,
        "scenarios": ["steady", "sustainable", "broker-restart", "control"],
        "machine": {"cores": 2, "processor": "Some <Processor>", "memory_bytes": 25_276_510_208, "system": "Linux 6"},
        "versions": {"python": "3.11.7", "chdb": "4.4.0"},
    }
    _json(root / "run.json", about)
    for repeat in (1, 2, 3):
        write_repeat(root, "steady", repeat, seconds=seconds)
    write_repeat(root, "sustainable", 1, seconds=seconds, rate=118_000)
    _json(root / "sustainable" / "search.json", _search())
    for repeat in (1, 2, 3) if whole else (1,):
        write_repeat(root, "broker-restart", repeat, seconds=seconds, fault="broker restart")
    if whole:
        write_repeat(root, "control", 1, seconds=seconds, reasons=["1 row is lost: venue partition 2 offset 77"])
    _summary(root, "steady", "passed", repeats=3)
    if whole:
        _summary(root, "control", "failed", repeats=1)
        _json(root / "peers.json", PEERS)
    return root


def write_repeat(
    root: Path,
    scenario: str,
    repeat: int,
    *,
    seconds: int,
    rate: float = 20_000,
    fault: str = "",
    reasons: Sequence[str] = (),
) -> None:
    """Write everything a repeat leaves; with a fault nothing lands in the middle third and then all at double rate."""
    directory = root / scenario / str(repeat)
    directory.mkdir(parents=True, exist_ok=True)
    (root / scenario / "scenario.toml").write_text(f'name = "{scenario}"\nabout = "What {scenario} is."\n', "utf-8")
    random = np.random.default_rng(repeat)
    latency = np.array([60, 240, 300, 380, 450, 700, 800, 990, 1_050, 1_400, 1_600]) * random.uniform(0.9, 1.1)
    _csv(directory / "latency.csv", {"percentile": np.array(_PERCENTILES), "latency_ms": latency})
    _csv(directory / "samples.csv", _samples(seconds, rate, random, fault=bool(fault)))
    result: dict[str, Any] = {
        "scenario": scenario,
        "repeat": repeat,
        "seed": 7 + repeat,
        "rate_offered": rate,
        "events_per_second": rate * 0.998,
        "payload_bytes": 71.1,
        "versions": {"scanstream": "0123456789"},
        "warm_up_seconds": 5.0,
        "published": int(rate * seconds),
        "landed": int(rate * seconds * 0.9),
        "lost": len(reasons),
        "doubled": 0,
        "wrong": 0,
        "latency_ms": dict(
            zip(("p50", "p90", "p99", "p999", "p9999", "max"), latency[[1, 3, 5, 7, 9, 10]], strict=True)
        ),
        "stages_ms": {
            "publish": {"p50": 12, "p99": 30},
            "worker": {"p50": 180, "p99": 400},
            "sink": {"p50": 90, "p99": 310},
        },
        "lag": {"slope_events_per_second": 12.0, "slope_share": 0.0006, "max_events": 9_000},
        "cpu_us_per_event": {role: us * random.uniform(0.9, 1.1) for role, us in _CPU.items()}
        | {"total_without_broker": 6.3},
        "rss_bytes": {"worker": 650_000_000, "sink": 310_000_000, "clickhouse": 900_000_000},
        "generator": {"late_ms": {"p50": 0.0, "p99": 0.2}},
        "queries": {"p50_ms": 31.0, "p99_ms": 140.0, "failed": 0},
        "parts": {"active_max": 41, "active_end": 30},
        "verdict": "failed" if reasons else "passed",
        "reasons": list(reasons),
    }
    if fault:
        result["recovery_seconds"] = 8.5 + repeat
        result["faults"] = [{"name": fault, "began": seconds / 3, "ended": seconds / 2}]
    _json(directory / "result.json", result)


def _samples(seconds: int, rate: float, random: np.random.Generator, *, fault: bool) -> Mapping[str, Any]:
    at = np.arange(seconds + 1, dtype=np.float64)
    published = rate * at * random.uniform(0.999, 1.001, len(at))
    landed = np.maximum.accumulate(np.maximum(0, rate * (at - random.uniform(0.3, 0.5, len(at)))))
    if fault:
        held = np.where((at > seconds / 3) & (at < seconds / 2), rate * seconds / 3, landed)
        landed = np.minimum(held, np.where(at >= seconds / 2, rate * (seconds / 3 + 2 * (at - seconds / 2)), held))
    p50 = 240 * random.uniform(0.9, 1.2, len(at)) + 1_000 * (published - landed) / rate
    return {
        "seconds": at,
        "offered_per_second": np.full(len(at), rate),
        "published": published,
        "landed": landed,
        "lag_events": np.maximum(0, published - landed),
        "latency_p50_ms": p50,
        "latency_p99_ms": p50 * 2.4,
        "cpu_worker": random.uniform(0.1, 0.3, len(at)),
    }


def _search() -> dict[str, Any]:
    rates = [40_000, 80_000, 100_000, 110_000, 118_000, 125_000, 140_000]
    steps = [
        {
            "rate": rate,
            "slope_share": 0.001 if rate < 120_000 else 0.08,
            "latency_p50_ms": 200 + 40 / max(0.02, 1 - rate / 128_000),
            "latency_p99_ms": 500 + 110 / max(0.02, 1 - rate / 128_000),
            "sustained": rate < 120_000,
        }
        for rate in rates
    ]
    return {"steps": steps, "sustainable_events_per_second": 118_000}


def _peer(rate: float, peer_us: float, clickhouse_us: float, *, correct: bool | None = True) -> dict[str, Any]:
    return {
        "events_per_second": rate,
        "events_per_second_once_ready": rate * 1.2,
        "cpu_us_per_event": peer_us,
        "cpu_us_per_event_by_process": {"peer": peer_us, "clickhouse": clickhouse_us, "broker": 0.7},
        "rss_bytes": 800_000_000,
        "unique_rows": 900_000,
        "expected_rows": 900_000 if correct else 900_001,
        "correct": correct,
        "guarantee": "at-least-once; the window is forgotten in a crash or a rebalance, duplicates then land",
        "sink": "Arrow",
        "version": "1.2",
        "repeats": 3,
        "spread": 0.12,
        "note": "agent & Table",
    }


PEERS: Mapping[str, Any] = {
    "baseline": "scanstream",
    "events": 1_000_000,
    "payload_bytes": 71.1,
    "peers": {
        "scanstream": _peer(260_000, 3.5, 2.8),
        "floor": _peer(413_000, 1.9, 2.1),
        "faust": _peer(4_800, 210.0, 3.0),
        "bytewax": _peer(42_000, 24.0, 2.5, correct=None),
        "quix": _peer(14_000, 69.0, 2.5, correct=False),
        "flink": _peer(141_000, 8.2, 2.0),
    },
}


def _summary(root: Path, scenario: str, verdict: str, *, repeats: int) -> None:
    metrics = {
        "events_per_second": (19_960, 19_950, 19_970),
        "latency_p50_ms": (240, 228, 251),
        "latency_p99_ms": (700, 660, 742),
        "latency_p999_ms": (990, 940, 1_040),
        "latency_p9999_ms": (1_400, 1_330, 1_480),
        "cpu_us_per_event": (6.3, 6.1, 6.8),
        "rss_total_bytes": (1_860_000_000, 1_850_000_000, 1_880_000_000),
    }
    named = {name: dict(zip(("median", "min", "max"), values, strict=True)) for name, values in metrics.items()}
    _json(
        root / scenario / "summary.json",
        {"scenario": scenario, "repeats": repeats, "metrics": named, "verdict": verdict},
    )


def _json(file: Path, content: Mapping[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content), "utf-8")


def _csv(file: Path, columns: Mapping[str, Any]) -> None:
    with file.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.writer(lines)
        writer.writerow(columns)
        writer.writerows(zip(*(np.round(column, 3).tolist() for column in columns.values()), strict=True))
