"""How much the gateway takes on one core, in batches and in single events, and how fast it answers at half of that."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson
import psutil

from loadtest import report
from loadtest.cpu import CpuMeter, cpu_us_per_event
from loadtest.fleet import Fleet
from loadtest.gateway_requests import gateway_requests
from loadtest.http_load import Answers, Target, as_fast_as_it_goes, at_rate
from loadtest.latency import summary_ms
from loadtest.offsets import CouldNotCheck, end_offsets
from loadtest.pinning import on_a_core_of_its_own
from loadtest.raw_http import RawConnection
from loadtest.system import System
from schemas.kinds import VENUE

Say = Callable[[str], None]

#: Requests are repeated from so many events: to the gateway each is as new as the first.
_DIFFERENT_EVENTS = 40_000
#: Until the broker's code is compiled; without it a run of a few seconds measures little else.
_WARM_UP_SECONDS = 5.0
_ENROL_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """One way of sending."""

    name: str
    events_each: int
    connections: int


#: So many connections that the gateway always has something to do while others wait for Kafka.
_BATCHES = Mode(name="batches_of_100", events_each=100, connections=16)
_SINGLE = Mode(name="single", events_each=1, connections=64)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Load:
    """Both loads of one mode, and what everyone used during the full one, in CPU seconds."""

    mode: Mode
    full: Answers
    half: Answers
    cpu_seconds: dict[str, float]
    machine_seconds: float


def bench_gateway(system: System, fleet: Fleet, *, seconds: float, seed: int, say: Say) -> dict[str, Any]:
    """Load the gateway for `seconds` four times and return the report; raise CouldNotCheck if it takes nothing.

    The gateway runs, the fleet is registered, and nobody else publishes. The gateway gets a core of its own; load
    generator, broker and ClickHouse share the others.
    """
    before, host = _stored(system), _target(system, _SINGLE).host
    requests = {
        mode: gateway_requests(fleet, host=host, events_each=mode.events_each, events=_DIFFERENT_EVENTS, seed=seed)
        for mode in (_BATCHES, _SINGLE)
    }
    confirmed = asyncio.run(_wait_enrolled(_target(system, _SINGLE), requests[_SINGLE][0]))
    others = [pid for role in ("broker", "clickhouse") for pid in system.pids(role)]
    with on_a_core_of_its_own(system.pids("gateway"), others) as cores:
        warm_up = as_fast_as_it_goes(_target(system, _SINGLE), requests[_SINGLE], seconds=_WARM_UP_SECONDS)
        loads = [_load(system, mode, prepared, seconds=seconds, say=say) for mode, prepared in requests.items()]
    confirmed += warm_up.accepted + sum(load.full.accepted + load.half.accepted for load in loads)
    return {
        **_figures(loads[0]),
        **_balance(loads, confirmed=confirmed, stored=_stored(system) - before),
        "modes": {load.mode.name: _figures(load) for load in loads},
        "cores": {"gateway": sorted(cores.measured), "generator_and_broker": sorted(cores.others)},
        "seed": seed,
        "machine": report.machine(),
        "versions": report.versions(),
    }


def _stored(system: System) -> int:
    return sum(end_offsets(system.kafka, VENUE.topic).values())


def _target(system: System, mode: Mode) -> Target:
    address = urlsplit(system.gateway_url)
    return Target(host=address.hostname or "", port=address.port or 0, connections=mode.connections)


def _load(system: System, mode: Mode, requests: Sequence[bytes], *, seconds: float, say: Say) -> _Load:
    target = _target(system, mode)
    meter, machine = CpuMeter({role: system.pids(role) for role in ("gateway", "broker")}), _machine_seconds()
    full = as_fast_as_it_goes(target, requests, seconds=seconds)
    used, machine = meter.seconds(), _machine_seconds() - machine
    rate = full.requests / full.elapsed_seconds
    say(f"{mode.name}: {full.accepted / full.elapsed_seconds:,.0f} events/s, {rate:,.0f} requests/s")
    half = at_rate(target, requests, rate=rate / 2, seconds=seconds)
    load = _Load(mode=mode, full=full, half=half, cpu_seconds=used, machine_seconds=machine)
    say(f"{mode.name} at half of that: p99 {_figures(load)['latency_ms']['p99']:.1f} ms")
    return load


def _machine_seconds() -> float:
    """Return the CPU seconds all processes of this machine have used."""
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq)


def _figures(load: _Load) -> dict[str, Any]:
    """Return a mode's figures: rates and CPU at full load, latencies at half of it.

    `cores_used` tells what limits: the gateway should be near 1, `rest_of_machine` (nobody's part of the run) near 0.
    """
    full, half = load.full, load.half
    shares = {**load.cpu_seconds, "generator": full.own_cpu_seconds}
    shares["rest_of_machine"] = load.machine_seconds - sum(shares.values())
    return {
        "events_per_second": round(full.accepted / full.elapsed_seconds, 1),
        "requests_per_second": round(full.requests / full.elapsed_seconds, 1),
        "cpu_us_per_event": cpu_us_per_event(load.cpu_seconds, events=full.accepted),
        "cores_used": {name: round(spent / full.elapsed_seconds, 2) for name, spent in shares.items()},
        "latency_ms": _rounded(summary_ms(half.latency_ms())),
        "latency_at_requests_per_second": round(half.requests / half.elapsed_seconds, 1),
        "waited_to_be_sent_ms": _rounded(summary_ms(half.wait_ms())),
        "connections": load.mode.connections,
    }


def _balance(loads: Sequence[_Load], *, confirmed: int, stored: int) -> dict[str, Any]:
    """Return what became of all events: what was confirmed must be in Kafka, once."""
    answers = [answers for load in loads for answers in (load.full, load.half)]
    return {
        "published": confirmed,
        "rejected": sum(one.rejected for one in answers),
        "refused_requests": sum(one.refused for one in answers),
        "lost": max(0, confirmed - stored),
        "doubled": max(0, stored - confirmed),
        "balanced": stored == confirmed,
    }


def _rounded(summary: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 2) for name, value in summary.items()}


async def _wait_enrolled(target: Target, request: bytes) -> int:
    """Send one request until the gateway knows its device; return how many events it confirmed."""
    connection = await RawConnection.open(target.host, target.port)
    deadline = time.monotonic() + _ENROL_SECONDS
    while True:
        status, body = await connection.post(request)
        if status == 200:
            connection.close()
            return int(orjson.loads(body)["accepted"])
        if time.monotonic() > deadline:
            raise CouldNotCheck(f"the gateway still answers {status} after {_ENROL_SECONDS:.0f} s")
        await asyncio.sleep(0.1)
