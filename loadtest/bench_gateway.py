"""How much the gateway takes, in batches and in single events, and how fast it answers at half of that."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import orjson

from loadtest import report
from loadtest.cpu import CpuMeter
from loadtest.fleet import Fleet
from loadtest.generate import Workload
from loadtest.json_events import json_events
from loadtest.latency import summary_ms
from loadtest.offsets import end_offsets
from loadtest.raw_http import RawConnection, request_bytes
from loadtest.registry import device_token
from loadtest.scenario import Scenario, Shares
from loadtest.system import System
from schemas.kinds import VENUE

Say = Callable[[str], None]

_CONNECTIONS = 16
_BATCH_EVENTS = 100
#: Single requests are repeated from so many different ones: to the gateway each is as new as the first.
_MOST_DIFFERENT_EVENTS = 200_000
_ENROL_SECONDS = 60.0
_SOUND = Shares(malformed=0, invalid=0)


@dataclass(slots=True)
class Answers:
    """What the gateway answered: events it confirmed, requests it did not take, and each request's latency in ms."""

    accepted: int = 0
    refused_requests: int = 0
    latencies_ms: list[float] | None = None

    def add(self, status: int, body: bytes, latency_ms: float) -> None:
        """Take note of one answer."""
        if status == 200:
            self.accepted += orjson.loads(body)["accepted"]
        else:
            self.refused_requests += 1
        if self.latencies_ms is not None:
            self.latencies_ms.append(latency_ms)


def bench_gateway(system: System, fleet: Fleet, *, seconds: float, seed: int, say: Say) -> dict[str, Any]:
    """Load the gateway for `seconds` four times and return the report.

    The gateway runs, the fleet is registered, and nobody else publishes.
    """
    host, port = urlsplit(system.gateway_url).hostname or "", urlsplit(system.gateway_url).port or 0
    before = sum(end_offsets(system.kafka, VENUE.topic).values())
    batches = _requests(fleet, host=host, events_each=_BATCH_EVENTS, seed=seed)
    singles = _requests(fleet, host=host, events_each=1, seed=seed + 1, events=_MOST_DIFFERENT_EVENTS // 5)
    confirmed = asyncio.run(_wait_enrolled(host, port, singles[0]))
    modes = {}
    for name, requests, events_each in (("batches_of_100", batches, _BATCH_EVENTS), ("single", singles, 1)):
        modes[name], accepted = _measure(system, (host, port), requests, events_each, seconds=seconds, say=say)
        confirmed += accepted
    stored = sum(end_offsets(system.kafka, VENUE.topic).values()) - before
    return {
        **modes,
        "published": confirmed,
        "lost": max(0, confirmed - stored),
        "doubled": max(0, stored - confirmed),
        "balanced": stored == confirmed,
        "seed": seed,
        "machine": report.machine(),
        "versions": report.versions(),
    }


def _measure(
    system: System,
    address: tuple[str, int],
    requests: Sequence[bytes],
    events_each: int,
    *,
    seconds: float,
    say: Say,
) -> tuple[dict[str, Any], int]:
    meter, began = CpuMeter({"gateway": system.pids("gateway")}), time.monotonic()
    full = asyncio.run(_as_fast_as_it_goes(address, requests, seconds=seconds))
    elapsed, cpu = time.monotonic() - began, meter.seconds()["gateway"]
    rate = full.accepted / events_each / elapsed
    say(f"{events_each} events a request: {full.accepted / elapsed:,.0f} events/s, {rate:,.0f} requests/s")
    half = asyncio.run(_at_rate(address, requests, rate=rate / 2, seconds=seconds))
    latency = summary_ms(np.array(half.latencies_ms))
    say(f"at half of that: p99 {latency['p99']:.1f} ms")
    return {
        "events_per_second": round(full.accepted / elapsed, 1),
        "requests_per_second": round(rate, 1),
        "cores_used": round(cpu / elapsed, 2),
        "cpu_us_per_event": round(cpu / max(1, full.accepted) * 1e6, 2),
        "refused_requests": full.refused_requests + half.refused_requests,
        "latency_ms_at_half": {name: round(value, 2) for name, value in latency.items()},
    }, full.accepted + half.accepted


def _requests(
    fleet: Fleet, *, host: str, events_each: int, seed: int, events: int = _MOST_DIFFERENT_EVENTS
) -> list[bytes]:
    scenario = Scenario(
        events=events, span_seconds=60, start_ms=int(time.time() * 1_000) - 60_000, seed=seed, shares=_SOUND
    )
    devices = cycle(fleet.device_ids()[:1_000].tolist())
    made = []
    for chunk in Workload(scenario, fleet).chunks():
        for part in _parts(json_events(VENUE, chunk.columns), events_each):
            token = device_token(fleet, next(devices))
            made.append(request_bytes(host=host, path="/v1/scans", token=token, body=orjson.dumps(part)))
    return made


def _parts(events: list[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    rest = iter(events)
    while part := list(islice(rest, size)):
        yield part


async def _wait_enrolled(host: str, port: int, request: bytes) -> int:
    """Send one request until the gateway knows its device; return how many events it confirmed."""
    connection = await RawConnection.open(host, port)
    deadline = time.monotonic() + _ENROL_SECONDS
    while True:
        status, body = await connection.post(request)
        if status == 200 or time.monotonic() > deadline:
            await connection.close()
            return int(orjson.loads(body)["accepted"])
        await asyncio.sleep(0.1)


async def _as_fast_as_it_goes(address: tuple[str, int], requests: Sequence[bytes], *, seconds: float) -> Answers:
    answers, waiting, end = Answers(), cycle(requests), time.monotonic() + seconds

    async def client() -> None:
        connection = await RawConnection.open(*address)
        while time.monotonic() < end:
            answers.add(*await connection.post(next(waiting)), 0.0)
        await connection.close()

    async with asyncio.TaskGroup() as clients:
        for _ in range(_CONNECTIONS):
            clients.create_task(client())
    return answers


async def _at_rate(address: tuple[str, int], requests: Sequence[bytes], *, rate: float, seconds: float) -> Answers:
    """Send at intended times; a request that finds all connections busy waits, and that counts."""
    answers, waiting = Answers(latencies_ms=[]), cycle(requests)
    start = time.monotonic()
    due = iter(start + number / rate for number in range(int(rate * seconds)))

    async def client() -> None:
        connection = await RawConnection.open(*address)
        for at in due:
            await asyncio.sleep(max(0.0, at - time.monotonic()))
            status, body = await connection.post(next(waiting))
            answers.add(status, body, (time.monotonic() - at) * 1_000)
        await connection.close()

    async with asyncio.TaskGroup() as clients:
        for _ in range(4 * _CONNECTIONS):
            clients.create_task(client())
    return answers
