"""One repetition of a live scenario: prepare → publish and sample → wait → compare. I/O, and no arithmetic."""

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from loadtest.check import FeedResult, check_feed
from loadtest.drain import NotDrained, wait_drained
from loadtest.expected import Expected
from loadtest.fault import Fault
from loadtest.fleet import Fleet
from loadtest.offsets import CouldNotCheck, end_offsets
from loadtest.profile import Profile
from loadtest.run import Run
from loadtest.scenario import Scenario
from loadtest.suite.acknowledged import Acknowledged
from loadtest.suite.analysts import AnalystLoad, words_of
from loadtest.suite.generator import Generator
from loadtest.suite.landing_times import LandingTimes, read_landing_times
from loadtest.suite.sampler import Sampler
from loadtest.suite.samples import Sample
from loadtest.suite.spec import Analysts, FaultTable
from loadtest.suite.view import View
from loadtest.system import DidNotStart, System
from loadtest.timeline import Timeline
from loadtest.visibility import Sightings, Watcher

_TICK_SECONDS = 0.1
_LEAD_MS = 1_000.0
#: Between making the first byte and sending it; what takes longer only makes the events a little older.
_PREPARED_EVENTS_PER_SECOND = 350_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPlan:
    """What one repetition does, in seconds from its start, of which the first are the warm-up."""

    name: str
    profile: Profile
    warm_up_seconds: float
    drain_seconds: float
    look_seconds: float
    seed: int
    faults: Sequence[FaultTable] = ()
    analysts: Analysts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Injury:
    """A fault, when it begins, in seconds from the start, and how long it is to last."""

    name: str
    fault: Fault
    at: float
    seconds: float

    def shape(self, timeline: Timeline) -> Timeline:
        """Return the timeline with what the fault puts into the load."""
        return _moved(self.fault.shape(_moved(timeline, -self.at), self.seconds), self.at)


