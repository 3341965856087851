"""Reports on schedule, beside what a process does otherwise: a thread of its own, with a client of its own."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime

from prometheus_client import CollectorRegistry

from deploy.beside import repeating
from deploy.clickhouse import clickhouse_client
from deploy.daily_report.files import reports_directory
from deploy.daily_report.make import make
from deploy.daily_report.report_metrics import ReportMetrics
from deploy.daily_report.reporter import Reporter
from deploy.daily_report.schedule import parse_times
from deploy.daily_report.span import Span
from deploy.daily_report.store import first_made, reporting_provinces
from deploy.settings import Settings

#: Often enough to be on time; each step asks two questions of small tables.
_STEP_SECONDS = 30.0


class ClickHouseReports:
    """`Reports` of the settings' database and data directory."""

    def __init__(self, settings: Settings, *, now: Callable[[], datetime]) -> None:
        """Take settings that hold the addresses in use; `now` gives aware UTC."""
        self._settings, self._now = settings, now

    def provinces(self) -> Sequence[int]:
        with clickhouse_client(self._settings) as client:
            return reporting_provinces(client)

    def first_made(self, since: date) -> Mapping[tuple[int, date], datetime]:
        with clickhouse_client(self._settings) as client:
            return first_made(client, since)

    def make(self, province: int, span: Span) -> bool:
        directory = reports_directory(self._settings.data_dir)
        with clickhouse_client(self._settings) as client:
            return make(client, province, span, exact=False, directory=directory, now=self._now).is_new


@contextmanager
def reporting(settings: Settings, registry: CollectorRegistry) -> Iterator[None]:
    """Make reports on schedule while inside; on leaving, wait for the one under way."""
    stopping = threading.Event()
    reporter = Reporter(
        times=parse_times(settings.report_times),
        reports=ClickHouseReports(settings, now=_now),
        metrics=ReportMetrics(registry, now=_now),
        now=_now,
        stopping=stopping.is_set,
    )

    with repeating(reporter.step, every_seconds=_STEP_SECONDS, name="daily-report", stopping=stopping):
        yield


def _now() -> datetime:
    return datetime.now(UTC)
