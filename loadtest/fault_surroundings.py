"""Faults around the processes: the network between them, ClickHouse's disk, the broker's clock, what is published."""

import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from loadtest.fault import Bounds, Fault, undone, while_it_lasts
from loadtest.fault_processes import PAUSE_SECONDS
from loadtest.poison import with_flood
from loadtest.surroundings import Link
from loadtest.system import System
from loadtest.timeline import Timeline

_RESETS_SECONDS: Bounds = (4.0, 6.0)
_RESET_PERIOD_SECONDS = 0.5
_SLOW_NETWORK_SECONDS: Bounds = (8.0, 10.0)
_SLOW_NETWORK = {"delay_seconds": 0.1, "bytes_per_second": 4_000_000.0}
#: Disks don't fill within a millisecond: what is being written then may still end.
_NEARLY_FULL_BYTES, _NEARLY_FULL_SECONDS = 128 * 1024**2, 2.0
_DISK_SECONDS: Bounds = (10.0, 12.0)
_CLOCK_SECONDS: Bounds = (4.0, 6.0)
#: Beyond the ten minutes an event counts as on time, and the five it may lie in the future.
_JUMP_SECONDS = 3_600
_FLOOD_SECONDS: Bounds = (4.0, 6.0)
#: Malformed events for each of the load's own.
_FLOOD_FACTOR = 5.0
#: From the load's start to the flood: a fault begins before, at a moment of its own, and waits for it.
_FLOOD_AFTER_SECONDS = 7.0


def cut(link: Link) -> Fault:
    """Return a fault: nothing passes between the two, no connection is refused or ended; then all goes on.

    It lasts longer than sessions do, so that Kafka gives partitions away.
    """

    def severed(system: System) -> AbstractContextManager[None]:
        proxy = system.surroundings.proxy(link)
        return undone(proxy.cut, proxy.heal)

    return _network(link, PAUSE_SECONDS, severed)


def resets(link: Link) -> Fault:
    """Return a fault: all connections between the two are ended again and again, twice a second."""

    def act(system: System, _chance: random.Random, seconds: float) -> None:
        proxy, end = system.surroundings.proxy(link), time.monotonic() + seconds
        while time.monotonic() < end:
            proxy.reset()
            time.sleep(_RESET_PERIOD_SECONDS)

    return Fault(act=act, seconds=_RESETS_SECONDS, needs=frozenset({link}))


def slow_network(link: Link) -> Fault:
    """Return a fault: what passes between the two takes a tenth of a second more, at 4 MB/s."""

    def slow(system: System) -> AbstractContextManager[None]:
        proxy = system.surroundings.proxy(link)
        return undone(lambda: proxy.slow_down(**_SLOW_NETWORK), proxy.slow_down)

    return _network(link, _SLOW_NETWORK_SECONDS, slow)


def full_disk() -> Fault:
    """Return a fault: the disk where ClickHouse keeps its data fills up, to the last byte; then there is room again."""

    def full(system: System) -> AbstractContextManager[None]:
        disk = system.surroundings.disk()

        def fill() -> None:
            disk.fill(leave_bytes=_NEARLY_FULL_BYTES)
            time.sleep(_NEARLY_FULL_SECONDS)
            disk.fill()

        return undone(fill, disk.free)

    return Fault(act=while_it_lasts(full), seconds=_DISK_SECONDS, needs=frozenset({"clickhouse disk"}))


def slow_disk() -> Fault:
    """Return a fault: every write of ClickHouse waits for the disk."""

    def slow(system: System) -> AbstractContextManager[None]:
        disk = system.surroundings.disk()
        return undone(disk.slow_down, disk.speed_up)

    return Fault(act=while_it_lasts(slow), seconds=_DISK_SECONDS, needs=frozenset({"clickhouse disk"}))


def clock_jump() -> Fault:
    """Return a fault: the broker's clock, which all rules go by, jumps ahead an hour, then behind an hour, then back.

    While it is ahead events count as late, while it is behind as from the future.
    """

    def act(system: System, _chance: random.Random, seconds: float) -> None:
        clock = system.surroundings.clock()
        for ahead_seconds in (_JUMP_SECONDS, -_JUMP_SECONDS):
            with undone(lambda: clock.shift(ahead_seconds), lambda: clock.shift(0)):  # noqa: B023 -- runs at once
                time.sleep(seconds / 2)

    return Fault(act=act, seconds=_CLOCK_SECONDS, needs=frozenset({"broker clock"}), restamps=True)


def poison_flood() -> Fault:
    """Return a fault: for each event of the load five more come that are none."""

    def shape(timeline: Timeline, seconds: float) -> Timeline:
        return with_flood(timeline, after_seconds=_FLOOD_AFTER_SECONDS, seconds=seconds, factor=_FLOOD_FACTOR)

    def act(_system: System, _chance: random.Random, seconds: float) -> None:
        time.sleep(_FLOOD_AFTER_SECONDS + seconds)

    return Fault(act=act, seconds=_FLOOD_SECONDS, shape=shape)


def _network(link: Link, seconds: Bounds, hurt: Callable[[System], AbstractContextManager[None]]) -> Fault:
    return Fault(act=while_it_lasts(hurt), seconds=seconds, needs=frozenset({link}))
