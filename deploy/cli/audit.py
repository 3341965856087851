"""`scanstream audit`: is the log of openings as it was written?"""

import json

import click

from deploy.cli.options import settings_from, settings_options
from deploy.clickhouse import clickhouse_client
from deploy.identity.audit_log import AuditLog, audit_path
from deploy.local.stores import existing_stores
from sinks.vault.witness import ClickHouseWitness


@click.group(name="audit")
def command() -> None:
    """Check the audit log of contact details that were opened or erased."""


@command.command(name="verify")
@click.option("--json", "as_json", is_flag=True, help="one JSON object instead of lines")
@settings_options("audit_file", "data_dir", "clickhouse_url", "clickhouse_user", "clickhouse_database", "port_base")
def verify(*, as_json: bool, **flags: object) -> None:
    """Check that no entry was changed, removed, moved or added; exit code 1 if one was.

    The chain of hashes tells most of it, and the hashes the witness in ClickHouse has seen tell the rest.
    """
    settings = existing_stores(settings_from(flags), need_kafka=False)
    with clickhouse_client(settings) as client:
        log = AuditLog(audit_path(settings), ClickHouseWitness(client))
        found, entries = log.faults(), len(log)
    if as_json:
        click.echo(json.dumps({"entries": entries, "whole": not found, "faults": found}, indent=2))
    else:
        for fault in found:
            click.echo(fault)
        click.echo(f"{entries:,} entries" + ("; none changed, missing or moved." if not found else "; see above."))
    raise click.exceptions.Exit(1 if found else 0)
