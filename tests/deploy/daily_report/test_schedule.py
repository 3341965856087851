"""Turns of reports: at their time in Vietnam wherever the process runs, every hour, across midnight."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from deploy.daily_report.make import NothingToReport
from deploy.daily_report.report_metrics import ReportMetrics
from deploy.daily_report.reporter import Reporter
from deploy.daily_report.schedule import LANDING, parse_times, turns
from deploy.daily_report.span import Span, midnight
from deploy.user_error import UserError
from schemas.zone import VIETNAM

_DAY = date(2021, 8, 5)
_TIMES = parse_times("16:20,42=16:00")


def _local(clock: str, day: date = _DAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), VIETNAM)


def _turns(now: datetime, province: int = 38) -> dict[date, tuple[datetime, datetime]]:
    return {span.day: (span.until, span.as_of) for span in turns(_TIMES, province, now)}


def test_the_first_turn_is_at_the_provinces_time_and_the_next_ones_are_about_the_same_part_of_the_day() -> None:
    assert _DAY not in _turns(_local("16:20"))  # what Kafka took until then is still landing
    assert _turns(_local("16:20:30"))[_DAY] == (_local("16:20"), _local("16:20"))
    assert _turns(_local("16:00:30"), province=42)[_DAY] == (_local("16:00"), _local("16:00"))
    assert _turns(_local("17:20:29"))[_DAY] == (_local("16:20"), _local("16:20"))
    assert _turns(_local("23:59"))[_DAY] == (_local("16:20"), _local("23:20"))


def test_from_midnight_on_turns_are_about_the_whole_day_until_the_next_day_ends() -> None:
    next_day = _DAY + timedelta(days=1)
    whole = _local("00:00", next_day)
    assert _turns(_local("00:20:29", next_day))[_DAY] == (_local("16:20"), _local("23:20"))
    assert _turns(_local("00:20:30", next_day))[_DAY] == (whole, _local("00:20", next_day))
    assert _turns(_local("23:59", next_day))[_DAY] == (whole, _local("23:20", next_day))
    assert _DAY not in _turns(_local("00:01", next_day + timedelta(days=1)))


@given(
    now=st.datetimes(datetime(2021, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 -- made aware below
    zone=st.sampled_from(["UTC", "America/New_York", "Asia/Ho_Chi_Minh", "Pacific/Apia"]),
)
def test_a_turn_is_due_is_of_its_day_and_the_same_wherever_the_clock_is(now: datetime, zone: str) -> None:
    moment = now.replace(tzinfo=UTC)
    found = list(turns(_TIMES, 38, moment))
    assert found == list(turns(_TIMES, 38, moment.astimezone(ZoneInfo(zone))))
    for span in found:
        assert timedelta(0) <= moment - LANDING - span.as_of
        assert midnight(span.day) < span.until <= span.as_of
        assert (span.as_of - _local("16:20", span.day)) % timedelta(hours=1) == timedelta(0)
        assert span.is_whole == (span.as_of >= midnight(span.day) + timedelta(days=1))


@pytest.mark.parametrize(
    "text", ["", "17:00", "16:26", "00:00", "4 pm", "16:20,x=16:00", "16:20,42", "16:00+07:00", "42=16:00"]
)
def test_times_that_are_none_or_too_late_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a time of day to 16:25, then perhaps some provinces' own, like 16:20,42"):
        parse_times(text)


@dataclass
class _Desk:
    """`Reports` in memory: `says` yields what becomes of each turn."""

    says: Iterator[Exception | bool]
    made: dict[tuple[int, date], datetime] = field(default_factory=dict)
    asked: list[Span] = field(default_factory=list)
    away: bool = False

    def provinces(self) -> list[int]:
        if self.away:
            raise UserError("No ClickHouse answers.")
        return [38]

    def first_made(self, since: date) -> dict[tuple[int, date], datetime]:
        return {key: moment for key, moment in self.made.items() if key[1] >= since}

    def make(self, province: int, span: Span) -> bool:
        self.asked.append(span)
        outcome = next(self.says)
        if isinstance(outcome, Exception):
            raise outcome
        self.made.setdefault((province, span.day), span.as_of)
        return outcome


class _Hall:
    """A reporter whose clock the test moves, and its gauges."""

    def __init__(self, *says: Exception | bool) -> None:
        self.now = _local("16:19")
        self.desk = _Desk(iter(says))
        self.restart()

    def restart(self) -> None:
        self.registry = CollectorRegistry()
        metrics = ReportMetrics(self.registry, now=lambda: self.now)
        self.reporter = Reporter(times=_TIMES, reports=self.desk, metrics=metrics, now=lambda: self.now)

    def at(self, moment: datetime) -> list[tuple[date, str]]:
        """Move the clock, let the reporter step, and return the turns it took."""
        self.now = moment.astimezone(UTC)
        self.desk.asked.clear()
        self.reporter.step()
        return [(span.day, f"{span.as_of.astimezone(VIETNAM):%d %H:%M}") for span in self.desk.asked]

    def gauge(self, name: str) -> float | None:
        return self.registry.get_sample_value(f"scanstream_{name}", {"province": "38"})


_YESTERDAY = _DAY - timedelta(days=1)


def test_reports_are_made_at_their_turns_and_gauges_tell_whether_they_are_late() -> None:
    hall = _Hall(NothingToReport("no places"), True, UserError("The disk is full."), True, False, True)
    assert hall.at(_local("16:20")) == [(_YESTERDAY, "05 15:20")]
    assert (hall.gauge("seconds_to_1700"), hall.gauge("report_pending")) == (40 * 60, 1)
    # Today's comes before yesterday's.
    assert hall.at(_local("16:20:30")) == [(_DAY, "05 16:20"), (_YESTERDAY, "05 16:20")]
    assert (hall.gauge("seconds_to_1700"), hall.gauge("report_pending")) == (40 * 60 - 30, 0)
    assert hall.gauge("report_age_seconds") == 30
    # What failed is tried again, what was done is not.
    assert hall.at(_local("16:21")) == [(_YESTERDAY, "05 16:20")]
    assert hall.at(_local("16:22")) == []
    assert hall.at(_local("17:20:30"))[0] == (_DAY, "05 17:20")
    assert (hall.gauge("seconds_to_1700"), hall.gauge("report_age_seconds")) == (24 * 3600 - 1230, 30)


def test_a_report_that_is_overdue_stays_so_until_it_is_made_even_after_a_restart() -> None:
    hall = _Hall(UserError("The disk is full."), NothingToReport("no places"))
    hall.at(_local("17:10"))
    assert (hall.gauge("seconds_to_1700"), hall.gauge("report_pending")) == (0, 1)
    hall.restart()
    hall.desk.away = True
    assert hall.at(_local("17:11")) == []
    assert hall.gauge("seconds_to_1700") is None  # nobody can say which provinces there are
    assert hall.registry.get_sample_value("scanstream_report_turns_total", {"outcome": "failed"}) == 1
    hall.desk.away = False
    hall.desk.says = iter([True, NothingToReport("no places")])
    assert hall.at(_local("17:12"))[0] == (_DAY, "05 16:20")
    assert (hall.gauge("seconds_to_1700"), hall.gauge("report_pending")) == (24 * 3600 - 720, 0)
    # At midnight the next report is waited for.
    hall.desk.says = iter([False])
    hall.at(_local("00:00", _DAY + timedelta(days=1)))
    assert (hall.gauge("seconds_to_1700"), hall.gauge("report_pending")) == (17 * 3600, 1)
