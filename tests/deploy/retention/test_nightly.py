"""Retention is run once a night in Vietnam, wherever the process runs, and again for as long as it fails."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from deploy.retention.nightly import Nightly, Stopped
from deploy.retention.turns import last_turn, parse_time
from deploy.settings import Settings
from deploy.user_error import UserError
from schemas.zone import VIETNAM
from sinks.retention.proof import Account, Proof

_AT = time(2, 30)


@given(
    now=st.datetimes(datetime(2021, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 -- made aware below
    at=st.times().map(lambda it: it.replace(microsecond=0)),
    zone=st.sampled_from(["UTC", "America/New_York", "Asia/Ho_Chi_Minh", "Pacific/Apia"]),
)
def test_the_last_turn_is_within_a_day_and_at_its_time_in_vietnam(now: datetime, at: time, zone: str) -> None:
    moment = now.replace(tzinfo=UTC)
    turn = last_turn(at, moment)
    assert turn == last_turn(at, moment.astimezone(ZoneInfo(zone)))
    assert timedelta(0) <= moment - turn < timedelta(days=1)
    assert turn.astimezone(VIETNAM).time() == at


@dataclass
class Made:
    """`Runs` in memory: each ends as `outcomes` say, then well."""

    now: list[datetime]
    outcomes: list[Exception | int] = field(default_factory=list)
    runs: list[datetime] = field(default_factory=list)
    tries: int = 0

    def last_run(self) -> datetime | None:
        return self.runs[-1] if self.runs else None

    def run(self) -> Proof:
        self.tries += 1
        outcome = self.outcomes.pop(0) if self.outcomes else 0
        if isinstance(outcome, Exception):
            raise outcome
        self.runs.append(self.now[0])
        account = Account(
            table="scans", province=42, days=28, rows_before=9, deleted=2, rows_after=7, held=0, waiting=0,
            remaining=outcome, oldest=None,
        )  # fmt: skip
        return Proof(run_at=self.now[0], accounts=(account,), holds=())


def _night(day: int, clock: str) -> datetime:
    return datetime.combine(datetime(2021, 8, day, tzinfo=VIETNAM), time.fromisoformat(clock), VIETNAM).astimezone(UTC)


def test_each_night_has_one_run_and_one_that_was_missed_is_made_at_once() -> None:
    now, registry = [_night(3, "14:00")], CollectorRegistry()
    runs = Made(now)
    nightly = Nightly(at=_AT, runs=runs, registry=registry, now=lambda: now[0])
    for moment in ("3 14:00", "3 14:05", "4 02:29", "4 02:30", "4 02:35", "5 02:31", "8 11:00", "8 11:05"):
        day, clock = moment.split()
        now[0] = _night(int(day), clock)
        nightly.step()
    assert runs.runs == [_night(3, "14:00"), _night(4, "02:30"), _night(5, "02:31"), _night(8, "11:00")]
    again = Made(now, runs=runs.runs)
    Nightly(at=_AT, runs=again, registry=CollectorRegistry(), now=lambda: now[0]).step()
    assert again.tries == 0


def test_what_fails_is_tried_again_and_told_and_what_was_given_up_is_not_a_failure() -> None:
    now, registry = [_night(3, "02:30")], CollectorRegistry()
    runs = Made(now, outcomes=[UserError("No ClickHouse."), UserError("No ClickHouse."), Stopped(), 5])
    nightly = Nightly(at=_AT, runs=runs, registry=registry, now=lambda: now[0])
    for _ in range(6):
        nightly.step()
    assert runs.tries == 4
    told = {
        outcome: registry.get_sample_value("scanstream_retention_turns_total", {"outcome": outcome})
        for outcome in ("failed", "incomplete", "complete")
    }
    assert told == {"failed": 2, "incomplete": 1, "complete": None}


@pytest.mark.parametrize("text", ["", "25:00", "half past two", "02:30+07:00", "2.30"])
def test_a_time_that_is_none_is_refused_with_what_it_should_be(text: str) -> None:
    with pytest.raises(UserError, match="a time of day in Vietnam like 02:30, or `off`"):
        Settings(retention_time=text)
    assert parse_time("off") is None
