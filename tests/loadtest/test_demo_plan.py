"""Demonstrations one after the other on the same stores must not meet each other's people."""

import random

import numpy as np
import pytest

from loadtest.demo_plan import BY_GATEWAY, DIRECT, scenarios, seed_of_start
from loadtest.generate import Workload
from loadtest.reports.samples import sound_report
from loadtest.scenario import Scenario
from schemas.kinds import REPORTS, SCANS, Feed
from schemas.plan import plan_of
from tests.loadtest.scenarios import START_MS, fleet

_PARTITIONS = {feed.topic: 4 for feed in SCANS}


def _plan(*, seed: int = 1, start_ms: int = START_MS, rate: float = 500) -> list[Scenario]:
    shares = {**DIRECT, **BY_GATEWAY}
    return scenarios(shares, seconds=10, rate=rate, seed=seed, start_ms=start_ms, partitions=_PARTITIONS)


def _people(scenario: Scenario) -> set[bytes]:
    chunks = Workload(scenario, fleet()).chunks()
    return {subject.tobytes() for chunk in chunks for subject in np.unique(chunk.columns.words("subject"), axis=0)}


def test_every_feed_gets_its_share_of_the_rate_and_together_they_are_all() -> None:
    plan = _plan()
    assert {scenario.feed for scenario in plan} == set(SCANS)
    assert sum(scenario.events for scenario in plan) == 5_000
    assert all(scenario.partitions == 4 and scenario.span_seconds == 10 for scenario in plan)


def test_a_feed_with_hardly_any_share_still_has_an_event() -> None:
    assert min(scenario.events for scenario in _plan(rate=0.01)) == 1


def test_other_people_scan_in_a_demonstration_a_moment_later() -> None:
    nobody = {bytes(16)}
    for one, other in zip(_plan(), _plan(start_ms=START_MS + 1), strict=True):
        assert _people(one) & _people(other) <= nobody


def test_the_seed_decides_who_scans_at_a_given_moment() -> None:
    one, same, other = _plan()[0], _plan()[0], _plan(seed=2)[0]
    assert _people(one) == _people(same)
    assert not _people(one) & _people(other) - {bytes(16)}


@pytest.mark.parametrize("feed", REPORTS, ids=lambda feed: feed.name)
def test_other_reports_are_sent_in_a_demonstration_a_moment_later(feed: Feed) -> None:
    identities = [
        sound_report(feed, chance=random.Random(seed_of_start(1, start_ms=at)), now_ms=at, people=50)[
            plan_of(feed).identity
        ]
        for at in (START_MS, START_MS + 1)
    ]
    assert identities[0] != identities[1]
