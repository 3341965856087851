"""The landing log as Faust drives it: assignment, recovery, completion."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from faust.types import TP

from schemas.kinds import VENUE
from schemas.landing import LandingMessage, MalformedLanding
from streams.app import WorkerApp, create_app
from streams.config import WorkerConfig
from streams.landing_log import LandingLog, headers_of
from streams.lanes import lane_key
from streams.partition import HoleInLog
from tests.streams.raw import walkers
from tests.streams.window.pipeline import landed

_LOG = TP(VENUE.landing_topic, 0)


@dataclass
class Message:
    """A record of the landing log as Faust hands it on."""

    value: bytes
    headers: Any
    partition: int = 0


@dataclass
class Event:
    """A Faust event around it."""

    message: Message


@dataclass
class Tail:
    """A reader that knows where each log has to be read from."""

    known: dict[TP, int] = field(default_factory=dict)
    asked: list[TP] = field(default_factory=list)

    async def starts(self, partitions: Sequence[TP], **_rules: object) -> dict[TP, int]:
        self.asked += partitions
        return {tp: self.known[tp] for tp in partitions if tp in self.known}


class Crashing(WorkerApp):
    """An app that tells what would have ended it."""

    endings: list[BaseException]

    async def crash(self, reason: BaseException) -> None:
        self.endings.append(reason)


@pytest.fixture
async def app(monkeypatch: pytest.MonkeyPatch) -> Crashing:
    monkeypatch.setattr("streams.app.WorkerApp", Crashing)
    app = create_app(WorkerConfig(bootstrap="127.0.0.1:1", feeds=(VENUE,)))
    assert isinstance(app, Crashing)
    app.endings = []
    return app


@pytest.fixture
async def log(app: Crashing) -> LandingLog:
    log = app.tables[f"{VENUE.name}-landing"]
    assert isinstance(log, LandingLog)
    log.tail = Tail({_LOG: 17})  # type: ignore[assignment]  # a stand-in
    return log


def _event(message: LandingMessage, *, partition: int = 0) -> Event:
    return Event(Message(message.value, message.headers(), partition))


async def _assign(log: LandingLog, *partitions: TP) -> None:
    await log.on_rebalance(set(partitions), set(), set(partitions))


async def test_recovery_starts_in_front_of_the_first_message_the_windows_need(log: LandingLog) -> None:
    await _assign(log, _LOG, TP(VENUE.landing_topic, 1), TP(VENUE.topic, 0))
    assert log.persisted_offset(_LOG) == 16
    assert log.persisted_offset(TP(VENUE.landing_topic, 1)) is None
    assert isinstance(log.tail, Tail)
    assert set(log.tail.asked) == {_LOG, TP(VENUE.landing_topic, 1)}


async def test_recovered_partitions_get_lanes_that_go_on_behind_the_log(app: Crashing, log: LandingLog) -> None:
    await _assign(log, _LOG, TP(VENUE.landing_topic, 1))
    log.apply_changelog_batch([_event(message) for message in landed(walkers(9), sizes=[3, 3])])
    await log.on_recovery_completed({_LOG}, set())
    assert app.lanes.next_offset(lane_key(VENUE, 0)) == 9
    assert lane_key(VENUE, 1) in app.lanes._partitions
    assert app.lanes.next_offset(lane_key(VENUE, 1)) is None
    await app.lanes.close()


async def test_a_new_assignment_forgets_what_was_recovered(app: Crashing, log: LandingLog) -> None:
    await _assign(log, _LOG)
    log.apply_changelog_batch([_event(message) for message in landed(walkers(9))])
    await log.on_recovery_completed({_LOG}, set())
    await _assign(log, TP(VENUE.landing_topic, 1))
    await log.on_recovery_completed(set(), set())
    assert app.lanes.next_offset(lane_key(VENUE, 0)) is None
    await app.lanes.close()


async def test_messages_of_partitions_that_are_not_ours_are_passed_over(app: Crashing, log: LandingLog) -> None:
    await _assign(log, _LOG)
    log.apply_changelog_batch([_event(landed(walkers(3))[0], partition=5)])
    await log.on_recovery_completed({_LOG}, set())
    assert app.lanes.next_offset(lane_key(VENUE, 0)) is None
    await app.lanes.close()


async def test_a_hole_in_the_log_ends_the_worker_when_recovery_completes(app: Crashing, log: LandingLog) -> None:
    await _assign(log, _LOG)
    first, _, third = landed(walkers(9), sizes=[3, 3])
    with pytest.raises(HoleInLog):
        log.apply_changelog_batch([_event(first), _event(third)])
    await log.on_recovery_completed({_LOG}, set())
    assert [type(reason) for reason in app.endings] == [HoleInLog]
    assert lane_key(VENUE, 0) not in app.lanes._partitions


async def test_a_message_that_is_none_ends_the_worker_when_recovery_completes(app: Crashing, log: LandingLog) -> None:
    await _assign(log, _LOG)
    with pytest.raises(MalformedLanding):
        log.apply_changelog_batch([Event(Message(b"", [("v", b"9")]))])
    await log.on_recovery_completed({_LOG}, set())
    assert [type(reason) for reason in app.endings] == [MalformedLanding]


async def test_replayed_messages_are_counted(app: Crashing, log: LandingLog) -> None:
    await _assign(log, _LOG)
    log.apply_changelog_batch([_event(message) for message in landed(walkers(9), sizes=[3, 3])])
    assert app.metrics.recovered.labels("venue")._value.get() == 3


def test_headers_come_as_pairs_however_faust_keeps_them() -> None:
    pairs = [("v", b"1"), ("feed", b"venue")]
    assert headers_of(Message(b"", dict(pairs))) == pairs
    assert headers_of(Message(b"", tuple(pairs))) == pairs
    assert headers_of(replace(Message(b"", None), headers=pairs)) == pairs
