"""`scanstream clickhouse`: the embedded server on this machine."""

import click

from deploy.cli.options import settings_from, settings_options
from deploy.cli.serve import serve_until_stopped
from deploy.local.layout import choose_ports
from deploy.local.stores import local_clickhouse


@click.command(name="clickhouse")
@settings_options("port_base", "data_dir")
def command(**flags: object) -> None:
    """Run the embedded ClickHouse server on this machine until Ctrl-C; its data stays in the data directory."""
    settings = settings_from(flags)
    serve_until_stopped(local_clickhouse(settings, choose_ports(settings)), name="ClickHouse")
