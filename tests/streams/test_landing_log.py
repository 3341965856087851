"""The landing log as Faust drives it: assignment, recovery, completion."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError
from faust.types import TP

from schemas.kinds import VENUE
from schemas.landing import LandingMessage, MalformedLanding
from streams.app import WorkerApp, create_app
from streams.config import WorkerConfig
from streams.landing_log import LandingLog
from streams.lanes import lane_key
from streams.partition import HoleInLog
from tests.streams.raw import walkers
from tests.streams.window.pipeline import landed

_LOG = TP(VENUE.landing_topic, 0)
_OTHER = TP(VENUE.landing_topic, 1)


@dataclass
class Tail:
    """A reader of logs in memory. `before` is called before each message is read; what `failures` holds is raised."""

    logs: dict[TP, list[LandingMessage]] = field(default_factory=dict)
    failures: list[Exception] = field(default_factory=list)
    before: Callable[[], Any] | None = None

    async def ends(self, partitions: Sequence[TP]) -> dict[TP, int]:
        return {tp: len(self.logs.get(tp, ())) for tp in partitions}

    async def read(self, partitions: Sequence[TP], **_rules: object) -> AsyncGenerator[tuple[TP, LandingMessage]]:
        if self.failures:
            raise self.failures.pop()
        for tp in partitions:
            for message in self.logs.get(tp, ()):
                if self.before:
                    await self.before()
                yield tp, message


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
def tail() -> Tail:
    return Tail()


@pytest.fixture
async def log(app: Crashing, tail: Tail) -> LandingLog:
    log = app.tables[f"{VENUE.name}-landing"]
    assert isinstance(log, LandingLog)
    log.tail = tail  # type: ignore[assignment]  # a stand-in
    return log


async def _assign(log: LandingLog, *partitions: TP) -> None:
    await log.on_rebalance(set(partitions), set(), set(partitions))


async def test_faust_is_told_that_there_is_nothing_to_recover(log: LandingLog, tail: Tail) -> None:
    tail.logs[_LOG] = landed(walkers(9), sizes=[3, 3])
    await _assign(log, _LOG, _OTHER, TP(VENUE.topic, 0))
    assert log.persisted_offset(_LOG) == 2
    assert log.persisted_offset(_OTHER) is None


async def test_replayed_partitions_get_lanes_that_go_on_behind_the_log(
    app: Crashing, log: LandingLog, tail: Tail
) -> None:
    tail.logs[_LOG] = landed(walkers(9), sizes=[3, 3])
    await _assign(log, _LOG, _OTHER)
    await log.on_recovery_completed({_LOG, _OTHER}, set())
    assert app.lanes.next_offset(lane_key(VENUE, 0)) == 9
    assert lane_key(VENUE, 1) in app.lanes._partitions
    assert app.lanes.next_offset(lane_key(VENUE, 1)) is None
    assert app.metrics.recovered.labels("venue")._value.get() == 3
    await app.lanes.close()


async def test_what_faust_hands_on_of_an_interrupted_recovery_changes_nothing(
    app: Crashing, log: LandingLog, tail: Tail
) -> None:
    tail.logs[_LOG] = landed(walkers(9), sizes=[3, 3])
    await _assign(log, _LOG)
    log.apply_changelog_batch([tail.logs[_LOG][-1]])
    await log.on_recovery_completed({_LOG}, set())
    state = app.lanes._partitions[lane_key(VENUE, 0)].state
    assert state.retry.live(state.oldest_bucket) == 9
    await app.lanes.close()


async def test_a_new_assignment_forgets_what_was_replayed(app: Crashing, log: LandingLog, tail: Tail) -> None:
    tail.logs[_LOG] = landed(walkers(9))
    await _assign(log, _LOG)
    await log.on_recovery_completed({_LOG}, set())
    await _assign(log, _OTHER)
    await log.on_recovery_completed({_OTHER}, set())
    assert set(app.lanes._partitions) == {lane_key(VENUE, 1)}
    await app.lanes.close()


async def test_a_replay_that_a_rebalance_overtakes_opens_nothing(app: Crashing, log: LandingLog, tail: Tail) -> None:
    tail.logs[_LOG] = landed(walkers(9), sizes=[3, 3])

    async def rebalance() -> None:
        tail.before = None
        await _assign(log, _LOG)

    tail.before = rebalance
    await _assign(log, _LOG)
    await log.on_recovery_completed({_LOG}, set())
    assert not app.lanes._partitions
    await log.on_recovery_completed({_LOG}, set())
    assert app.lanes.next_offset(lane_key(VENUE, 0)) == 9
    await app.lanes.close()


async def test_a_broker_that_is_away_is_asked_again(
    app: Crashing, log: LandingLog, tail: Tail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.landing_log._RETRY_SECONDS", 0.0)
    tail.logs[_LOG] = landed(walkers(9))
    tail.failures = [TimeoutError("mute"), KafkaConnectionError("away")]
    await _assign(log, _LOG)
    await asyncio.wait_for(log.on_recovery_completed({_LOG}, set()), 10)
    assert app.lanes.next_offset(lane_key(VENUE, 0)) == 9
    assert not app.endings
    await app.lanes.close()


async def test_a_hole_in_the_log_ends_the_worker(app: Crashing, log: LandingLog, tail: Tail) -> None:
    first, _, third = landed(walkers(9), sizes=[3, 3])
    tail.logs[_LOG] = [first, third]
    await _assign(log, _LOG)
    await log.on_recovery_completed({_LOG}, set())
    assert [type(reason) for reason in app.endings] == [HoleInLog]
    assert not app.lanes._partitions


async def test_a_message_that_is_none_ends_the_worker(app: Crashing, log: LandingLog, tail: Tail) -> None:
    tail.failures = [MalformedLanding("landing log of version 9")]
    await _assign(log, _LOG)
    await log.on_recovery_completed({_LOG}, set())
    assert [type(reason) for reason in app.endings] == [MalformedLanding]
    assert not app.lanes._partitions
