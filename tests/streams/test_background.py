"""A thread beside the work begins and ends when told to."""

import threading
from dataclasses import dataclass, field

from streams.background import Background


@dataclass(slots=True)
class Waiting(Background):
    """Waits until it is to end."""

    name = "waiting"
    began: threading.Event = field(default_factory=threading.Event)
    ended: bool = False

    def _run(self) -> None:
        self.began.set()
        self._stop.wait()
        self.ended = True


def test_stop_returns_when_the_thread_has_ended() -> None:
    waiting = Waiting()
    waiting.start()
    assert waiting.began.wait(10)
    assert [thread.name for thread in threading.enumerate()].count("waiting") == 1
    waiting.stop()
    assert waiting.ended
    assert "waiting" not in [thread.name for thread in threading.enumerate()]


def test_one_that_was_never_started_can_be_stopped() -> None:
    waiting = Waiting()
    waiting.stop()
    assert not waiting.ended
