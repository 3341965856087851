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
    """What was answered, and who used how many CPU seconds meanwhile."""

    answers: Answers
    cpu_seconds: dict[str, float]

    def cores_used(self) -> dict[str, float]:
        """Return the CPU seconds a second."""
        return {name: round(spent / self.answers.elapsed_seconds, 2) for name, spent in self.cpu_seconds.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """A mode under full load and at half of what it took."""

    mode: Mode
    full: _Load
    half: _Load

    def accepted(self) -> int:
        """Return how many events were confirmed."""
        return self.full.answers.accepted + self.half.answers.accepted


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
        modes = [_measured(system, mode, prepared, seconds=seconds, say=say) for mode, prepared in requests.items()]
    confirmed += warm_up.accepted + sum(measured.accepted() for measured in modes)
    return {
        **_figures(modes[0]),
        **_balance(modes, confirmed=confirmed, stored=_stored(system) - before),
        "modes": {measured.mode.name: _figures(measured) for measured in modes},
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


def _measured(system: System, mode: Mode, requests: Sequence[bytes], *, seconds: float, say: Say) -> _Measured:
    target = _target(system, mode)
    full = _load(system, lambda: as_fast_as_it_goes(target, requests, seconds=seconds))
    rate = full.answers.requests / full.answers.elapsed_seconds
    say(f"{mode.name}: {rate * mode.events_each:,.0f} events/s, {rate:,.0f} requests/s")
    half = _load(system, lambda: at_rate(target, requests, rate=rate / 2, seconds=seconds))
    measured = _Measured(mode=mode, full=full, half=half)
    say(f"{mode.name} at half of that: p99 {_figures(measured)['latency_ms']['p99']:.1f} ms")
    return measured


def _load(system: System, run: Callable[[], Answers]) -> _Load:
    meter = CpuMeter({role: system.pids(role) for role in ("gateway", "broker")})
    machine = _machine_seconds()
    answers = run()
    used = {**meter.seconds(), "generator": answers.own_cpu_seconds}
    rest = max(0.0, _machine_seconds() - machine - sum(used.values()))  # the two are not read at the same instant
    return _Load(answers=answers, cpu_seconds={**used, "rest_of_machine": rest})


def _machine_seconds() -> float:
    """Return the CPU seconds all processes of this machine have used."""
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq)


def _figures(measured: _Measured) -> dict[str, Any]:
    """Return a mode's figures: rates and CPU at full load, latencies at half of it.

    `cores_used` tells what limits: the gateway should be near 1, `rest_of_machine` (nobody's part of the run) near 0.
    """
    full, half = measured.full.answers, measured.half.answers
    return {
        "events_per_second": round(full.accepted / full.elapsed_seconds, 1),
        "requests_per_second": round(full.requests / full.elapsed_seconds, 1),
        "cpu_us_per_event": cpu_us_per_event(measured.full.cpu_seconds, events=full.accepted),
        "cores_used": measured.full.cores_used(),
        "latency_ms": _rounded(summary_ms(half.latency_ms())),
        "latency_at_requests_per_second": round(half.requests / half.elapsed_seconds, 1),
        "waited_to_be_sent_ms": _rounded(summary_ms(half.wait_ms())),
        "cores_used_at_half": measured.half.cores_used(),
        "connections": measured.mode.connections,
    }


def _balance(modes: Sequence[_Measured], *, confirmed: int, stored: int) -> dict[str, Any]:
    """Return what became of all events: what was confirmed must be in Kafka, once."""
    answers = [load.answers for measured in modes for load in (measured.full, measured.half)]
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
