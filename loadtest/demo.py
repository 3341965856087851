"""A simulated fleet scans for a while, and every event is accounted for at the end."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from loadtest import demo_plan, report
from loadtest.check import FeedResult
from loadtest.cpu import CpuMeter, cpu_us_per_event
from loadtest.demo_check import DemoCheck
from loadtest.demo_parts import Check, DeviceLoad, DirectLoad, Reports, Watch
from loadtest.demo_view import Moment
from loadtest.demo_watch import look_back
from loadtest.expected import Tally
from loadtest.fleet import Fleet
from loadtest.gateway_load import GatewayLoad
from loadtest.generate import Workload
from loadtest.latency import latencies_ms, recent_ms, summary_ms
from loadtest.ledger import read_totals
from loadtest.live import LiveLoad
from loadtest.offsets import end_offsets
from loadtest.people import people_of
from loadtest.reports.load import ReportLoad
from loadtest.system import ROLES, System
from loadtest.visibility import Sightings, Watcher
from schemas.kinds import VENUE

_LEAD_SECONDS = 0.5
_VIEW_SECONDS = 0.5
_RECENT_MS = 5_000


@dataclass(frozen=True, slots=True)
class DemoResult:
    """How the demonstration ended: each feed's verdict, and the report with the shared keys."""

    feeds: list[FeedResult]
    report: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """The parts of a demonstration that are at work at the same time. Make it with `prepare`.

    `began_ms` is when the person at the terminal started it all (UTC), `start_ms` when the first event is due.
    `totals` are the ledger's, over everything in it. `look_back` has alerts raised about what has landed.
    """

    seconds: float
    began_ms: float
    start_ms: int
    direct: DirectLoad
    by_gateway: DeviceLoad
    reports: Reports
    watcher: Watch
    meter: CpuMeter
    check: Check
    totals: Callable[[], Tally]
    look_back: Callable[[], None] = lambda: None
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep

    @classmethod
    def prepare(
        cls,
        system: System,
        fleet: Fleet,
        *,
        seconds: float,
        rate: float,
        seed: int,
        began_ms: float,
        watch_rules: int,
    ) -> "Demo":
        """Make everything; the whole system runs, the fleet is registered, and nobody else publishes.

        `watch_rules` is how many questions the watch asks.
        """
        start_ms = int((time.time() + _LEAD_SECONDS) * 1_000)
        first_offsets = {feed: end_offsets(system.kafka, feed.topic) for feed in demo_plan.FEEDS}
        partitions = {feed.topic: len(offsets) for feed, offsets in first_offsets.items()}
        direct, by_gateway = (
            demo_plan.scenarios(shares, seconds=seconds, rate=rate, seed=seed, start_ms=start_ms, partitions=partitions)
            for shares in (demo_plan.DIRECT, demo_plan.BY_GATEWAY)
        )
        client = system.clickhouse()
        return cls(
            seconds=seconds,
            began_ms=began_ms,
            start_ms=start_ms,
            direct=LiveLoad(system.kafka, fleet, direct),
            by_gateway=GatewayLoad(system.gateway_url, fleet, by_gateway[0]),
            reports=ReportLoad(
                system.gateway_url,
                demo_plan.REPORTED,
                seed=demo_plan.seed_of_start(seed, start_ms=start_ms),
                fleet_seed=fleet.seed,
                seconds=seconds,
                per_second=demo_plan.PER_SECOND,
                known=people_of(Workload(direct[0], fleet), demo_plan.KNOWN_PEOPLE),
            ),
            watcher=Watcher(system.clickhouse(), VENUE),
            meter=CpuMeter({role: system.pids(role) for role in ROLES}),
            check=DemoCheck(system, first_offsets, since_ms=start_ms),
            totals=lambda: read_totals(client),
            look_back=lambda: look_back(system, rules=watch_rules),
        )

    def run(self, show: Callable[[Moment], None]) -> DemoResult:
        """Publish, wait until everything is queryable, have the watch look at it, and compare it with the truth.

        `show` is called about twice a second.
        """
        before = self.totals()

        def look() -> None:
            show(self._moment(self.totals() - before))

        try:
            self._publish(look)
            self.check.drain()
        finally:
            for part in (self.direct, self.by_gateway, self.reports, self.watcher):
                part.stop()
        look()
        seconds, spent = self.now() - self.start_ms / 1_000, self.meter.seconds()
        self.look_back()
        self.check.drain()
        feeds = self.check.results(self.direct.runs, accepted=self.by_gateway.accepted)
        feeds += self.check.reported(self.reports.sent.values())
        return DemoResult(feeds=feeds, report=self._report(feeds, seconds=seconds, cpu_seconds=spent))

    def _publish(self, look: Callable[[], None]) -> None:
        for part in (self.watcher, self.direct, self.by_gateway, self.reports):
            part.start()
        while self.direct.running() or self.by_gateway.running() or self.reports.running():
            self.sleep(_VIEW_SECONDS)
            look()
        self.direct.join()
        self.by_gateway.join()
        self.reports.join()

    def _moment(self, done: Tally) -> Moment:
        elapsed = max(0.1, self.now() - self.start_ms / 1_000)
        published = self.direct.published + self.by_gateway.accepted + self.reports.published
        since_ms = self.now() * 1_000 - _RECENT_MS
        run, seen = self.direct.runs[0], self.watcher.sightings
        recent = recent_ms(run, seen, since_ms=since_ms)
        return Moment(
            seconds=elapsed,
            total_seconds=self.seconds,
            published=published,
            rate=published / min(elapsed, self.seconds),
            done=done,
            latency_ms=summary_ms(recent if len(recent) else recent_ms(run, seen, since_ms=0)),
        )

    def _report(
        self, feeds: Sequence[FeedResult], *, seconds: float, cpu_seconds: Mapping[str, float]
    ) -> dict[str, Any]:
        run, sightings = self.direct.runs[0], self.watcher.sightings
        latency = latencies_ms(
            self.check.expected(run).landed(),
            intended_ms=run.intended_ms(),
            first_offsets=run.first_offsets,
            sightings=sightings,
        )
        events = sum(feed.truth.published for feed in feeds)
        shared = report.result(
            feeds,
            seconds=seconds,
            cpu_us_per_event=cpu_us_per_event(cpu_seconds, events=events),
            latency_ms=summary_ms(latency),
        )
        return {
            **shared,
            "feeds": {feed.feed.name: {**asdict(feed.truth), "balanced": feed.correct} for feed in feeds},
            "first_row_seconds": _first_row_seconds(sightings, began_ms=self.began_ms),
            "by_gateway": {"accepted": self.by_gateway.accepted, "requests": self.by_gateway.requests},
            "machine": report.machine(),
            "versions": report.versions(),
        }


def _first_row_seconds(sightings: Sightings, *, began_ms: float) -> float | None:
    """Return how long after `began_ms` the first row of this run could be queried; None if none was seen."""
    first_ms = sightings.first_ms()
    return round((first_ms - began_ms) / 1_000, 2) if np.isfinite(first_ms) else None
