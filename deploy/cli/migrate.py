"""`scanstream migrate`: topics and tables."""

import click

from deploy.cli.options import settings_from, settings_options
from deploy.cli.progress import say
from deploy.local.stores import existing_stores
from deploy.migration import migrate_stores


@click.command(name="migrate")
@settings_options("kafka", "clickhouse_url", "clickhouse_user", "clickhouse_database")
@settings_options("partitions", "port_base", "cluster")
def command(**flags: object) -> None:
    """Make the topics and tables this version needs; what is there stays. Safe to repeat."""
    made = migrate_stores(existing_stores(settings_from(flags)))
    say(f"Made {', '.join(made)}." if made else "Everything is there already.")
