"""A kiosk without its gateway for two hours loses nothing, and catches up without haste."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from schemas.pseudonym import normalise
from streams.device.answer import Reply
from streams.device.backoff import Backoff
from streams.device.board import Board
from streams.device.decoded import typed
from streams.device.gateway import Gateway
from streams.device.kiosk import Kiosk
from streams.device.queue import ScanQueue
from streams.device.report import Outcome
from streams.device.scan import milliseconds_of
from streams.device.sender import Sender, Settled
from tests.streams.device.gateway_thread import GatewayThread
from tests.streams.device.kiosk_parts import STATION, Clock, line, queue_in
from tests.streams.gateway.samples import KEY, TOKEN, raw_number

_SCANS, _HOURS = 3_000, 2
_BATCH = 200


@dataclass
class Courier:
    """The sending thread's work, done by the moved clock: a pause is kept before the next attempt."""

    step: Callable[[], float | None]
    clock: Clock
    next_at: float = 0.0
    attempts: int = 0

    def __call__(self) -> None:
        """Attempt if the pause is over."""
        while self.clock().timestamp() >= self.next_at:
            self.attempts += 1
            pause_seconds = self.step()
            if pause_seconds is None:
                return
            self.next_at = self.clock().timestamp() + pause_seconds


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[ScanQueue]:
    """Return an empty queue."""
    queue = queue_in(tmp_path)
    yield queue
    queue.close()


def test_two_hours_offline_lose_nothing_and_are_caught_up_smoothly(queue: ScanQueue) -> None:
    clock, board, away = Clock(), Board(), GatewayThread()
    gateway = Gateway(away.url, token=TOKEN)
    replies: list[Reply] = []

    def post(body: bytes) -> Reply:
        replies.append(gateway.post(body))
        return replies[-1]

    def settled(done: Sequence[Settled]) -> None:
        board.settle(done)

    sender = Sender(
        queue=queue,
        post=post,
        now=clock,
        on_settled=settled,
        on_trouble=lambda _trouble: None,
        backoff=Backoff(uniform=lambda _low, high: high / 2),
        online=False,
    )
    courier = Courier(sender.step, clock)
    kiosk = Kiosk(
        station=STATION,
        decode=typed,
        queue=queue,
        board=board,
        wake=courier,
        online=lambda: sender.online,
        now=clock,
        randomness=lambda count: queue.last_number().to_bytes(count, "big"),
    )

    made_ms = []
    for number in range(_SCANS):
        made_ms.append(milliseconds_of(clock()))
        assert kiosk.take(line(number)).outcome is Outcome.STORED
        clock.pass_by(_HOURS * 3_600 / _SCANS)
    assert courier.attempts < _HOURS * 3_600 / 30 + 20  # a minute's back-off, half of it on average

    clock.pass_by(timedelta(minutes=1).total_seconds())
    with away.up(now_ms=lambda: milliseconds_of(clock())):
        courier()
    gateway.close()

    assert [reply.status for reply in replies] == [200] * (_SCANS // _BATCH)
    events = away.events()
    assert [event["device_seq"] for event in events] == list(range(1, _SCANS + 1))
    assert len({event["scan_id"] for event in events}) == _SCANS
    assert [milliseconds_of(event["event_time"]) for event in events] == made_ms
    assert [event["subject"] for event in events] == [
        KEY.subject(kind=typed(line(number)).kind, identity=normalise(raw_number(number))) for number in range(_SCANS)
    ]
    assert all(event["offline"] and event["sent_at"] == event["received_at"] for event in events)
    assert queue.count() == 0
