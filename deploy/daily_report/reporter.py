"""Make each province's reports when their turn has come, for as long as the process runs."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol

from deploy.daily_report.make import NothingToReport
from deploy.daily_report.report_metrics import ReportMetrics
from deploy.daily_report.schedule import Times, turns
from deploy.daily_report.span import Span, today
from deploy.user_error import UserError

_log = logging.getLogger(__name__)
_DAY = timedelta(days=1)


class Reports(Protocol):
    """Where reports are made and kept; everything raises UserError where that can't be done now."""

    def provinces(self) -> Sequence[int]:
        """Return the provinces whose report is wanted."""

    def first_made(self, since: date) -> Mapping[tuple[int, date], datetime]:
        """Return when the first version of each report of days from `since` on was made."""

    def make(self, province: int, span: Span) -> bool:
        """Make a report and return whether it is a new version; NothingToReport where there is none to make."""


@dataclass
class Reporter:
    """The schedule at work; call `step` again and again, which ends early once `stopping`. It keeps nothing on a disk.

    After a start every day's latest turn is taken once more: a report that says nothing new is no new version.
    """

    times: Times
    reports: Reports
    metrics: ReportMetrics
    now: Callable[[], datetime]
    stopping: Callable[[], bool] = lambda: False
    _done: dict[tuple[int, date], datetime] = field(default_factory=dict)

    def step(self) -> None:
        """Make every report whose turn has come, today's first. One that fails is tried in the next step, too."""
        try:
            now, provinces = self.now(), self.reports.provinces()
            made = self.reports.first_made(today(now))
        except UserError as problem:
            _log.warning("daily reports: %s", problem.message)
            self.metrics.turns.labels("failed").inc()
            return
        self.metrics.follow(provinces, {key for key in made if key[0] in provinces})
        for province, span in self._due(provinces, now):
            if self.stopping():
                return
            self._make(province, span)

    def _due(self, provinces: Sequence[int], now: datetime) -> list[tuple[int, Span]]:
        self._done = {key: moment for key, moment in self._done.items() if key[1] >= today(now) - _DAY}
        due = [
            (province, span)
            for province in provinces
            for span in turns(self.times, province, now)
            if self._done.get((province, span.day)) != span.as_of
        ]
        return sorted(due, key=lambda one: (-one[1].day.toordinal(), one[0]))

    def _make(self, province: int, span: Span) -> None:
        try:
            outcome = "made" if self.reports.make(province, span) else "unchanged"
        except NothingToReport:
            outcome = "nothing"
        except UserError as problem:
            _log.warning("daily report of province %d, %s: %s", province, span.day, problem.message)
            self.metrics.turns.labels("failed").inc()
            return
        self._done[province, span.day] = span.as_of
        self.metrics.turns.labels(outcome).inc()
        if outcome != "nothing":
            self.metrics.wrote(province, span)
        _log.info("daily report of province %d, %s: %s", province, span.day, outcome)
