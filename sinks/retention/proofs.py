"""Proofs in ClickHouse: written by every run, read for reports and metrics."""
# ruff: noqa: S608 -- our own tables' names and times

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from clickhouse_connect.driver.client import Client

from sinks.clickhouse_writer import translated
from sinks.retention.due import instant
from sinks.retention.holds import Hold
from sinks.retention.proof import Account, Proof

_RUN_COLUMNS = (
    "run_at", "name", "province", "days", "rows_before", "deleted", "rows_after", "held", "waiting", "remaining",
    "oldest",
)  # fmt: skip
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def write_proof(client: Client, proof: Proof) -> None:
    """Keep a proof; its holds first, so that whoever finds the accounts finds them, too."""
    if proof.holds:
        rows = [[proof.run_at, bytes.fromhex(it.case_id), it.reason, it.people, it.contacts] for it in proof.holds]
        client.insert("retention_run_holds", rows, column_names=["run_at", "case_id", "reason", "people", "contacts"])
    if proof.accounts:
        client.insert("retention_runs", [_run_row(proof, it) for it in proof.accounts], column_names=_RUN_COLUMNS)


def _run_row(proof: Proof, it: Account) -> list[object]:
    return [
        proof.run_at, it.table, it.province, it.days, it.rows_before, it.deleted, it.rows_after, it.held, it.waiting,
        it.remaining, it.oldest or _EPOCH,
    ]  # fmt: skip


def read_proofs(client: Client, *, since: datetime, until: datetime) -> list[Proof]:
    """Return the proofs of runs from `since` to `until` (aware, the latter not included), oldest first."""
    span = f"run_at >= {instant(since)} AND run_at < {instant(until)}"
    at = "toUnixTimestamp64Milli(run_at)"
    columns = ", ".join(_RUN_COLUMNS[1:-1])
    accounts = client.query(
        f"SELECT {at}, {columns}, toUnixTimestamp64Milli(oldest) FROM retention_runs FINAL WHERE {span} "
        "ORDER BY run_at, name, province"
    ).result_rows
    kept = client.query(
        f"SELECT {at}, lower(hex(case_id)), reason, people, contacts FROM retention_run_holds FINAL WHERE {span}"
    ).result_rows
    return [
        Proof(
            run_at=_time(moment),
            accounts=tuple(_account(row[1:]) for row in accounts if row[0] == moment),
            holds=tuple(
                Hold(case_id=row[1], reason=row[2], people=row[3], contacts=row[4]) for row in kept if row[0] == moment
            ),
        )
        for moment in sorted({row[0] for row in accounts})
    ]


def last_run(client: Client) -> datetime | None:
    """Return the moment of the last run that left a proof, None where there is none; raises what the client does."""
    (found,) = client.query("SELECT count(), toUnixTimestamp64Milli(max(run_at)) FROM retention_runs").result_rows
    return _time(int(found[1])) if found[0] else None


def last_proof(client: Client) -> Proof | None:
    """Return the proof of the last run there was; raises TryAgain and SinkStopped."""
    with translated():
        if (at := last_run(client)) is None:
            return None
        return read_proofs(client, since=at, until=at + timedelta(milliseconds=1))[-1]


def _account(row: Sequence[object]) -> Account:
    table, *numbers = row
    province, days, before, deleted, after, held_, waiting, remaining, oldest = (int(str(it)) for it in numbers)
    return Account(
        table=str(table),
        province=province,
        days=days,
        rows_before=before,
        deleted=deleted,
        rows_after=after,
        held=held_,
        waiting=waiting,
        remaining=remaining,
        oldest=_time(oldest) if oldest else None,
    )


def _time(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)
