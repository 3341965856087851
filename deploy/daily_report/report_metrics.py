"""Whether reports leave in time, as prometheus-client objects that count down by themselves."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial

from prometheus_client import CollectorRegistry

from deploy.daily_report.schedule import seconds_to_due
from deploy.daily_report.span import Span, due_at, today
from schemas import metrics


class ReportMetrics:
    """Every metric of `schemas.metrics` on daily reports, registered in `registry`; `now` gives aware UTC.

    A province has its gauges from the first time somebody said that its report is wanted.
    """

    def __init__(self, registry: CollectorRegistry, *, now: Callable[[], datetime]) -> None:
        """Register all of them."""
        self.turns = metrics.counter(metrics.REPORT_TURNS, registry)
        self._seconds = metrics.gauge(metrics.SECONDS_TO_1700, registry)
        self._pending = metrics.gauge(metrics.REPORT_PENDING, registry)
        self._age = metrics.gauge(metrics.REPORT_AGE, registry)
        self._now = now
        self._made: set[tuple[int, date]] = set()
        self._as_of: dict[int, datetime] = {}
        self._followed: set[int] = set()

    def follow(self, provinces: Sequence[int], made: set[tuple[int, date]]) -> None:
        """Show these provinces' gauges; `made` are the reports that have been made (province and day)."""
        self._made |= made
        for province in set(provinces) - self._followed:
            self._followed.add(province)
            self._seconds.labels(str(province)).set_function(partial(self._seconds_to_due, province))
            self._pending.labels(str(province)).set_function(partial(self._waits, province))

    def wrote(self, province: int, span: Span) -> None:
        """Note that the report of a span is written."""
        self._made.add((province, span.day))
        if province not in self._as_of:
            self._age.labels(str(province)).set_function(partial(self._age_seconds, province))
        self._as_of[province] = max(span.as_of, self._as_of.get(province, span.as_of))

    def _waits(self, province: int) -> bool:
        return (province, today(self._now())) not in self._made

    def _seconds_to_due(self, province: int) -> float:
        now = self._now()
        return seconds_to_due(now, is_made=not self._waits(province), due=due_at(today(now)))

    def _age_seconds(self, province: int) -> float:
        return (self._now() - self._as_of[province]).total_seconds()
