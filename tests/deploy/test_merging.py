"""Merging has its turn once a night in Vietnam, not in the day after a night that was missed."""

from datetime import UTC, datetime, time, timedelta

import pytest

from deploy.merging import NightlyMerges, merging
from deploy.retention.nightly import Stopped
from deploy.settings import Settings
from deploy.user_error import UserError
from schemas.zone import VIETNAM
from tests.databases import Databases
from tests.sinks.test_merging import land_parts, parts_of_weeks
from tests.waiting import until

_AT = time(3, 30)
_TURN = datetime(2021, 8, 3, 3, 30, tzinfo=VIETNAM)


class Merges:
    """Weeks merged in memory: each call ends as `outcomes` say, then with none."""

    def __init__(self, *outcomes: int | Exception) -> None:
        """Take the outcomes, first one first."""
        self.outcomes, self.turns = list(outcomes), list[datetime]()

    def __call__(self, turn: datetime) -> int:
        """Keep the turn."""
        self.turns.append(turn)
        outcome = self.outcomes.pop(0) if self.outcomes else 0
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def step_at(merges: Merges, *moments: datetime) -> None:
    """Take a step at each of some moments."""
    clock = list(moments)
    nightly = NightlyMerges(at=_AT, merge=merges, now=lambda: clock[0].astimezone(UTC))
    while clock:
        nightly.step()
        clock.pop(0)


def test_what_was_made_before_the_turn_is_merged_after_it() -> None:
    merges = Merges(2)
    step_at(merges, _TURN, _TURN + timedelta(minutes=5))
    assert merges.turns == [_TURN, _TURN]


def test_in_the_day_nothing_is_merged_even_if_the_night_was_missed() -> None:
    merges = Merges()
    step_at(merges, _TURN + timedelta(hours=2), _TURN + timedelta(hours=9), _TURN - timedelta(minutes=1))
    assert merges.turns == []


def test_what_fails_is_tried_again_and_said_and_the_end_of_the_watch_is_no_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    merges = Merges(UserError("the disk is full"), Stopped(), 1)
    with caplog.at_level("INFO"):
        step_at(merges, *(_TURN + timedelta(minutes=5 * at) for at in range(3)))
    assert len(merges.turns) == 3
    assert [record.getMessage() for record in caplog.records] == [
        "merging: the disk is full",
        "merging: weeks of scans that are one part now: 1",
    ]


def test_off_starts_no_thread_and_a_time_that_is_none_is_refused() -> None:
    with merging(Settings(merge_time="off", clickhouse_url="http://127.0.0.1:1")):
        pass
    with pytest.raises(UserError, match="a time of day in Vietnam like 02:30, or `off`"):
        Settings(merge_time="half past three")


@pytest.mark.integration
def test_the_watch_merges_what_landed_before_its_turn(databases: Databases) -> None:
    later = timedelta(hours=6)
    at = (datetime.now(VIETNAM) + later - timedelta(minutes=30)).time().replace(microsecond=0)
    with databases.lend() as database:
        land_parts(database, weeks=1, parts=3)
        settings = Settings(
            merge_time=at.isoformat(),
            clickhouse_url=database.config.clickhouse_url,
            clickhouse_database=database.name,
        )
        with merging(settings, now=lambda: datetime.now(UTC) + later):
            until(lambda: parts_of_weeks(database) == [1], why="the week is still several parts")
