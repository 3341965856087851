"""The simulation against what was measured, and beyond it: up to 64 partitions."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from loadtest.planning.costs import Cost
from loadtest.planning.measured_runs import Drain
from loadtest.planning.simulate import Drained, Place, Service, partition_events, simulate_drain

PARTITIONS = (1, 2, 4, 8, 16, 32, 64)
#: Of ClickHouse's CPU an event, what an insert waits for: inserting and looking up. The rest is merging, beside it
#: (docs/performance.md, "Drain of a full topic": 0.6 and 1 of 2.6 µs).
_INSERT_SHARE = 0.6
#: Waits tried, µs an event: first these, then ten times finer around the best.
_WAITS_US = tuple(float(wait) for wait in range(11))
_SEED = 1
_FULL = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A drain as measured and as simulated; `error` is simulated to measured, less 1.

    `blind_error` is the same where the simulation was fitted to the other drains only.
    """

    drain: Drain
    simulated: float
    blind: float

    @property
    def error(self) -> float:
        return self.simulated / self.drain.events_per_second - 1

    @property
    def blind_error(self) -> float:
        return self.blind / self.drain.events_per_second - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A simulated drain: events a second, cores in use, and what there was no more of."""

    partitions: int
    workers: int
    cores: float
    events_per_second: float
    busy_cores: float
    limit: str


def service_of(costs: Mapping[str, Cost], *, events_per_message: float, wait_us: float) -> Service:
    """Return what an event takes in messages of that many."""
    us = {role: cost.us(events_per_message) for role, cost in costs.items()}
    return Service(
        worker_us=us["worker"],
        sink_us=us["sink"] + _INSERT_SHARE * us["clickhouse"],
        background_us=(1 - _INSERT_SHARE) * us["clickhouse"] + us["broker"],
        wait_us=wait_us,
    )


def simulated_drain(drain: Drain, costs: Mapping[str, Cost], *, wait_us: float) -> Drained:
    """Simulate a drain as it was measured: its partitions, events, messages and cores, one worker."""
    events = partition_events(drain.events, partitions=drain.partitions, seed=_SEED)
    service = service_of(costs, events_per_message=drain.events_per_message, wait_us=wait_us)
    place = Place(cores=drain.cores, workers=1, message_events=round(drain.events_per_message))
    return simulate_drain(events, service, place)


class Fit:
    """The one figure that is fitted: how long a lane waits (µs an event) for acknowledgements.

    Chosen so that the squares of the logarithms of simulated to measured rates are least. Simulations are kept, for
    each is asked for several times.
    """

    def __init__(self, drains: Sequence[Drain], costs: Mapping[str, Cost]) -> None:
        self._drains, self._costs = drains, costs
        self._rates: dict[tuple[int, float], float] = {}

    @property
    def wait_us(self) -> float:
        """The wait that suits all drains best."""
        return self._best_for(range(len(self._drains)))

    def checks(self) -> list[Check]:
        """Return each drain beside the simulation, fitted to all and fitted without it."""
        every, fitted = range(len(self._drains)), self.wait_us
        blind = [self._best_for([other for other in every if other != number]) for number in every]
        return [
            Check(drain=drain, simulated=self._rate(number, fitted), blind=self._rate(number, blind[number]))
            for number, drain in enumerate(self._drains)
        ]

    def _best_for(self, numbers: Sequence[int]) -> float:
        best = min(_WAITS_US, key=lambda wait: self._distance(numbers, wait))
        near = [round(best + tenth / 10, 1) for tenth in range(-9, 10) if best + tenth / 10 >= 0]
        return min(near, key=lambda wait: self._distance(numbers, wait))

    def _distance(self, numbers: Sequence[int], wait_us: float) -> float:
        return sum(
            math.log(self._rate(number, wait_us) / self._drains[number].events_per_second) ** 2 for number in numbers
        )

    def _rate(self, number: int, wait_us: float) -> float:
        if (number, wait_us) not in self._rates:
            drained = simulated_drain(self._drains[number], self._costs, wait_us=wait_us)
            self._rates[number, wait_us] = drained.events_per_second
        return self._rates[number, wait_us]


def scale(service: Service, places: Mapping[int, Place], *, events_each: int) -> list[Point]:
    """Simulate a drain for each number of partitions at its place, `events_each` events a partition."""
    return [_point(service, partitions, place, events_each) for partitions, place in places.items()]


def grown(machine: Place, *, partitions: Sequence[int], partitions_per_worker: int) -> dict[int, Place]:
    """Return for each number of partitions as many workers as they need, and the machine's cores for each."""
    workers = {count: -(-count // partitions_per_worker) for count in partitions}
    return {count: replace(machine, workers=of, cores=of * machine.cores) for count, of in workers.items()}


def _point(service: Service, partitions: int, place: Place, events_each: int) -> Point:
    events = partition_events(events_each * partitions, partitions=partitions, seed=_SEED)
    drained = simulate_drain(events, service, place)
    return Point(
        partitions=partitions,
        workers=place.workers,
        cores=place.cores,
        events_per_second=drained.events_per_second,
        busy_cores=drained.busy_cores,
        limit=_limit(drained, place),
    )


def _limit(drained: Drained, place: Place) -> str:
    if drained.busy_cores > _FULL * place.cores:
        return "cores"
    if drained.busy_worker_cores > _FULL * place.workers:
        return "worker processes"
    return "one message a partition at a time"
