"""One repetition of a scenario of each kind, on a fresh system; returns its result and writes its files."""

import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from clickhouse_connect.driver.exceptions import ClickHouseError
from confluent_kafka import KafkaException

from loadtest import report
from loadtest.bench_drain import bench_drain
from loadtest.drain import NotDrained
from loadtest.expected import Undecidable
from loadtest.fault import Fault
from loadtest.fleet import Fleet, make_fleet
from loadtest.offsets import CouldNotCheck, end_offsets
from loadtest.profile import Profile, steady
from loadtest.register import register
from loadtest.suite import results
from loadtest.suite.measure import Measured, Measurement, scenario_start_ms
from loadtest.suite.percentiles import curve
from loadtest.suite.plans import load_plan, scenario_of, seed_of
from loadtest.suite.run_directory import STEPS_FILE, write_partial, write_repeat
from loadtest.suite.sampler import Sampler
from loadtest.suite.samples import Second
from loadtest.suite.search import Step, highest_sustained, next_rate, step_of
from loadtest.suite.spec import Bounds, Spec
from loadtest.suite.verdict import Verdict, inexact, judge
from loadtest.suite.view import View
from loadtest.system import System
from schemas.kinds import feed_by_name

OpenSystem = Callable[[Spec], AbstractContextManager[System]]


