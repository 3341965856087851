"""Retention's acts are in the audit log: what can't be written down is not done, and the proof is what was audited."""

import threading
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from deploy.identity.audit_log import AuditLog, CannotAudit
from deploy.retention.beside import ClickHouseRuns
from deploy.retention.desk import RetentionDesk
from deploy.retention.nightly import Nightly
from deploy.settings import Settings
from deploy.user_error import UserError
from sinks.retention.days import parse_days
from sinks.retention.holds import holds
from sinks.vault.witness import ClickHouseWitness
from tests.sinks.conftest import Database
from tests.sinks.retention.landing import NOW, Scan, land_case, land_scans

pytestmark = pytest.mark.integration

DAYS = parse_days("28")
#: NOW is half past two at night of the next day in Vietnam.
DAY = date(2021, 9, 16)


def desk_of(database: Database, path: Path) -> RetentionDesk:
    """Return a desk whose clock stands at NOW."""
    audit = AuditLog(path, ClickHouseWitness(database.client))
    return RetentionDesk(database.client, audit, actor="an", now=lambda: NOW)


def test_the_report_shows_the_proof_that_was_audited_and_tells_one_that_was_changed(
    landed: Database, tmp_path: Path
) -> None:
    desk = desk_of(landed, tmp_path / "audit.log")
    land_scans(landed, [Scan(offset=0, age_days=40), Scan(offset=1, age_days=1)])
    planned = desk.plan(DAYS)
    done = desk.run(DAYS, say=lambda _: None)
    assert [(it.deleted, it.rows_after) for it in planned.accounts] == [
        (it.deleted, it.rows_after) for it in done.accounts
    ]
    assert desk.proofs(DAY) == [(done, 2)]
    assert desk.proofs(date(2021, 9, 15)) == []
    landed.client.command(
        "INSERT INTO {0}.retention_runs SELECT * REPLACE (0 AS deleted) FROM {0}.retention_runs".format(landed.name)  # noqa: S608, UP032 -- our names
    )
    assert [number for _, number in desk.proofs(DAY)] == [0]


def test_what_cannot_be_written_down_is_not_done(landed: Database) -> None:
    land_scans(landed, [Scan(offset=0, age_days=40)])
    with pytest.raises(CannotAudit):
        desk_of(landed, Path("/dev/null")).run(DAYS, say=lambda _: None)
    assert landed.number("SELECT count() FROM {}.scans") == 1


def test_a_closed_case_is_held_by_hand_until_it_is_released(landed: Database, tmp_path: Path) -> None:
    desk = desk_of(landed, tmp_path / "audit.log")
    case = land_case(landed, offset=0, age_days=40, person=1, status="REJECTED").hex()
    with pytest.raises(UserError, match="no case"):
        desk.hold("ab" * 16, "an inquiry")
    with pytest.raises(UserError, match="hexadecimal"):
        desk.hold("F0-1", "an inquiry")
    desk.hold(case, "an inquiry")
    assert desk.run(DAYS, say=lambda _: None).deleted == 0
    assert [(it.case_id, it.reason, it.people) for it in holds(landed.client)] == [(case, "an inquiry", 1)]
    desk.release(case, "it has ended")
    assert holds(landed.client) == []
    with pytest.raises(UserError, match="not held by hand"):
        desk.release(case, "it has ended")


def test_the_schedule_runs_it_once_and_its_acts_are_audited(landed: Database, tmp_path: Path) -> None:
    land_scans(landed, [Scan(offset=0, age_days=40)])
    settings = Settings(clickhouse_url=landed.config.clickhouse_url, clickhouse_database=landed.name, data_dir=tmp_path)
    runs = ClickHouseRuns(settings, stopping=threading.Event())
    nightly = Nightly(at=time(2, 30), runs=runs, registry=CollectorRegistry(), now=lambda: datetime.now(UTC))
    nightly.step()
    nightly.step()
    assert landed.number("SELECT count() FROM {}.scans") == 0
    audit = AuditLog(tmp_path / "audit.log", ClickHouseWitness(landed.client))
    assert [(number, act.actor) for number, act in audit.acts("retention proof")] == [(2, "schedule")]
    assert len(audit) == 2
