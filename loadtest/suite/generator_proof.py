"""What the generator can do alone: on a broker that nobody reads from."""

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loadtest import report
from loadtest.fleet import make_fleet
from loadtest.profile import Profile, steady
from loadtest.scenario import Scenario
from loadtest.suite.generator import Generator
from loadtest.suite.measure import scenario_start_ms
from loadtest.suite.processes import ProcessMeter
from loadtest.suite.results import generator_figures
from loadtest.suite.view import View
from loadtest.system import System
from schemas.kinds import VENUE, Feed

_LEAD_MS = 500.0
#: Faster than a broker of one machine takes it, in batches (5,000 events of four partitions) it still accepts.
_AT_ONCE_RATE = 1_000_000.0
_WARM_UP = steady(rate=1_000.0, seconds=0.5)
_POLL_SECONDS = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratorProof:
    """Publishes to a system of which only the broker runs, `feed` empty; bytes are kept in `directory`."""

    system: System
    partitions: int
    seed: int
    directory: Path
    view: View
    feed: Feed = VENUE

    def run(self, *, rates: Sequence[float], seconds: float, at_once_events: int) -> dict[str, Any]:
        """Publish at each of `rates` for `seconds`, then as fast as it goes, and return what the generator did."""
        self._publish("warming up", _WARM_UP)
        steadily = [
            {"rate": rate, **self._publish(f"{rate:,.0f} events/s", steady(rate=rate, seconds=seconds))}
            for rate in rates
        ]
        at_once = self._publish("at once", steady(rate=_AT_ONCE_RATE, seconds=at_once_events / _AT_ONCE_RATE))
        return {
            "rates": steadily,
            "at_once": at_once,
            "seed": self.seed,
            "machine": report.machine(),
            "versions": report.versions(),
        }

    def _publish(self, title: str, profile: Profile) -> dict[str, Any]:
        self.view.title(title)
        scenario = Scenario(
            events=profile.events,
            span_seconds=profile.seconds,
            profile=profile,
            start_ms=scenario_start_ms(profile.events),
            feed=self.feed,
            partitions=self.partitions,
            seed=self.seed,
        )
        generator = Generator(self.system, make_fleet(seed=self.seed), scenario, self.directory)
        try:
            return self._measure(generator, events=profile.events)
        finally:
            generator.kill()
            shutil.rmtree(self.directory, ignore_errors=True)

    def _measure(self, generator: Generator, *, events: int) -> dict[str, Any]:
        self.view.phase("preparing", total=events)
        began = time.monotonic()
        generator.prepare(on_progress=self.view.progress)
        prepared_seconds = time.monotonic() - began
        meter = ProcessMeter()
        groups = {"generator": (generator.pid,), "broker": tuple(self.system.pids("broker"))}
        spent, _ = meter.read(groups)
        generator.start(start_ms=time.time() * 1_000 + _LEAD_MS)
        self.view.phase("publishing", total=events)
        while not generator.finished:
            spent, _ = meter.read(groups)
            self.view.progress(generator.acked, events)
            time.sleep(_POLL_SECONDS)
        told = generator.join()
        return {
            "events": events,
            "events_per_second": round(events / (float(told.acked_us.max()) / 1e6), 1),
            "prepare_us_per_event": round(prepared_seconds / events * 1e6, 2),
            "generator_us_per_event": round(spent["generator"] / events * 1e6, 3),
            "broker_us_per_event": round(spent["broker"] / events * 1e6, 3),
            "payload_bytes": generator.run.mean_value_bytes,
            **generator_figures(told, generator.index),
        }