def _moved(timeline: Timeline, seconds: float) -> Timeline:
    return replace(
        timeline,
        publish_us=timeline.publish_us + int(seconds * 1e6),
        event_ms=timeline.event_ms + int(seconds * 1e3),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultTime:
    """When a fault was at work, in seconds from the start."""

    name: str
    began: float
    ended: float


@dataclass(slots=True, kw_only=True)
class Measured:
    """Everything a repetition has found out. `expected` and `checked` are absent where it did not drain."""

    plan: LoadPlan
    generator: Generator
    told: Acknowledged
    start_ms: float
    samples: Sequence[Sample]
    sightings: Sightings
    landing: Mapping[int, LandingTimes] = field(default_factory=dict)
    drained_seconds: float | None = None
    problem: str = ""
    expected: Expected | None = None
    checked: FeedResult | None = None
    faults: Sequence[FaultTime] = ()
    ended: Sequence[str] = ()
    query_ms: Mapping[str, Sequence[float]] = field(default_factory=dict)

    @property
    def run(self) -> Run:
        """What was published."""
        return self.generator.run


def scenario_start_ms(events: int) -> int:
    """Return the moment (UTC ms) at which a scenario of so many events will be ready to start."""
    return int(time.time() * 1_000 + _LEAD_MS + events * 1_000 / _PREPARED_EVENTS_PER_SECOND)


class Measurement:
    """Measures one scenario on a running system: worker and sink run, the fleet is registered, nobody else publishes.

    `samples` can be read while it lasts, and after it was interrupted.
    """

    def __init__(
        self,
        system: System,
        fleet: Fleet,
        plan: LoadPlan,
        scenario: Scenario,
        *,
        directory: Path,
        view: View,
        faults: Mapping[str, Fault],
    ) -> None:
        self._system, self._plan, self._view = system, plan, view
        self._generator = Generator(system, fleet, scenario, directory)
        self._feed = scenario.feed
        self._chance = random.Random(plan.seed)  # noqa: S311 -- reproducible, nothing secret
        self._injuries = [self._injury(each, faults[each.name]) for each in plan.faults]
        for injury in self._injuries:
            self._generator.shape(injury.shape)
        self._sampler: Sampler | None = None
        self._fault_times: list[FaultTime] = []
        self._ended: list[str] = []

    @property
    def samples(self) -> Sequence[Sample]:
        """What has been sampled so far."""
        return self._sampler.samples if self._sampler else []

    def run(self) -> Measured:
        """Do it and return what was found; raise CouldNotCheck where that says nothing about the pipeline.

        Ends the generator and all threads however it ends.
        """
        generator, plan = self._generator, self._plan
        landing_first = end_offsets(self._system.kafka, self._feed.landing_topic)
        self._view.phase("preparing", total=len(generator.run.workload))
        generator.prepare(on_progress=self._view.progress)
        watcher = Watcher(self._system.clickhouse(), self._feed, period_seconds=plan.look_seconds)
        sampler = self._sampler = Sampler(
            self._system,
            self._feed,
            first_offsets=generator.run.first_offsets,
            published=lambda: generator.acked,
            generator_pid=generator.pid,
        )
        analysts = self._analysts(plan.analysts) if plan.analysts else None
        start_ms = max(time.time() * 1_000 + _LEAD_MS, float(generator.run.workload.scenario.start_ms))
        watcher.start()
        sampler.start(start_ms=start_ms)
        try:
            generator.start(start_ms=start_ms)
            if analysts:
                analysts.start()
            self._during_load(start_ms, sampler, watcher)
            told = generator.join()
            if analysts:
                analysts.stop()
            problem, drained = self._drain(start_ms)
        finally:
            generator.kill()
            if analysts:
                analysts.stop()
            sampler.stop()
            watcher.stop()
        self._revive()
        measured = Measured(
            plan=plan,
            generator=generator,
            told=told,
            start_ms=start_ms,
            samples=sampler.samples,
            sightings=watcher.sightings,
            drained_seconds=drained,
            problem=problem,
            faults=self._fault_times,
            ended=self._ended,
            query_ms=analysts.milliseconds if analysts else {},
        )
        if not problem:
            self._compare(measured, landing_first)
        return measured

    def _analysts(self, wanted: Analysts) -> AnalystLoad:
        return AnalystLoad(wanted, self._system.clickhouse, words=words_of(self._generator.run.workload))

    def _during_load(self, start_ms: float, sampler: Sampler, watcher: Watcher) -> None:
        self._view.phase("publishing", total=len(self._generator.run.workload))
        waiting = sorted(self._injuries, key=lambda injury: injury.at)
        while not self._generator.finished:
            now = time.time() - start_ms / 1_000
            self._view.live(sampler.samples, watcher.sightings, self._generator)
            if waiting and now >= waiting[0].at:
                self._do(waiting.pop(0), start_ms)
            time.sleep(_TICK_SECONDS)
        if waiting:
            raise CouldNotCheck(f"the load was over before it was time for {waiting[0].name!r}: make it longer")

    def _injury(self, table: FaultTable, fault: Fault) -> Injury:
        seconds = fault.lasts(self._chance) if table.seconds is None else table.seconds
        return Injury(name=table.name, fault=fault, at=table.at_seconds + self._plan.warm_up_seconds, seconds=seconds)

    def _do(self, injury: Injury, start_ms: float) -> None:
        began = time.time() - start_ms / 1_000
        self._view.say(f"{injury.name} after {began:.0f} s")
        self._revive()  # before the fault, which might kill what is dead already
        try:
            injury.fault(self._system, self._chance, seconds=injury.seconds)
        except DidNotStart as problem:
            self._ended.append(str(problem))
        ended = time.time() - start_ms / 1_000
        self._fault_times.append(FaultTime(name=injury.name, began=round(began, 3), ended=round(ended, 3)))
        self._view.say(f"{injury.name} was over after {ended - began:.0f} s")

    def _revive(self) -> None:
        """Start again what ended by itself, and note that it did, or that it could not be started."""
        try:
            self._ended += self._system.revive()
        except DidNotStart as problem:
            self._ended.append(str(problem))

    def _drain(self, start_ms: float) -> tuple[str, float | None]:
        """Return what went wrong, if anything, and the seconds from the start until everything was queryable."""
        ends = end_offsets(self._system.kafka, self._feed.topic)
        self._view.phase("draining", total=sum(ends.values()))

        def look(done: int, total: int) -> None:
            self._view.progress(done, total)
            self._revive()

        try:
            wait_drained(
                self._system.clickhouse(),
                self._feed,
                ends=ends,
                timeout_seconds=self._plan.drain_seconds,
                on_progress=look,
            )
        except NotDrained as problem:
            return str(problem), None
        return "", time.time() - start_ms / 1_000

    def _compare(self, measured: Measured, landing_first: dict[int, int]) -> None:
        run = measured.run
        self._view.phase("comparing every row with the truth", total=None)
        measured.landing = read_landing_times(
            self._system.kafka,
            self._feed,
            first=landing_first,
            ends=end_offsets(self._system.kafka, self._feed.landing_topic),
        )
        # The broker's own stamps are known, so nothing about the truth is uncertain.
        measured.expected = run.expected(uncertainty_ms=0)
        measured.checked = check_feed(self._system, run, measured.expected)
