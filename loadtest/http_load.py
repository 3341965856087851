"""Load a server with prepared requests: as many as it takes, or so many a second."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from itertools import cycle

import numpy as np
import orjson
import uvloop

from loadtest.draw import Floats
from loadtest.raw_http import RawConnection

_TIMER_SECONDS = 0.001
_Client = Callable[[RawConnection], Coroutine[None, None, None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where requests go, on how many connections that stay open."""

    host: str
    port: int
    connections: int


@dataclass(slots=True)
class Answers:
    """What the server answered. `accepted` and `rejected` count events, `requests` and `refused` requests.

    With intended times: each request's latency from then on, and how much of it passed before it was sent.
    """

    accepted: int = 0
    rejected: int = 0
    requests: int = 0
    refused: int = 0
    elapsed_seconds: float = 0.0
    own_cpu_seconds: float = 0.0
    latencies_ms: list[float] = field(default_factory=list)
    waits_ms: list[float] = field(default_factory=list)

    def add(self, status: int, body: bytes) -> None:
        """Take note of one answer."""
        self.requests += 1
        if status == 200:
            answer = orjson.loads(body)
            self.accepted += answer["accepted"]
            self.rejected += answer["rejected"]
        else:
            self.refused += 1

    def latency_ms(self) -> Floats:
        """Return the latencies in milliseconds, in no order."""
        return np.array(self.latencies_ms)

    def wait_ms(self) -> Floats:
        """Return the waits before sending in milliseconds, in no order."""
        return np.array(self.waits_ms)


def as_fast_as_it_goes(target: Target, requests: Sequence[bytes], *, seconds: float) -> Answers:
    """Send on every connection as soon as the last answer is there; return the answers."""
    answers, waiting, end = Answers(), cycle(requests), time.monotonic() + seconds

    async def client(connection: RawConnection) -> None:
        while time.monotonic() < end:
            answers.add(*await connection.post(next(waiting)))

    return _measured(target, client, answers)


def at_rate(target: Target, requests: Sequence[bytes], *, rate: float, seconds: float) -> Answers:
    """Send `rate` requests a second at intended times; one that finds all connections busy waits, and that counts."""
    answers, waiting, start = Answers(), cycle(requests), time.monotonic()
    due = iter(start + number / rate for number in range(int(rate * seconds)))

    async def client(connection: RawConnection) -> None:
        for at in due:
            await _until(at)
            answers.waits_ms.append((time.monotonic() - at) * 1_000)
            status, body = await connection.post(next(waiting))
            answers.latencies_ms.append((time.monotonic() - at) * 1_000)
            answers.add(status, body)

    return _measured(target, client, answers)


async def _until(at: float) -> None:
    """Wait until `at` of the monotonic clock. uvloop's timers may end a millisecond early, which would hide latency."""
    while (left := at - time.monotonic()) > 0:  # noqa: ASYNC110 -- a clock sets no event
        await asyncio.sleep(left + _TIMER_SECONDS)


def _measured(target: Target, client: _Client, answers: Answers) -> Answers:
    began, own = time.monotonic(), time.process_time()
    uvloop.run(_all(target, client))
    answers.elapsed_seconds = time.monotonic() - began
    answers.own_cpu_seconds = time.process_time() - own
    return answers


async def _all(target: Target, client: _Client) -> None:
    async def connected() -> None:
        connection = await RawConnection.open(target.host, target.port)
        await client(connection)
        connection.close()

    async with asyncio.TaskGroup() as clients:
        for _ in range(target.connections):
            clients.create_task(connected())
