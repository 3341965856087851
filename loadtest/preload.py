"""Fill a topic as fast as possible, and know exactly with what."""

import time
from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np

from loadtest.draw import Ints
from loadtest.fleet import make_fleet
from loadtest.generate import Workload
from loadtest.offsets import end_offsets
from loadtest.produce import Publisher, publish_fast
from loadtest.register import register
from loadtest.run import Run
from loadtest.scenario import Scenario, Shares

Say = Callable[[str], None]

#: Events happen within this time before publishing begins. Their neighbours happen up to 320 s earlier and are
#: published up to the end, which must be less than 10 minutes later: 50 M events take three or four of them.
_SPAN_SECONDS = 50.0
#: So many chunks are acknowledged before the next: their broker's times are known within the time that took.
_WAVE_CHUNKS = 100


def preload(bootstrap: str, *, events: int, seed: int, partitions: int, say: Say, shares: Shares | None = None) -> Run:
    """Register a fleet, publish `events` venue scans of it (the usual mix, or `shares`), return the record of them.

    The record's broker times are the earliest possible ones; the true ones are at most `run.known_within_ms` later.
    Raise CouldNotCheck unless the broker's end offsets say that exactly these were published.
    """
    fleet = make_fleet(seed=seed)
    now_ms = int(time.time() * 1_000)
    say(f"registering {fleet.places:,} places, their devices and areas")
    register(bootstrap, fleet, updated_ms=now_ms)
    scenario = Scenario(
        events=events,
        span_seconds=_SPAN_SECONDS,
        start_ms=now_ms - int(_SPAN_SECONDS * 1_000),
        partitions=partitions,
        seed=seed,
        shares=shares or Shares(),
    )
    run = Run(Workload(scenario, fleet), end_offsets(bootstrap, scenario.feed.topic))
    say(f"publishing {events:,} events")
    began = time.monotonic()
    run.settle(np.concatenate(list(_publish_in_waves(Publisher(bootstrap, scenario.feed.topic), run))))
    run.require_published(bootstrap)
    say(f"published {events:,} events at {events / (time.monotonic() - began):,.0f}/s")
    return run


def _publish_in_waves(publisher: Publisher, run: Run) -> Iterator[Ints]:
    """Yield the moment each wave began (UTC ms), once for each of its events."""
    chunks = run.workload.chunks()
    while len(run) < len(run.workload):
        before, began_ms = len(run), int(time.time() * 1_000)
        publish_fast(publisher, islice(chunks, _WAVE_CHUNKS), on_chunk=run.note)
        run.known_within_ms = max(run.known_within_ms, int(time.time() * 1_000) - began_ms)
        yield np.full(len(run) - before, began_ms)
