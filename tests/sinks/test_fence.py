"""A process that was paused for too long loses its leave to write before it can use it."""

import pytest

from sinks.errors import Abandoned
from sinks.fence import Fence, Permit
from tests.sinks.clock import Clock


def test_a_permit_lasts_while_the_process_runs() -> None:
    clock = Clock()
    fence = Fence(clock, most_seconds=5)
    permit = Permit(fence)
    for _ in range(10):
        clock.seconds += 4
        assert fence.beat()
        permit.check()


def test_a_pause_ends_it_even_before_the_beating_thread_has_noticed() -> None:
    clock = Clock()
    permit = Permit(Fence(clock, most_seconds=5))
    clock.seconds += 6
    with pytest.raises(Abandoned, match="paused"):
        permit.check()


def test_a_pause_ends_it_for_good() -> None:
    clock = Clock()
    fence = Fence(clock, most_seconds=5)
    permit = Permit(fence)
    clock.seconds += 6
    assert not fence.beat()
    assert not fence.beat()
    with pytest.raises(Abandoned):
        permit.check()


def test_a_renewed_fence_holds_for_new_permits_and_not_for_dropped_ones() -> None:
    clock = Clock()
    fence = Fence(clock, most_seconds=5)
    old = Permit(fence)
    clock.seconds += 6
    fence.beat()
    old.drop()
    fence.renew()
    Permit(fence).check()
    with pytest.raises(Abandoned, match="lost"):
        old.check()


def test_waiting_ends_with_the_permit() -> None:
    permit = Permit(Fence(Clock(), most_seconds=5))
    permit.drop()
    permit.wait(1_000)
