"""Messages that have to be decided wait for one answer at a time, in order, and hold nothing up."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from schemas.landing import LandingMessage
from sinks.check import Lookup
from sinks.lookups import SharedLookups
from sinks.scans import Scans
from sinks.undecided import Undecided
from tests.sinks.clock import Clock
from tests.sinks.landing_log import Event, message_of, record_of
from tests.sinks.pools import AtOnce, WhenTold
from tests.sinks.test_lookups import lookup


def decide(messages: Sequence[LandingMessage]) -> list[LandingMessage]:
    return [replace(message, watermark_ms=1) for message in messages]


def lookups_of(clock: Clock) -> SharedLookups:
    return SharedLookups(ask=lambda _: [], wait=lambda _: None, clock=clock)


def put(undecided: Undecided, *offsets: int, checked: bool = True) -> None:
    for offset in offsets:
        message = message_of([Event(offset=offset, checked=checked)])
        undecided.put(record_of(message, offset), message)


def taken(undecided: Undecided) -> list[int]:
    return [record.offset for record, _ in undecided.take()]


def test_what_has_nothing_to_be_decided_is_taken_at_once_unless_something_before_it_waits() -> None:
    undecided = Undecided(decide=decide, lookups=lookups_of(Clock()), pool=WhenTold())
    put(undecided, 0, checked=False)
    assert taken(undecided) == [0]
    put(undecided, 1)
    put(undecided, 2, checked=False)
    assert taken(undecided) == []
    assert undecided.first_offset == 1


def test_an_answer_is_for_all_that_waited_when_it_was_asked_for() -> None:
    pool = WhenTold()
    undecided = Undecided(decide=decide, lookups=lookups_of(Clock()), pool=pool)
    put(undecided, 0, 1)
    undecided.ask()
    put(undecided, 2)
    assert (undecided.due, taken(undecided), undecided.first_offset) == (False, [], 0)
    pool.run()
    assert undecided.due
    assert [(record.offset, message.watermark_ms) for record, message in undecided.take()] == [(0, 1), (1, 1)]
    assert undecided.first_offset == 2
    undecided.ask()
    pool.run()
    assert taken(undecided) == [2]
    assert undecided.first_offset is None


def test_a_lookup_is_made_when_it_is_due_or_something_has_waited_for_long() -> None:
    clock = Clock()

    def slowly(lookups: Sequence[Lookup]) -> list[Scans]:
        clock.seconds += 10.0
        return [each.scans for each in lookups]

    lookups = SharedLookups(ask=slowly, wait=lambda _: None, clock=clock)
    lookups.find(lookup(0))
    undecided = Undecided(decide=decide, lookups=lookups, pool=AtOnce())
    put(undecided, 0)
    undecided.ask()
    assert (undecided.due, taken(undecided)) == (False, [])
    clock.seconds += 0.5
    assert undecided.due
    undecided.ask()
    assert taken(undecided) == [0]


def test_who_brings_too_much_waits_for_the_answer() -> None:
    go = threading.Event()

    def slowly(messages: Sequence[LandingMessage]) -> list[LandingMessage]:
        go.wait()
        return decide(messages)

    with ThreadPoolExecutor(1) as pool:
        undecided = Undecided(decide=slowly, lookups=lookups_of(Clock()), pool=pool)
        put(undecided, 0)
        undecided.ask()
        put(undecided, *range(1, 33))
        assert taken(undecided) == []
        put(undecided, 33)
        threading.Timer(0.05, go.set).start()
        assert taken(undecided) == [0]


def test_what_a_lookup_raised_is_raised() -> None:
    def fail(_messages: Sequence[LandingMessage]) -> list[LandingMessage]:
        raise KeyError("store")

    undecided = Undecided(decide=fail, lookups=lookups_of(Clock()), pool=AtOnce())
    put(undecided, 0)
    undecided.ask()
    assert undecided.due
    with pytest.raises(KeyError, match="store"):
        undecided.take()


def test_the_bytes_of_a_record_are_let_go() -> None:
    undecided = Undecided(decide=decide, lookups=lookups_of(Clock()), pool=AtOnce())
    put(undecided, 0, checked=False)
    ((record, _),) = undecided.take()
    assert record.value is None