@contextmanager
def running_system(open_system: OpenSystem, spec: Spec, *, view: View) -> Iterator[tuple[System, Fleet]]:
    """Start a system for a scenario, with worker and sink at work and a fleet registered."""
    view.phase("starting the system", total=None)
    with open_system(spec) as system:
        fleet = make_fleet(seed=spec.seed, places=spec.places)
        register(system.kafka, fleet, updated_ms=int(time.time() * 1_000))
        system.start("sink")
        for number in range(spec.workers):
            system.start("worker", number)
        yield system, fleet


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """What a repetition needs: the scenario, its number from 1, where its files go, and the hands that do things.

    `open_system` starts a system of its own for the scenario: broker and ClickHouse, empty, without worker and sink.
    `near` is the rate a search's earlier repetition found; see `search.next_rate`.
    """

    name: str
    spec: Spec
    number: int
    directory: Path
    open_system: OpenSystem
    view: View
    faults: Mapping[str, Fault]
    near: float | None = None

    @property
    def seed(self) -> int:
        """The seed of this repetition."""
        return seed_of(self.spec, repeat=self.number)

    def run(self) -> dict[str, Any]:
        """Do it, write its files and return its result, verdict included; one that could not be checked, too."""
        kinds = {"live": self._live, "search": self._search, "drain": self._drain}
        try:
            found = kinds[self.spec.kind]()
        except (CouldNotCheck, NotDrained, Undecidable, ClickHouseError, KafkaException, OSError) as problem:
            found = self._judged(_nothing(self.seed), Verdict("unchecked", (str(problem),)))
            report.write(self.directory / "result.json", found)
        return found

    def _live(self) -> dict[str, Any]:
        with running_system(self.open_system, self.spec, view=self.view) as (system, fleet):
            measured = self._measure(system, fleet, self.spec.rates, seed=self.seed)
        return self._finish(measured)

    def _search(self) -> dict[str, Any]:
        search = _required(self.spec.search)
        steps: list[Step] = []
        wrong: list[str] = []
        best: tuple[float, Measured] | None = None
        # On a system of its own each: what an overloaded step leaves behind must not count against the next one.
        while (rate := next_rate(steps, search, near=self.near)) is not None:
            with running_system(self.open_system, self.spec, view=self.view) as (system, fleet):
                profile = steady(rate=rate, seconds=search.step_seconds)
                measured = self._measure(system, fleet, profile, seed=self.seed + len(steps))
            found = results.result(measured, results.timings(measured))
            step = step_of(found, rate=rate, search=search, outcome=judge(found, Bounds()).outcome)
            self.view.say(_sentence(step))
            wrong += [f"at {rate:,.0f} events/s: {sentence}" for sentence in inexact(found)]
            steps.append(step)
            report.write(self.directory / STEPS_FILE, {"steps": [asdict(each) for each in steps]})
            if rate == highest_sustained(steps) or best is None:
                best = rate, measured
        if best is None or not highest_sustained(steps):
            raise CouldNotCheck(f"no rate was sustained, not even {steps[-1].rate:,.0f} events/s")
        searched = {
            "events_per_second": highest_sustained(steps),
            "sustainable_events_per_second": highest_sustained(steps),
            "steps": [asdict(step) for step in steps],
        }
        return self._finish(best[1], more=searched, wrong=wrong)

    def _drain(self) -> dict[str, Any]:
        backlog = _required(self.spec.backlog)
        feed = feed_by_name("venue")
        with self.open_system(self.spec) as system:
            sampler = Sampler(
                system,
                feed,
                first_offsets={},
                published=lambda: sum(end_offsets(system.kafka, feed.topic).values()),
                generator_pid=None,
            )
            sampler.start(start_ms=time.time() * 1_000)
            try:
                found = bench_drain(
                    system,
                    events=backlog.events,
                    seed=self.seed,
                    partitions=self.spec.partitions,
                    with_floor=False,
                    say=self.view.say,
                )
            finally:
                sampler.stop()
        samples = sampler.samples
        figures = {
            **found,
            "rss_bytes": results.rss_maxima(samples),
            "parts": results.parts_figures(samples),
            "lag": {},
        }
        judged = self._judged(figures, judge(figures, self.spec.verdict))
        write_repeat(self.directory, result=judged, samples=samples, seconds=[Second()] * len(samples), latency=[])
        return judged

    def _measure(self, system: System, fleet: Fleet, rates: Profile, *, seed: int) -> Measured:
        plan = load_plan(self.spec, name=self.name, rates=rates, seed=seed)
        scenario = scenario_of(self.spec, plan, start_ms=scenario_start_ms(plan.profile.events))
        prepared = self.directory / "prepared"
        measurement = Measurement(system, fleet, plan, scenario, directory=prepared, view=self.view, faults=self.faults)
        try:
            return measurement.run()
        except BaseException:
            write_partial(self.directory, measurement.samples)
            raise
        finally:
            shutil.rmtree(prepared, ignore_errors=True)

    def _finish(
        self, measured: Measured, *, more: Mapping[str, Any] | None = None, wrong: Sequence[str] = ()
    ) -> dict[str, Any]:
        write_partial(self.directory, measured.samples)  # if it is interrupted while all that is computed
        times = results.timings(measured)
        figures = {**results.result(measured, times), **(more or {})}
        verdict = judge(figures, self.spec.verdict)
        found = self._judged(figures, Verdict("failed", (*verdict.reasons, *wrong)) if wrong else verdict)
        steady_part = times.since(measured.start_ms + measured.plan.warm_up_seconds * 1_000)
        timeline = measured.run.workload.timeline
        write_repeat(
            self.directory,
            result=found,
            samples=measured.samples,
            seconds=results.seconds_of(
                measured.samples, times, publish_us=timeline.publish_us, start_ms=measured.start_ms
            ),
            latency=curve(steady_part.latency_ms),
        )
        return found

    def _judged(self, figures: Mapping[str, Any], verdict: Verdict) -> dict[str, Any]:
        return {
            "scenario": self.name,
            "repeat": self.number,
            **figures,
            "seed": self.seed,
            "verdict": verdict.outcome,
            "reasons": list(verdict.reasons),
        }


def _sentence(step: Step) -> str:
    slope = "unknown" if step.slope_share is None else f"{step.slope_share:.2%}"
    latency = "" if step.latency_p99_ms is None else f", p99 {step.latency_p99_ms:,.0f} ms"
    kept = "sustained" if step.sustained else "not sustained"
    return f"{step.rate:,.0f} events/s: {kept}, lag slope {slope} of the load{latency}"


def _required(table: Any) -> Any:
    if table is None:
        raise ValueError("the scenario lacks the table of its kind")
    return table


def _nothing(seed: int) -> dict[str, Any]:
    return {**report.outcome([]), "balanced": False, "events_per_second": 0.0, "latency_ms": {}, "seed": seed}
