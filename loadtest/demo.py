"""A simulated fleet scans for a while, and every event is accounted for at the end."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loadtest import report
from loadtest.check import FeedResult, check_feed
from loadtest.cpu import CpuMeter, cpu_us_per_event
from loadtest.demo_view import Moment
from loadtest.drain import wait_drained
from loadtest.expected import Tally
from loadtest.fleet import Fleet
from loadtest.gateway_load import GatewayLoad
from loadtest.latency import latencies_ms, recent_ms, summary_ms
from loadtest.ledger import read_totals
from loadtest.live import LiveLoad
from loadtest.offsets import CouldNotCheck, end_offsets
from loadtest.scenario import Scenario
from loadtest.system import ROLES, System
from loadtest.topic_log import read_topic
from loadtest.visibility import Watcher
from schemas.kinds import CHECKPOINT, VEHICLE, VENUE, Feed

#: Shares of the rate. Vehicles' devices use the gateway, the others publish to Kafka through their app's servers.
_DIRECT: dict[Feed, float] = {VENUE: 0.8, CHECKPOINT: 0.12}
_BY_GATEWAY = (VEHICLE, 0.08)
_LEAD_SECONDS = 0.5
_VIEW_SECONDS = 0.5
_RECENT_MS = 5_000
_DRAIN_SECONDS = 120.0
_UNCERTAINTY_MS = 30_000


@dataclass(frozen=True, slots=True)
class DemoResult:
    """How the demonstration ended: each feed's verdict, and the report with the shared keys."""

    feeds: list[FeedResult]
    report: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Demo:
    """The parts of a demonstration that are at work at the same time. Make it with `prepare`."""

    system: System
    seconds: float
    start_ms: int
    direct: LiveLoad
    by_gateway: GatewayLoad
    gateway_first_offsets: dict[int, int]
    watcher: Watcher
    meter: CpuMeter

    @classmethod
    def prepare(cls, system: System, fleet: Fleet, *, seconds: float, rate: float, seed: int) -> "Demo":
        """Make everything; the whole system runs, the fleet is registered, and nobody else publishes."""
        start_ms = int((time.time() + _LEAD_SECONDS) * 1_000)

        def scenario(feed: Feed, share: float) -> Scenario:
            return Scenario(
                events=max(1, int(rate * share * seconds)),
                span_seconds=seconds,
                start_ms=start_ms,
                feed=feed,
                partitions=len(end_offsets(system.kafka, feed.topic)),
                seed=seed,
            )

        feed, share = _BY_GATEWAY
        direct = LiveLoad(system.kafka, fleet, [scenario(*each) for each in _DIRECT.items()])
        partitions = direct.runs[0].workload.scenario.partitions
        return cls(
            system=system,
            seconds=seconds,
            start_ms=start_ms,
            direct=direct,
            by_gateway=GatewayLoad(system.gateway_url, fleet, scenario(feed, share)),
            gateway_first_offsets=end_offsets(system.kafka, feed.topic),
            watcher=Watcher(system.clickhouse(), VENUE, partitions=partitions, start_ms=start_ms),
            meter=CpuMeter({role: system.pids(role) for role in ROLES}),
        )

    def run(self, show: Callable[[Moment], None]) -> "DemoResult":
        """Publish, wait until everything is queryable, and compare it with the truth.

        `show` is called about twice a second.
        """
        client = self.system.clickhouse()
        before = read_totals(client)

        def look() -> None:
            show(self._moment(read_totals(client) - before))

        try:
            self._publish(look)
            self._drain()
        finally:
            for part in (self.direct, self.by_gateway, self.watcher):
                part.stop()
        look()
        seconds, spent = time.time() - self.start_ms / 1_000, self.meter.seconds()
        feeds = self._check()
        return DemoResult(feeds=feeds, report=self._report(feeds, seconds=seconds, cpu_seconds=spent))

    def _publish(self, look: Callable[[], None]) -> None:
        for part in (self.watcher, self.direct, self.by_gateway):
            part.start()
        while self.direct.running() or self.by_gateway.running():
            time.sleep(_VIEW_SECONDS)
            look()
        self.direct.join()
        self.by_gateway.join()

    def _moment(self, done: Tally) -> Moment:
        elapsed = max(0.1, time.time() - self.start_ms / 1_000)
        published = self.direct.published + self.by_gateway.accepted
        since_ms = time.time() * 1_000 - _RECENT_MS
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

    def _drain(self) -> None:
        client = self.system.clickhouse()
        for feed in (*_DIRECT, _BY_GATEWAY[0]):
            ends = end_offsets(self.system.kafka, feed.topic)
            wait_drained(client, feed, ends=ends, timeout_seconds=_DRAIN_SECONDS)

    def _check(self) -> list[FeedResult]:
        feeds = [check_feed(self.system, run, run.expected(uncertainty_ms=_UNCERTAINTY_MS)) for run in self.direct.runs]
        feed, first_offsets = _BY_GATEWAY[0], self.gateway_first_offsets
        ends = end_offsets(self.system.kafka, feed.topic)
        log = read_topic(self.system.kafka, feed, first_offsets=first_offsets, ends=ends)
        if len(log) < self.by_gateway.accepted:
            raise CouldNotCheck(f"the gateway confirmed {self.by_gateway.accepted} events, Kafka has {len(log)}")
        return [*feeds, check_feed(self.system, log, log.expected())]

    def _report(
        self, feeds: Sequence[FeedResult], *, seconds: float, cpu_seconds: Mapping[str, float]
    ) -> dict[str, Any]:
        run = self.direct.runs[0]
        latency = latencies_ms(
            run.expected(uncertainty_ms=_UNCERTAINTY_MS).landed(),
            intended_ms=run.intended_ms(),
            first_offsets=run.first_offsets,
            sightings=self.watcher.sightings,
        )
        events = sum(feed.truth.published for feed in feeds)
        shared = report.result(
            feeds,
            seconds=seconds,
            cpu_us_per_event=cpu_us_per_event(cpu_seconds, events=events),
            latency_ms=summary_ms(latency),
        )
        by_gateway = {"accepted": self.by_gateway.accepted, "requests": self.by_gateway.requests}
        return {**shared, "by_gateway": by_gateway, "machine": report.machine(), "versions": report.versions()}
