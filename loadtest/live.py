"""Publish several scenarios at their intended times, in the background."""

import threading
from collections.abc import Iterable

from loadtest.fleet import Fleet
from loadtest.generate import Workload
from loadtest.offsets import end_offsets
from loadtest.produce import Publisher, publish_on_time
from loadtest.run import Run
from loadtest.scenario import Scenario

#: A chunk is made at once, while others wait for the interpreter; a quarter of a second's events take a few ms.
_CHUNK_SECONDS = 0.25
#: A batch of librdkafka waits no longer than this, as a gateway's would under load: its time counts as latency.
_LINGER_MS = 20


class LiveLoad:
    """One thread a scenario publishes it from its `start_ms` on. `runs` record what was published.

    Make it before the scenarios start.
    """

    def __init__(self, bootstrap: str, fleet: Fleet, scenarios: Iterable[Scenario]) -> None:
        self.runs = [
            Run(Workload(scenario, fleet), end_offsets(bootstrap, scenario.feed.topic)) for scenario in scenarios
        ]
        self._bootstrap = bootstrap
        self._stop = threading.Event()
        self._errors: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._publish, args=(run,), name=f"publish-{number}", daemon=True)
            for number, run in enumerate(self.runs)
        ]

    @property
    def published(self) -> int:
        """Events handed to librdkafka so far, in whole chunks."""
        return sum(len(run) for run in self.runs)

    def start(self) -> None:
        """Start publishing."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End early: publish no further chunks."""
        self._stop.set()

    def running(self) -> bool:
        """Tell whether something is still to be published."""
        return any(thread.is_alive() for thread in self._threads)

    def join(self) -> None:
        """Wait until everything is acknowledged; raise what went wrong, CouldNotCheck among others."""
        for thread in self._threads:
            thread.join()
        for error in self._errors:
            raise error
        for run in self.runs:
            run.require_published(self._bootstrap)

    def _publish(self, run: Run) -> None:
        scenario = run.workload.scenario
        events = max(100, int(scenario.events / scenario.span_seconds * _CHUNK_SECONDS))
        try:
            publish_on_time(
                Publisher(self._bootstrap, scenario.feed.topic, linger_ms=_LINGER_MS),
                run.workload.chunks(events=events),
                start_ms=scenario.start_ms,
                on_chunk=run.note,
                stop=self._stop,
            )
        except BaseException as error:  # noqa: BLE001 -- raised again by join
            self._errors.append(error)
