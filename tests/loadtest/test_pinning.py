import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from loadtest.pinning import on_a_core_of_its_own

_EVERYWHERE = frozenset(os.sched_getaffinity(0))


@pytest.fixture(name="process")
def _process() -> Iterator[int]:
    waiting = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield waiting.pid
    waiting.communicate(b"\n")


@pytest.mark.skipif(len(_EVERYWHERE) < 2, reason="a process can have a core of its own only where there are two")
def test_inside_the_block_nobody_shares_the_measured_processs_core(process: int) -> None:
    with on_a_core_of_its_own([process], []) as cores:
        assert os.sched_getaffinity(process) == cores.measured
        assert os.sched_getaffinity(0) == cores.others
        assert len(cores.measured) == 1
        assert not cores.measured & cores.others


def test_afterwards_all_run_where_they_could_before(process: int) -> None:
    with on_a_core_of_its_own([process], []):
        pass

    assert os.sched_getaffinity(process) == os.sched_getaffinity(0) == _EVERYWHERE
