"""The sending thread works when there is work, pauses after a failure, and ends when told."""

import threading

from streams.device.courier import Courier

_SECONDS = 30.0
_FOR_EVER = 1e6


class Steps:
    """Answers of a sender, one after the other, then that nothing waits; tells when a number of them was given."""

    def __init__(self, *answers: float | None) -> None:
        self._answers = list(answers)
        self._changed = threading.Condition()
        self.given = 0

    def __call__(self) -> float | None:
        with self._changed:
            self.given += 1
            self._changed.notify_all()
            return self._answers.pop(0) if self._answers else None

    def reach(self, count: int) -> None:
        """Wait until so many answers were given."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.given >= count, _SECONDS)


def test_it_works_on_until_nothing_waits_and_again_when_woken() -> None:
    steps = Steps(0.0, 0.0, None)
    courier = Courier(steps, on_end=lambda: None)
    courier.start()
    steps.reach(3)
    courier.wake()
    steps.reach(4)
    courier.stop(drain_seconds=_SECONDS)
    assert courier.failure is None


def test_a_pause_is_not_cut_short_by_work_but_by_the_end_which_sends_what_it_can() -> None:
    steps = Steps(_FOR_EVER, 0.0, 0.0, _FOR_EVER)
    courier = Courier(steps, on_end=lambda: None)
    courier.start()
    steps.reach(1)
    courier.wake()
    assert steps.given == 1
    courier.stop(drain_seconds=_SECONDS)
    assert steps.given == 4


def test_a_failure_of_our_own_is_kept_and_told() -> None:
    ended = threading.Event()

    def fail() -> float | None:
        raise RuntimeError("a mistake")

    courier = Courier(fail, on_end=ended.set)
    courier.start()
    assert ended.wait(_SECONDS)
    courier.stop(drain_seconds=_SECONDS)
    assert isinstance(courier.failure, RuntimeError)
