"""How long an event takes from publishing to being queryable, at a steady rate through Kafka."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from loadtest import report
from loadtest.drain import NotDrained
from loadtest.fleet import Fleet
from loadtest.offsets import end_offsets
from loadtest.profile import steady
from loadtest.suite import results
from loadtest.suite.measure import Measurement, scenario_start_ms
from loadtest.suite.plans import load_plan, scenario_of
from loadtest.suite.spec import Spec
from loadtest.suite.view import SilentView
from loadtest.system import System
from schemas.kinds import VENUE

Say = Callable[[str], None]

#: The first seconds of a process are not what it is asked for: caches fill, kernels load.
_WARM_UP_SECONDS = 5.0


def bench_live(system: System, fleet: Fleet, *, rate: float, seconds: float, seed: int, say: Say) -> dict[str, Any]:
    """Publish `rate` venue scans a second for `seconds`, after a warm-up, and return the report.

    It is one repetition of the suite's steady scenario on a system that runs: with worker and sink, the fleet
    registered, and nobody else who publishes. Raises NotDrained where it did not keep up.
    """
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
    with tempfile.TemporaryDirectory(prefix="bench-live-") as directory:
        view = SilentView(say)
        measured = Measurement(system, fleet, plan, scenario, directory=Path(directory), view=view, faults={}).run()
    if measured.problem:
        raise NotDrained(measured.problem)
    figures = results.result(measured, results.timings(measured))
    return {**figures, "rate": rate, "machine": report.machine(), "versions": report.versions()}
