"""A drain as a closed queueing network: of a partition, one landing message is at the worker and one at the sink.

Every partition has two lanes. A lane takes a message, needs CPU for it, then waits for an acknowledgement, then takes
the next; the sink's lane has work when the worker's has published. A worker uses one core and does one message after
the other, first come, first served; lanes of the sink run side by side, each on one core at most. Merges and the
broker work beside them. Where all together want more cores than there are, everybody gets the same share (processor
sharing).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_NOTHING = 1e-12
#: Threads that merge, and the broker's one, for every worker.
_BACKGROUND_THREADS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Microseconds an event: CPU in the worker's lane and in the sink's, waits of either lane, CPU beside them."""

    worker_us: float
    sink_us: float
    wait_us: float
    background_us: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where it runs: cores for everything together, worker processes, events of a full message."""

    cores: float
    workers: int
    message_events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Drained:
    """How long it took until all had landed, and cores in use meanwhile on average."""

    events: int
    seconds: float
    busy_cores: float
    busy_worker_cores: float

    @property
    def events_per_second(self) -> float:
        """Rate over the whole drain, its uneven end included."""
        return self.events / self.seconds


def simulate_drain(partition_events: Ints, service: Service, place: Place) -> Drained:
    """Drain partitions that hold so many events; return when the last has landed. Exact: no steps of time."""
    return _Lanes(partition_events, service, place).run()


class _Lanes:
    """The state of all lanes: the worker's of each partition first, then the sink's."""

    def __init__(self, partition_events: Ints, service: Service, place: Place) -> None:
        self._service, self._place = service, place
        self._partitions = len(partition_events)
        self._total = int(partition_events.sum())
        self._todo = np.concatenate([partition_events, np.zeros_like(partition_events)]).astype(np.float64)
        self._current, self._cpu, self._wait = (np.zeros(2 * self._partitions) for _ in range(3))
        self._cpu_each = np.repeat([service.worker_us, service.sink_us], self._partitions) / 1e6
        self._taken_at = np.zeros(2 * self._partitions)
        self._background = self._now = self._busy = self._busy_worker = 0.0

    def run(self) -> Drained:
        self._take()
        while self._current.any():
            self._advance()
            self._finish()
            self._take()
        return Drained(
            events=self._total,
            seconds=self._now,
            busy_cores=self._busy / self._now,
            busy_worker_cores=self._busy_worker / self._now,
        )

    def _take(self) -> None:
        idle = (self._current == 0) & (self._todo > 0)
        events = np.where(idle, np.minimum(self._todo, self._place.message_events), 0.0)
        self._todo -= events
        self._current += events
        self._cpu += events * self._cpu_each
        self._wait += events * self._service.wait_us / 1e6
        self._taken_at[idle] = self._now

    def _advance(self) -> None:
        """Go to the moment at which the next lane has its CPU or its acknowledgement, or the background is done."""
        speed, background = self._shares()
        moving, waiting = speed > 0, (self._cpu == 0) & (self._wait > 0)
        ends = [self._cpu[moving] / speed[moving], self._wait[waiting]]
        step = min((float(end.min()) for end in ends if len(end)), default=0.0)
        if background:
            step = min(step, self._background / background)
        self._cpu = _rest(self._cpu - speed * step)
        self._wait = _rest(self._wait - waiting * step)
        self._background = max(0.0, self._background - background * step - _NOTHING)
        self._now += step
        self._busy += (float(speed.sum()) + background) * step
        self._busy_worker += float(speed[: self._partitions].sum()) * step

    def _shares(self) -> tuple[Floats, float]:
        """Return the cores each lane gets now, and those of the background."""
        running = (self._cpu > 0).astype(np.float64)
        speed = running.copy()
        speed[: self._partitions] = self._served(running[: self._partitions])
        background = _BACKGROUND_THREADS * self._place.workers if self._background > 0 else 0.0
        share = min(1.0, self._place.cores / max(_NOTHING, float(speed.sum()) + background))
        return speed * share, background * share

    def _served(self, running: Floats) -> Floats:
        """Return 1 for the lane each worker is at: of those that want it, the one that has waited longest."""
        served = np.zeros(self._partitions)
        came = np.where(running > 0, self._taken_at[: self._partitions], np.inf)
        for worker in range(self._place.workers):
            first = worker + self._place.workers * int(np.argmin(came[worker :: self._place.workers]))
            served[first] = running[first]
        return served

    def _finish(self) -> None:
        done = (self._current > 0) & (self._cpu == 0) & (self._wait == 0)
        published = np.where(done, self._current, 0.0)[: self._partitions]
        self._todo[self._partitions :] += published
        self._background += float(published.sum()) * self._service.background_us / 1e6
        self._current[done] = 0.0


def _rest(left: Floats) -> Floats:
    return np.where(left > _NOTHING, left, 0.0)


def partition_events(events: int, *, partitions: int, seed: int) -> Ints:
    """Return how many of `events` each partition gets: keys are hashed people, so that every event may go anywhere."""
    shares = np.full(partitions, 1 / partitions)
    return np.random.default_rng(seed).multinomial(events, shares).astype(np.int64)
