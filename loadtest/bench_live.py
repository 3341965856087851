"""How long an event takes from publishing to being queryable, at a steady rate through Kafka."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from loadtest import report
from loadtest.drain import NotDrained
from loadtest.fleet import Fleet
from loadtest.offsets import end_offsets
from loadtest.profile import steady
from loadtest.scenario import Scenario
from loadtest.suite import results
from loadtest.suite.measure import LoadPlan, Measured, Measurement, scenario_start_ms
from loadtest.suite.plans import load_plan, scenario_of
from loadtest.suite.spec import Spec
from loadtest.suite.view import SilentView
from loadtest.system import System
from schemas.kinds import VENUE

Say = Callable[[str], None]

#: The first seconds of a process are not what it is asked for: caches fill, kernels load.
_WARM_UP_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """One repetition of the suite's steady scenario, ready to be run on a system that runs.

    Worker and sink run, the fleet is registered, and nobody else publishes.
    """

    system: System
    fleet: Fleet
    plan: LoadPlan
    scenario: Scenario
    rate: float

    @classmethod
    def of(cls, system: System, fleet: Fleet, *, rate: float, seconds: float, seed: int) -> Self:
        """Plan `rate` venue scans a second for `seconds`, after a warm-up."""
        rates = steady(rate=rate, seconds=seconds)
        spec = Spec(
            title="Live",
            about="",
            profile=list(rates.points),
            warm_up_seconds=_WARM_UP_SECONDS,
            partitions=len(end_offsets(system.kafka, VENUE.topic)),
        )
        plan = load_plan(spec, name="live", rates=rates, seed=seed)
        scenario = scenario_of(spec, plan, start_ms=scenario_start_ms(plan.profile.events))
        return cls(system=system, fleet=fleet, plan=plan, scenario=scenario, rate=rate)


def bench_live(system: System, fleet: Fleet, *, rate: float, seconds: float, seed: int, say: Say) -> dict[str, Any]:
    """Publish `rate` venue scans a second for `seconds`, after a warm-up, and return the report.

    Raises NotDrained where it did not keep up.
    """
    _, figures = measure_live(Live.of(system, fleet, rate=rate, seconds=seconds, seed=seed), say=say)
    return {**figures, "machine": report.machine(), "versions": report.versions()}


def measure_live(live: Live, *, say: Say) -> tuple[Measured, dict[str, Any]]:
    """Run it; return what was measured, and the figures. Raises NotDrained where it did not keep up."""
    with tempfile.TemporaryDirectory(prefix="bench-live-") as directory:
        measured = Measurement(
            live.system,
            live.fleet,
            live.plan,
            live.scenario,
            directory=Path(directory),
            view=SilentView(say),
            faults={},
        ).run()
    if measured.problem:
        raise NotDrained(measured.problem)
    return measured, {**results.result(measured, results.timings(measured)), "rate": live.rate}
