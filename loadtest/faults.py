"""Every fault by name; docs/faults.md tells what each does and what must hold. None changes what runs for good."""

from collections.abc import Iterable

from loadtest.fault import Fault
from loadtest.fault_processes import kill, kill_one_of_two, pause, pause_with_successor, restart, scale, storm
from loadtest.fault_surroundings import (
    clock_jump,
    cut,
    full_disk,
    poison_flood,
    resets,
    slow_disk,
    slow_network,
)
from loadtest.surroundings import Need, not_here

#: The first ten are what ten rounds do.
FAULTS: dict[str, Fault] = {
    "kill worker": kill("worker"),
    "kill sink": kill("sink"),
    "kill clickhouse": kill("clickhouse"),
    "kill broker": kill("broker"),
    "pause worker, another takes over": pause_with_successor("worker"),
    "pause sink, another takes over": pause_with_successor("sink"),
    "scale workers 1, 2, 1": scale("worker"),
    "kill worker and sink": kill("worker", "sink"),
    "kill clickhouse and sink": kill("clickhouse", "sink"),
    "kill broker and worker": kill("broker", "worker"),
    "kill one of two workers": kill_one_of_two("worker"),
    "kill one of two sinks": kill_one_of_two("sink"),
    "scale sinks 1, 2, 1": scale("sink"),
    "pause worker": pause("worker"),
    "pause sink": pause("sink"),
    "pause clickhouse": pause("clickhouse"),
    "pause broker": pause("broker"),
    "restart broker": restart("broker"),
    "clickhouse down": kill("clickhouse", seconds=(20.0, 30.0)),
    "rebalance storm": storm("worker"),
    "poison flood": poison_flood(),
    "cut worker-broker": cut("worker-broker"),
    "cut sink-broker": cut("sink-broker"),
    "cut producer-broker": cut("producer-broker"),
    "cut gateway-broker": cut("gateway-broker"),
    "cut sink-clickhouse": cut("sink-clickhouse"),
    "reset worker-broker": resets("worker-broker"),
    "reset sink-clickhouse": resets("sink-clickhouse"),
    "slow worker-broker": slow_network("worker-broker"),
    "slow clickhouse disk": slow_disk(),
    "full clickhouse disk": full_disk(),
    "clock jump": clock_jump(),
}


def needs_of(names: Iterable[str]) -> frozenset[Need]:
    """Return what must stand around the processes for these faults."""
    return frozenset(need for name in names for need in FAULTS[name].needs)


def not_possible_here(name: str) -> str:
    """Return why a fault can't be done on this machine, in a sentence without its stop; empty if it can."""
    return next((reason for need in sorted(FAULTS[name].needs) if (reason := not_here(need))), "")
