import asyncio
from collections.abc import Callable

import pytest

from streams.gather import (
    LEAST_BYTES,
    MESSAGES_PER_LINGER,
    MOST_LINGERS,
    MOST_MESSAGES_PER_SECOND,
    Delivery,
    Gatherer,
    Pace,
)
from streams.transport.fetcher import RawBatch

KEY = ("scans", 0)


class Clock:
    """Seconds that pass only when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return self.seconds


def delivery(first: int, last: int, data: bytes = b"x", done: Callable[[], None] = lambda: None) -> Delivery:
    return Delivery(RawBatch(*KEY, first, last, data), done)


def busy_pace(lanes: int) -> Pace:
    pace = Pace(linger_seconds=0.5, now=Clock().now, behind=lambda _key: 0)
    for lane in range(lanes):
        pace.active(("scans", lane))
    return pace


@pytest.mark.parametrize(("lanes", "fetches"), [(4, 1), (10, 1), (14, 1), (16, 2), (40, 4), (80, 8)])
def test_many_lanes_wait_for_as_many_fetches_as_keep_to_the_most_messages(lanes: int, fetches: int) -> None:
    patience = busy_pace(lanes).patience_seconds(KEY)
    assert patience == (0.0 if fetches == 1 else (fetches - 0.5) * 0.5)
    assert lanes / (fetches * 0.5) <= 1.5 * MOST_MESSAGES_PER_SECOND


def test_without_a_linger_nothing_is_waited_for() -> None:
    pace = Pace(linger_seconds=0.0, now=Clock().now, behind=lambda _key: 0)
    pace.active(KEY)
    assert pace.patience_seconds(KEY) == 0.0


def test_lanes_without_data_do_not_count() -> None:
    clock = Clock()
    pace = Pace(linger_seconds=0.0, now=clock.now, behind=lambda _key: 0)
    pace.active(KEY)
    clock.seconds = 60.0
    assert pace.patience_seconds(KEY) == 0.0


@pytest.mark.parametrize(
    ("messages", "lingers"),
    [
        (MESSAGES_PER_LINGER - 1, 0),
        (MESSAGES_PER_LINGER, 1.5),
        (3 * MESSAGES_PER_LINGER, 3.5),
        (1_000_000, MOST_LINGERS + 0.5),
    ],
)
def test_the_further_the_store_is_behind_a_lane_the_longer_the_lane_waits(messages: int, lingers: float) -> None:
    behind = {KEY: messages}
    pace = Pace(linger_seconds=0.5, now=Clock().now, behind=lambda key: behind.get(key, 0))
    assert pace.patience_seconds(KEY) == lingers * 0.5
    assert pace.patience_seconds(("cases", 0)) == 0.0


async def test_a_small_batch_takes_what_follows_along() -> None:
    queue: asyncio.Queue[Delivery] = asyncio.Queue()
    done: list[str] = []
    queue.put_nowait(delivery(0, 4, b"a", lambda: done.append("first")))
    queue.put_nowait(delivery(5, 9, b"b" * LEAST_BYTES, lambda: done.append("second")))
    joined = await Gatherer(KEY, busy_pace(40), queue).next()
    assert (joined.batch.first, joined.batch.last) == (0, 9)
    assert joined.batch.data == b"a" + b"b" * LEAST_BYTES
    joined.done()
    assert done == ["first", "second"]


async def test_a_large_batch_does_not_wait() -> None:
    queue: asyncio.Queue[Delivery] = asyncio.Queue()
    queue.put_nowait(delivery(0, 4, b"a" * LEAST_BYTES))
    queue.put_nowait(delivery(5, 9))
    assert (await Gatherer(KEY, busy_pace(40), queue).next()).batch.last == 4


async def test_a_batch_from_elsewhere_is_not_joined_and_comes_next() -> None:
    queue: asyncio.Queue[Delivery] = asyncio.Queue()
    queue.put_nowait(delivery(0, 4))
    queue.put_nowait(delivery(3, 7, b"b" * LEAST_BYTES))
    gatherer = Gatherer(KEY, busy_pace(40), queue)
    assert (await gatherer.next()).batch.last == 4
    assert (await gatherer.next()).batch.first == 3
