"""A plan: inputs, formulas with results, and the simulation they lean on, with its errors."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from loadtest.planning.costs import Cost, fit_costs
from loadtest.planning.formula import Line
from loadtest.planning.measured_runs import Measured
from loadtest.planning.scaling import PARTITIONS, Check, Fit, Point, grown, scale, service_of
from loadtest.planning.simulate import Place
from loadtest.planning.sizing import OUTAGE, SECTIONS, Demand, measured_symbols, size

#: Events of a partition in a simulated drain, in full messages: enough for its uneven end not to matter.
_MESSAGES_EACH = 8
#: What other programs may use of a machine without spoiling a measurement.
_QUIET_CORES = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything a reviewer needs to recompute it. `here` is the measured machine, `cluster` one that grows."""

    given: Mapping[str, float]
    measured: Mapping[str, float]
    sections: Mapping[str, Sequence[Line]]
    wait_us: float
    measured_on: str
    checks: Sequence[Check]
    here: Sequence[Point]
    cluster: Sequence[Point]
    caveats: Sequence[str]

    @property
    def results(self) -> dict[str, float]:
        """Every symbol that was computed."""
        return {line.formula.symbol: line.value for lines in self.sections.values() for line in lines}


def make_plan(demand: Demand, measured: Measured) -> Plan:
    """Fit costs and simulation to what was measured, and compute every formula for the demand."""
    costs = fit_costs([*measured.drains, *([measured.live] if measured.live else [])])
    fit = Fit(measured.drains, costs)
    wait_us = fit.wait_us
    simulation = _Simulation(measured, costs, wait_us)
    (alone,) = simulation.cluster([1], partitions_per_worker=1)
    given = asdict(demand)
    known = measured_symbols(measured.sizes, costs) | {"partition_rate": alone.events_per_second}
    sections = size(SECTIONS, given | known)
    found = {line.formula.symbol: line.value for lines in sections.values() for line in lines}
    partitions, workers = int(found["partitions"]), int(found["workers"])
    (chosen,) = simulation.cluster([partitions], partitions_per_worker=-(-partitions // workers))
    known["cluster_rate"] = chosen.events_per_second
    return Plan(
        given=given,
        measured=known,
        sections=sections | size(OUTAGE, given | known | found),
        wait_us=wait_us,
        measured_on=f"{measured.machine['processor']}, {measured.machine['cores']} cores, {measured.measured_at}",
        checks=fit.checks(),
        here=simulation.here(PARTITIONS),
        cluster=simulation.cluster(PARTITIONS, partitions_per_worker=int(demand.partitions_per_worker)),
        caveats=caveats_of(measured, partitions=partitions),
    )


class _Simulation:
    """Drains in messages as large as the largest that were measured."""

    def __init__(self, measured: Measured, costs: Mapping[str, Cost], wait_us: float) -> None:
        largest = max(measured.drains, key=lambda drain: drain.events_per_message)
        self._message_events = round(largest.events_per_message)
        self._service = service_of(costs, events_per_message=largest.events_per_message, wait_us=wait_us)
        self._machine = Place(cores=float(measured.machine["cores"]), workers=1, message_events=self._message_events)

    def here(self, partitions: Sequence[int]) -> list[Point]:
        """Simulate the machine that was measured: one worker, its cores."""
        return self._scale(dict.fromkeys(partitions, self._machine))

    def cluster(self, partitions: Sequence[int], *, partitions_per_worker: int) -> list[Point]:
        """Simulate as many such machines as there are workers, each worker with its share of everything else."""
        return self._scale(grown(self._machine, partitions=partitions, partitions_per_worker=partitions_per_worker))

    def _scale(self, places: Mapping[int, Place]) -> list[Point]:
        return scale(self._service, places, events_each=_MESSAGES_EACH * self._message_events)


def caveats_of(measured: Measured, *, partitions: int) -> list[str]:
    """Say in sentences what the plan rests on without having been measured."""
    most = max(drain.partitions for drain in measured.drains)
    cores = measured.machine["cores"]
    caveats = [
        f"Measured up to {most} partitions, one worker and {cores} cores; whatever is beyond is extrapolated.",
        "Every process is assumed to have the measured CPU an event on other machines, too.",
        "One sink and one ClickHouse were measured. The product does not set up shards or replicas.",
        "Network between machines and Kafka's replication were not measured: a follower is counted like a leader.",
        "Analysts' queries are not in the figures.",
    ]
    taken = max(cores - drain.cores for drain in measured.drains)
    if taken > _QUIET_CORES:
        caveats.append(
            f"PROVISIONAL: other programs used up to {taken:.1f} of {cores} cores while this was measured, so rates "
            "and costs are not the machine's own. Measure again when it is quiet."
        )
    if measured.live is None:
        caveats.append("No live run was measured: what a landing message costs, whatever is in it, is not known.")
    if partitions > most:
        caveats.append(f"The plan has {partitions} partitions, which is beyond what was measured.")
    return caveats
