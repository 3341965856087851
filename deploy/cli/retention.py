"""`scanstream retention`: rows about people leave in time, and it is proved."""

import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import click

from deploy.cli.options import settings_from, settings_options
from deploy.cli.progress import say
from deploy.clickhouse import clickhouse_client
from deploy.identity.audit_log import AuditLog, audit_path
from deploy.identity.request import reason_of
from deploy.local.stores import existing_stores
from deploy.retention.desk import RetentionDesk
from deploy.settings import Settings
from sinks.retention.days import parse_days
from sinks.retention.holds import holds
from sinks.retention.proof import render
from sinks.vault.witness import ClickHouseWitness

_stores = settings_options(
    "retention_days",
    "audit_file",
    "data_dir",
    "clickhouse_url",
    "clickhouse_user",
    "clickhouse_database",
    "port_base",
    "cluster",
)
_reason = click.option("--reason", required=True, metavar="TEXT", help="why; goes into the audit log")
_json = click.option("--json", "as_json", is_flag=True, help="one JSON object instead of a table")


@click.group(name="retention")
def command() -> None:
    """Delete rows about people that are older than their province keeps them, and prove it."""


@command.command(name="run")
@click.option("--dry-run", is_flag=True, help="only tell what would be deleted")
@_json
@_stores
def run(*, dry_run: bool, as_json: bool, **flags: object) -> None:
    """Delete what is due, as the watch does every night. Exit code 1 if rows are left that should be gone.

    Killed anywhere, run it again. What it does is in the audit log; if that can't be written nothing is deleted.
    """
    settings = settings_from(flags)
    days = parse_days(settings.retention_days)
    with _desk(settings) as desk:
        proof = desk.plan(days) if dry_run else desk.run(days, say=say)
    told = json.dumps(proof.as_dict(), indent=2, default=datetime.isoformat)
    click.echo(told if as_json else render(proof, planned=dry_run))
    raise click.exceptions.Exit(0 if proof.complete else 1)


@command.command(name="report")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), required=True, metavar="D", help="a day in Vietnam")
@_json
@_stores
def report(*, day: datetime, as_json: bool, **flags: object) -> None:
    """Show the proof of deletion of a day's runs; exit code 1 without one, or where one is not what was audited."""
    with _desk(settings_from(flags)) as desk:
        found = desk.proofs(date(day.year, day.month, day.day))
    if as_json:
        proofs = [{**proof.as_dict(), "audit_entry": number} for proof, number in found]
        click.echo(json.dumps({"runs": proofs}, indent=2, default=datetime.isoformat))
    else:
        for proof, number in found:
            click.echo(render(proof))
            click.echo(f"Entry {number} of the audit log has it." if number else "The audit log does not have it.")
        if not found:
            click.echo("There was no run that day.")
    raise click.exceptions.Exit(0 if found and all(number and proof.complete for proof, number in found) else 1)


@command.group(name="hold")
def hold() -> None:
    """Keep the rows of a case's people and contacts, also when it is closed; open cases are held anyway."""


@hold.command(name="add")
@click.argument("case")
@_reason
@_stores
def add(*, case: str, reason: str, **flags: object) -> None:
    """Hold the rows of CASE (a case_id, hexadecimal digits) from the next run on."""
    checked = reason_of(reason)
    with _desk(settings_from(flags)) as desk:
        desk.hold(case, checked)
    say(f"Case {case} is held.")


@hold.command(name="release")
@click.argument("case")
@_reason
@_stores
def release(*, case: str, reason: str, **flags: object) -> None:
    """Take back a hold made by hand; an open case stays held until it is closed."""
    checked = reason_of(reason)
    with _desk(settings_from(flags)) as desk:
        desk.release(case, checked)
    say(f"Case {case} is released.")


@hold.command(name="list")
@_json
@_stores
def list_holds(*, as_json: bool, **flags: object) -> None:
    """List the holds in force: case, why, and how many pseudonyms of its person and of contacts the last run held."""
    with clickhouse_client(existing_stores(settings_from(flags), need_kafka=False)) as client:
        found = holds(client)
    if as_json:
        click.echo(json.dumps({it.case_id: [it.reason, it.people, it.contacts] for it in found}, indent=2))
    elif found:
        for it in found:
            click.echo(f"{it.case_id}  {it.people:>4}  {it.contacts:>6}  {it.reason}")
    else:
        click.echo("No case is held.")


@contextmanager
def _desk(settings: Settings) -> Iterator[RetentionDesk]:
    with clickhouse_client(existing_stores(settings, need_kafka=False)) as client:
        audit = AuditLog(audit_path(settings), ClickHouseWitness(client))
        yield RetentionDesk(
            client, audit, actor=getpass.getuser(), now=lambda: datetime.now(UTC), cluster=settings.cluster
        )
