"""Requests share turns at the store, and none waits longer than it may."""

import asyncio
import logging
import threading
from collections.abc import Sequence

import pytest

from schemas.vault import Contact, Details
from streams.gateway.contacts.keeper import ContactKeeper
from streams.gateway.contacts.store import InMemoryContactStore


class _HeldStore(InMemoryContactStore):
    """Keeps nothing before it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.turns: list[int] = []
        self.entered, self.release = threading.Event(), threading.Event()

    def keep(self, details: Sequence[Details]) -> list[bool]:
        self.turns.append(len(details))
        self.entered.set()
        self.release.wait(20)
        return super().keep(details)


def _details(number: int) -> Details:
    return Details(subject=number.to_bytes(16, "big"), key_version=1, contact=Contact(name=str(number)))


async def test_what_comes_while_one_turn_is_under_way_goes_with_the_next() -> None:
    store = _HeldStore()
    store.refuse = {_details(3).subject}
    keeper = ContactKeeper(store, timeout_seconds=20)
    first = asyncio.create_task(keeper.keep([_details(0)]))
    await asyncio.to_thread(store.entered.wait, 20)
    others = [asyncio.create_task(keeper.keep([_details(1), _details(number)])) for number in (2, 3)]
    await asyncio.sleep(0)

    store.release.set()

    assert await first == [True]
    assert [await other for other in others] == [[True, True], [True, False]]
    assert store.turns == [1, 4]


async def test_a_store_that_hangs_is_not_waited_for_and_what_was_given_up_is_not_kept() -> None:
    store = _HeldStore()
    keeper = ContactKeeper(store, timeout_seconds=0.01)

    assert await keeper.keep([_details(0)]) == [False]
    assert await keeper.keep([_details(1)]) == [False]

    store.release.set()
    patient = ContactKeeper(store, timeout_seconds=20)
    assert await patient.keep([_details(2)]) == [True]
    assert _details(1) not in store.kept


async def test_it_says_once_that_the_store_is_away_and_once_that_it_is_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    store = InMemoryContactStore()
    keeper = ContactKeeper(store, timeout_seconds=20)
    outcomes = []
    for away in (True, True, False, False):
        store.away = away
        outcomes.append(await keeper.keep([_details(1)]))
    assert outcomes == [[False], [False], [True], [True]]
    told = [record.getMessage() for record in caplog.records]
    assert [line.partition(":")[0] for line in told] == [
        "contact details can't be kept, events with them are answered 503",
        "contact details are kept again",
    ]
