"""Requests are repeated until they are answered, for as long as they are ours."""

import pytest

from sinks.errors import Abandoned, ErrorClass, SinkStopped, TryAgain
from sinks.patience import Patience, pause_seconds


class Server:
    """Fails as often as it is told, then answers."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.requests = 0

    def __call__(self) -> str:
        self.requests += 1
        if self.failures:
            raise self.failures.pop(0)
        return "done"


class Waits:
    """Notes what it was told instead of waiting."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.failures: list[TryAgain | SinkStopped] = []
        self.ours_for = 1_000_000

    def patience(self) -> Patience:
        return Patience(ours=self._ours, wait=self.seconds.append, failed=self.failures.append)

    def _ours(self) -> None:
        self.ours_for -= 1
        if self.ours_for < 0:
            raise Abandoned("revoked")


def test_an_answer_at_once_is_not_retried() -> None:
    waits = Waits()
    answer = waits.patience().answer(Server())
    assert (answer.value, answer.retried, waits.seconds) == ("done", False, [])


def test_a_failure_that_passes_is_repeated_and_told() -> None:
    waits = Waits()
    answer = waits.patience().answer(Server(TryAgain("away"), TryAgain("busy", ErrorClass.RETRY)))
    assert (answer.value, answer.retried) == ("done", True)
    assert [failure.error_class for failure in waits.failures] == [ErrorClass.NETWORK, ErrorClass.RETRY]


def test_a_store_away_for_long_is_asked_for_ever_at_a_capped_pace() -> None:
    waits = Waits()
    waits.patience().answer(Server(*[TryAgain("away")] * 200))
    assert max(waits.seconds) <= 5
    assert min(waits.seconds[20:]) >= 2.5


def test_a_refusal_is_raised_at_once() -> None:
    waits, server = Waits(), Server(SinkStopped("no"))
    with pytest.raises(SinkStopped):
        waits.patience().answer(server)
    assert server.requests == 1
    assert len(waits.failures) == 1


def test_nothing_is_sent_once_the_partition_is_anothers() -> None:
    waits, server = Waits(), Server(*[TryAgain("away")] * 9)
    waits.ours_for = 3
    with pytest.raises(Abandoned):
        waits.patience().answer(server)
    assert server.requests == 3


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_pauses_double_with_jitter_up_to_the_cap(chance: float) -> None:
    pauses = [pause_seconds(attempts, chance) for attempts in range(30)]
    assert pauses == sorted(pauses)
    assert 0.02 < pauses[0] <= 0.05
    assert 2.5 <= pauses[-1] <= 5
