"""Faults of processes: they are killed, stopped, restarted, join and leave."""

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from loadtest.fault import Bounds, Fault, undone, while_it_lasts
from loadtest.system import Role, System

#: Longer than the session timeouts of workers and sinks (10 s): their partitions are given to somebody else.
PAUSE_SECONDS: Bounds = (11.5, 13.0)
_DOWN_SECONDS: Bounds = (0.0, 2.0)
_TOGETHER_SECONDS: Bounds = (0.5, 2.0)
_STORM_SECONDS: Bounds = (15.0, 20.0)
#: Two beside the one that is always there.
_VISITORS = (1, 2)


def kill(*roles: Role, seconds: Bounds = _DOWN_SECONDS) -> Fault:
    """Return a fault: kill -9 a process, or several at the same time, and start them again in the same order."""

    def act(system: System, _chance: random.Random, seconds: float) -> None:
        for role in roles:
            system.kill(role)
        time.sleep(seconds)
        for role in roles:
            system.start(role)

    return Fault(act=act, seconds=seconds)


def restart(role: Role) -> Fault:
    """Return a fault, or rather a routine: a process ends in order and is started again after a while."""

    def act(system: System, _chance: random.Random, seconds: float) -> None:
        system.stop(role)
        time.sleep(seconds)
        system.start(role)

    return Fault(act=act, seconds=_DOWN_SECONDS)


def pause(role: Role) -> Fault:
    """Return a fault: stop the only process of a role for longer than its session lasts, and let it continue."""
    return Fault(act=while_it_lasts(lambda system: _stopped(system.pids(role)[0])), seconds=PAUSE_SECONDS)


def pause_with_successor(role: Role) -> Fault:
    """Return a fault: while the first process of a role is stopped, a second takes over; then both go on for a while.

    The first wakes up in the belief that its partitions are its own.
    """

    def act(system: System, chance: random.Random, seconds: float) -> None:
        paused = system.pids(role)[0]
        system.start(role, 1)
        time.sleep(chance.uniform(*_TOGETHER_SECONDS))
        with _stopped(paused):
            time.sleep(seconds)
        time.sleep(chance.uniform(*_TOGETHER_SECONDS))
        system.stop(role, 1)

    return Fault(act=act, seconds=PAUSE_SECONDS)


def scale(role: Role) -> Fault:
    """Return a fault, or rather a routine: a second process of a role joins for a while and leaves in order."""
    return _joined(role, leave=lambda system: system.stop(role, 1))


def kill_one_of_two(role: Role) -> Fault:
    """Return a fault: a second process of a role joins and is killed; the first takes its partitions back."""
    return _joined(role, leave=lambda system: system.kill(role, 1))


def storm(role: Role) -> Fault:
    """Return a fault: processes of a role join and leave again and again, some in order, some killed.

    Partitions change hands at least as often, in the middle of recovering them, too.
    """

    def act(system: System, chance: random.Random, seconds: float) -> None:
        end = time.monotonic() + seconds
        there: list[int] = []
        while time.monotonic() < end:
            number = chance.choice(_VISITORS)
            if number in there:
                chance.choice((system.stop, system.kill))(role, number)
                there.remove(number)
            else:
                system.start(role, number)
                there.append(number)
        for number in there:
            system.stop(role, number)

    return Fault(act=act, seconds=_STORM_SECONDS)


def _joined(role: Role, *, leave: Callable[[System], None]) -> Fault:
    def act(system: System, _chance: random.Random, seconds: float) -> None:
        system.start(role, 1)
        time.sleep(seconds)
        leave(system)

    return Fault(act=act, seconds=_TOGETHER_SECONDS)


def _stopped(pid: int) -> AbstractContextManager[None]:
    return undone(lambda: os.kill(pid, signal.SIGSTOP), lambda: os.kill(pid, signal.SIGCONT))
