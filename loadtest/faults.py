"""Ways to hurt a running system. Each leaves the same processes running as before."""

import os
import random
import signal
import time
from collections.abc import Callable

from loadtest.system import Role, System

Fault = Callable[[System, random.Random], None]

#: Longer than the session timeouts of workers and sinks (10 s): their partitions are given to somebody else.
_PAUSE_SECONDS = (11.5, 13.0)
_DOWN_SECONDS = (0.0, 2.0)
_TOGETHER_SECONDS = (0.5, 2.0)


def _sleep(chance: random.Random, bounds: tuple[float, float]) -> None:
    time.sleep(chance.uniform(*bounds))


def kill(role: Role) -> Fault:
    """Return a fault: kill -9, and start again after a while."""

    def fault(system: System, chance: random.Random) -> None:
        system.kill(role)
        _sleep(chance, _DOWN_SECONDS)
        system.start(role)

    return fault


def kill_both(first: Role, second: Role) -> Fault:
    """Return a fault: kill -9 two processes at the same time, and start them again in the same order."""

    def fault(system: System, chance: random.Random) -> None:
        system.kill(first)
        system.kill(second)
        _sleep(chance, _DOWN_SECONDS)
        system.start(first)
        system.start(second)

    return fault


def pause(role: Role) -> Fault:
    """Return a fault: stop the only process of a role for longer than its session lasts, and let it continue."""

    def fault(system: System, chance: random.Random) -> None:
        _stopped_for_a_while(system.pids(role)[0], chance)

    return fault


def pause_with_successor(role: Role) -> Fault:
    """Return a fault: while the first process of a role is stopped, a second takes over; then both go on for a while.

    The first wakes up in the belief that its partitions are its own.
    """

    def fault(system: System, chance: random.Random) -> None:
        paused = system.pids(role)[0]
        system.start(role, 1)
        _sleep(chance, _TOGETHER_SECONDS)
        _stopped_for_a_while(paused, chance)
        _sleep(chance, _TOGETHER_SECONDS)
        system.stop(role, 1)

    return fault


def scale(role: Role) -> Fault:
    """Return a fault, or rather a routine: a second process of a role joins for a while and leaves in order."""
    return lambda system, chance: _joined_for_a_while(system, role, chance, leave=system.stop)


def kill_one_of_two(role: Role) -> Fault:
    """Return a fault: a second process of a role joins and is killed; the first takes its partitions back."""
    return lambda system, chance: _joined_for_a_while(system, role, chance, leave=system.kill)


def _joined_for_a_while(
    system: System, role: Role, chance: random.Random, *, leave: Callable[[Role, int], None]
) -> None:
    system.start(role, 1)
    _sleep(chance, _TOGETHER_SECONDS)
    leave(role, 1)


def _stopped_for_a_while(pid: int, chance: random.Random) -> None:
    os.kill(pid, signal.SIGSTOP)
    try:
        _sleep(chance, _PAUSE_SECONDS)
    finally:
        os.kill(pid, signal.SIGCONT)


#: Every fault by name. The first ten are what ten rounds do.
FAULTS: dict[str, Fault] = {
    "kill worker": kill("worker"),
    "kill sink": kill("sink"),
    "kill clickhouse": kill("clickhouse"),
    "kill broker": kill("broker"),
    "pause worker, another takes over": pause_with_successor("worker"),
    "pause sink, another takes over": pause_with_successor("sink"),
    "scale workers 1, 2, 1": scale("worker"),
    "kill worker and sink": kill_both("worker", "sink"),
    "kill clickhouse and sink": kill_both("clickhouse", "sink"),
    "kill broker and worker": kill_both("broker", "worker"),
    "kill one of two workers": kill_one_of_two("worker"),
    "kill one of two sinks": kill_one_of_two("sink"),
    "scale sinks 1, 2, 1": scale("sink"),
    "pause worker": pause("worker"),
    "pause sink": pause("sink"),
    "pause clickhouse": pause("clickhouse"),
    "pause broker": pause("broker"),
}
