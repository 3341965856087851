"""How long an event takes from publishing to being queryable, at a steady rate through Kafka."""

import time
from collections.abc import Callable
from typing import Any

from loadtest import report
from loadtest.check import check_feed
from loadtest.cpu import CpuMeter, cpu_us_per_event
from loadtest.drain import wait_drained
from loadtest.fleet import Fleet
from loadtest.latency import latencies_ms, summary_ms
from loadtest.live import LiveLoad
from loadtest.offsets import end_offsets
from loadtest.scenario import Scenario
from loadtest.system import ROLES, System
from loadtest.visibility import Watcher
from schemas.kinds import VENUE

Say = Callable[[str], None]

_LEAD_SECONDS = 1.0
#: The first seconds of a process are not what it is asked for: caches fill, kernels load.
_WARM_UP_SECONDS = 5.0
_DRAIN_SECONDS = 120.0
_UNCERTAINTY_MS = 30_000


def bench_live(system: System, fleet: Fleet, *, rate: float, seconds: float, seed: int, say: Say) -> dict[str, Any]:
    """Publish `rate` venue scans a second for `seconds`, after a warm-up, and return the report.

    The system runs with worker and sink, the fleet is registered, and nobody else publishes.
    """
    say(f"warming up for {_WARM_UP_SECONDS:.0f} s")
    warm_up = _load(system, fleet, rate=rate, seconds=_WARM_UP_SECONDS, seed=seed + 1)
    warm_up.start()
    warm_up.join()
    _drain(system)
    load = _load(system, fleet, rate=rate, seconds=seconds, seed=seed)
    (run,) = load.runs
    scenario = run.workload.scenario
    watcher = Watcher(system.clickhouse(), VENUE)
    meter = CpuMeter({role: system.pids(role) for role in ROLES})
    say(f"publishing {rate:,.0f} events/s for {seconds:.0f} s")
    watcher.start()
    load.start()
    try:
        load.join()
        _drain(system)
    finally:
        watcher.stop()
    took, spent = time.time() - scenario.start_ms / 1_000, meter.seconds()
    say("comparing every row with the truth")
    expected = run.expected(uncertainty_ms=_UNCERTAINTY_MS)
    latency = latencies_ms(
        expected.landed(),
        intended_ms=run.intended_ms(),
        first_offsets=run.first_offsets,
        sightings=watcher.sightings,
    )
    shared = report.result(
        [check_feed(system, run, expected)],
        seconds=took,
        cpu_us_per_event=cpu_us_per_event(spent, events=len(run)),
        latency_ms=summary_ms(latency),
    )
    return {**shared, "rate": rate, "seed": seed, "machine": report.machine(), "versions": report.versions()}


def _load(system: System, fleet: Fleet, *, rate: float, seconds: float, seed: int) -> LiveLoad:
    scenario = Scenario(
        events=int(rate * seconds),
        span_seconds=seconds,
        start_ms=int((time.time() + _LEAD_SECONDS) * 1_000),
        partitions=len(end_offsets(system.kafka, VENUE.topic)),
        seed=seed,
    )
    return LiveLoad(system.kafka, fleet, [scenario])


def _drain(system: System) -> None:
    ends = end_offsets(system.kafka, VENUE.topic)
    wait_drained(system.clickhouse(), VENUE, ends=ends, timeout_seconds=_DRAIN_SECONDS)
