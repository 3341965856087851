"""Retention on schedule, beside what a process does otherwise: a thread of its own, with a client of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry

from deploy.beside import repeating
from deploy.clickhouse import clickhouse_client
from deploy.identity.audit_log import AuditLog, audit_path
from deploy.retention.desk import RetentionDesk
from deploy.retention.nightly import Nightly, Stopped
from deploy.retention.turns import parse_time
from deploy.settings import Settings
from sinks.retention.days import parse_days
from sinks.retention.proof import Proof
from sinks.retention.proofs import last_run
from sinks.vault.witness import ClickHouseWitness

#: A night's work is not in a hurry, and each step asks one small question.
_STEP_SECONDS = 300.0
#: Who acts, in the audit log.
_ACTOR = "schedule"


class ClickHouseRuns:
    """`Runs` over the settings' database; gives up once `stopping` is set."""

    def __init__(self, settings: Settings, *, stopping: threading.Event) -> None:
        """Take settings that hold the addresses in use."""
        self._settings, self._stopping = settings, stopping

    def last_run(self) -> datetime | None:
        with clickhouse_client(self._settings) as client:
            return last_run(client)

    def run(self) -> Proof:
        with clickhouse_client(self._settings) as client:
            audit = AuditLog(audit_path(self._settings), ClickHouseWitness(client))
            desk = RetentionDesk(
                client, audit, actor=_ACTOR, now=_now, cluster=self._settings.cluster, sleep=self._sleep
            )
            return desk.run(parse_days(self._settings.retention_days), say=self._say)

    def _sleep(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            raise Stopped

    def _say(self, _line: str) -> None:
        self._sleep(0)


@contextmanager
def retaining(settings: Settings, registry: CollectorRegistry) -> Iterator[None]:
    """Run retention every night while inside, unless it is off; on leaving, the run under way is given up."""
    at = parse_time(settings.retention_time)
    if at is None:
        yield
        return
    stopping = threading.Event()
    nightly = Nightly(at=at, runs=ClickHouseRuns(settings, stopping=stopping), registry=registry, now=_now)
    with repeating(nightly.step, every_seconds=_STEP_SECONDS, name="retention", stopping=stopping):
        yield


def _now() -> datetime:
    return datetime.now(UTC)
