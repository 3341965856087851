"""How fast the pipeline drains a topic that is full already, with every guarantee on."""

import time
from typing import Any

from loadtest import report
from loadtest.check import check_feed
from loadtest.cpu import CpuMeter, cpu_seconds, cpu_us_per_event
from loadtest.drain import wait_drained
from loadtest.floor import measure_floor
from loadtest.footprint import footprint, machine_seconds
from loadtest.offsets import Offsets, end_offsets
from loadtest.preload import Say, preload
from loadtest.progress import Progress
from loadtest.run import Run
from loadtest.scrape import scrape
from loadtest.stages import sink_shares, worker_shares
from loadtest.system import System
from schemas import metrics

#: Clocks of this machine's processes agree; a pause of one may still be as long.
_PAUSE_MS = 10_000
_DRAIN_SECONDS = 1_800.0


def bench_drain(
    system: System, *, events: int, seed: int, partitions: int, with_floor: bool, say: Say
) -> dict[str, Any]:
    """Preload a topic, start sink and worker, time them, compare every row with the truth; return the report.

    Broker and ClickHouse run, topics and tables exist and are empty; worker and sink don't run, and are left running.
    """
    run = preload(system.kafka, events=events, seed=seed, partitions=partitions, say=say)
    say("computing the truth")
    expected = run.expected(uncertainty_ms=_PAUSE_MS + run.known_within_ms)
    ends = end_offsets(system.kafka, run.feed.topic)
    floor = _floor(system, run, ends, say) if with_floor else {}
    drained = _drain(system, run, ends, say)
    say("comparing every row with the truth")
    shared = report.result(
        [check_feed(system, run, expected)],
        seconds=drained["seconds"],
        cpu_us_per_event=cpu_us_per_event(drained.pop("cpu_seconds"), events=events),
        latency_ms={},
    )
    say("reading the topics back: what they take of the disk")
    return {
        **shared,
        **drained,
        **footprint(system, run.feed, ends=ends),
        "partitions": partitions,
        "floor": floor,
        "ratio_to_floor": _ratio(shared["events_per_second"], floor),
        "payload_bytes": run.mean_value_bytes,
        "seed": seed,
        "machine": report.machine(),
        "versions": report.versions(),
    }


def _drain(system: System, run: Run, ends: Offsets, say: Say) -> dict[str, Any]:
    """Time from the start of the worker's process, whose CPU counts from there, too."""
    system.start("sink")
    others = CpuMeter({role: system.pids(role) for role in ("sink", "clickhouse", "broker")})
    began = time.monotonic()
    system.start("worker")
    ready, starting = time.monotonic(), sum(map(cpu_seconds, system.pids("worker")))
    before = machine_seconds() - starting - sum(others.seconds().values())
    done = wait_drained(
        system.clickhouse(),
        run.feed,
        ends=ends,
        timeout_seconds=_DRAIN_SECONDS,
        on_progress=Progress(say, "draining"),
    )
    seconds = done - began
    spent = {**others.seconds(), "worker": sum(map(cpu_seconds, system.pids("worker")))}
    other = machine_seconds() - sum(spent.values())
    worker = scrape(system.metrics_urls("worker"))
    stages = {
        "worker": worker_shares(worker, seconds=seconds),
        "sink": sink_shares(scrape(system.metrics_urls("sink")), seconds=seconds),
    }
    return {
        "cpu_seconds": spent,
        "other_cores": round(max(0.0, other - before) / (done - ready), 2),
        "seconds": round(seconds, 3),
        "ready_seconds": round(ready - began, 3),
        "worker_start_cpu_seconds": round(starting, 3),
        "events_per_second_once_ready": round(sum(ends.values()) / (done - ready), 1),
        "stages": stages,
        "left_to_sink": worker.total(metrics.UNDECIDED),
        "window_keys": worker.total(metrics.WINDOW_KEYS),
        "window_bytes": worker.total(metrics.WINDOW_BYTES),
    }


def _floor(system: System, run: Run, ends: Offsets, say: Say) -> dict[str, Any]:
    say("measuring the raw floor: fetch, decode, insert")
    meter, own = CpuMeter({role: system.pids(role) for role in ("clickhouse", "broker")}), time.process_time()
    floor = measure_floor(system.kafka, run.feed, ends=ends, new_client=system.clickhouse)
    say(f"raw floor: {floor.events_per_second:,.0f} events/s")
    own = time.process_time() - own  # without child processes, which are the system itself
    spent = cpu_us_per_event({**meter.seconds(), "worker": own}, events=floor.events)
    return {
        "events_per_second": round(floor.events_per_second, 1),
        "seconds": round(floor.seconds, 3),
        "cpu_us_per_event": {
            "fetch_decode_send": spent["worker"],
            "clickhouse": spent["clickhouse"],
            "broker": spent["broker"],
            "total_without_broker": spent["total_without_broker"],
        },
    }


def _ratio(events_per_second: float, floor: dict[str, Any]) -> float | None:
    return round(events_per_second / floor["events_per_second"], 3) if floor else None
