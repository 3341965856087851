"""Give one process a core of its own, so that what is measured doesn't depend on who else is busy."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple


class Cores(NamedTuple):
    """Which cores the measured process may use, and which all others of the run."""

    measured: frozenset[int]
    others: frozenset[int]


@contextmanager
def on_a_core_of_its_own(measured: Iterable[int], others: Iterable[int]) -> Iterator[Cores]:
    """Inside the block keep the processes `measured` on one core and `others` and ourselves on the rest.

    Afterwards all may run where this process could before. On a machine with a single core nothing is changed.
    """
    everywhere = frozenset(os.sched_getaffinity(0))
    cores = _divided(everywhere)
    elsewhere = (*others, os.getpid())
    _pin(measured, cores.measured)
    _pin(elsewhere, cores.others)
    try:
        yield cores
    finally:
        _pin((*measured, *elsewhere), everywhere)


def _divided(cores: frozenset[int]) -> Cores:
    last = frozenset({max(cores)})
    return Cores(last, cores - last or last)


def _pin(processes: Iterable[int], cores: frozenset[int]) -> None:
    """Pin every thread there is; threads that start later inherit it."""
    for process in processes:
        for thread in Path(f"/proc/{process}/task").iterdir():
            with suppress(ProcessLookupError):  # it has just ended
                os.sched_setaffinity(int(thread.name), cores)
