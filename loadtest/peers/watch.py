"""Watch a peer's rows arrive until all are there, or until it is plain that no more will come."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from loadtest.peers.record import Ending

_PERIOD_SECONDS = 0.1
#: Without a new row for so long (a first row: three times as long) a peer is done, whatever is missing.
_STALL_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """How it went: times in seconds since the watch began; `ready_seconds` is `seconds` when it never was ready.

    `start_cpu_seconds` is the CPU used until then.
    """

    seen_rows: int
    seconds: float
    ready_seconds: float
    start_cpu_seconds: float
    ending: Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How to look at a running peer: its rows, whether all of it has begun to work, whether it runs, its CPU."""

    rows: Callable[[], int]
    is_ready: Callable[[], bool]
    is_alive: Callable[[], bool]
    cpu_seconds: Callable[[], float]


def watch_rows(  # noqa: PLR0917 -- clock and sleep come last, for tests
    look: Look,
    expected_rows: int,
    limit_seconds: float,
    on_progress: Callable[[int, int], None] | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Watched:
    """Return when `expected_rows` were seen, time is up, no row has come for long, or a process has ended."""
    began = changed = clock()
    ready: float | None = None
    seen, start_cpu = 0, 0.0
    while True:
        alive, rows, now = look.is_alive(), look.rows(), clock()
        if rows > seen:
            seen, changed = rows, now
        if ready is None and look.is_ready():
            ready, start_cpu = now, look.cpu_seconds()
        if on_progress:
            on_progress(min(seen, expected_rows), expected_rows)
        ending = _ending(seen, expected_rows, now=now, began=began, changed=changed, limit=limit_seconds, alive=alive)
        if ending is not None:
            seconds = max(1e-3, changed - began)
            return Watched(
                seen_rows=seen,
                seconds=seconds,
                ready_seconds=min(seconds, (ready or changed) - began),
                start_cpu_seconds=start_cpu,
                ending=ending,
            )
        sleep(_PERIOD_SECONDS)


def _ending(
    seen: int, expected: int, *, now: float, began: float, changed: float, limit: float, alive: bool
) -> Ending | None:
    if seen >= expected:
        return "complete"
    if not alive:
        return "failed"
    if now - began > limit:
        return "time limit"
    return "stalled" if now - changed > _STALL_SECONDS * (1 if seen else 3) else None
