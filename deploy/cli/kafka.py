"""`scanstream kafka`: one broker on this machine."""

import click

from deploy.cli.options import settings_from, settings_options
from deploy.cli.serve import serve_until_stopped
from deploy.local.layout import choose_ports
from deploy.local.stores import local_broker


@click.command(name="kafka")
@settings_options("port_base", "data_dir")
def command(**flags: object) -> None:
    """Run one Kafka broker on this machine until Ctrl-C; its data stays in the data directory."""
    settings = settings_from(flags)
    serve_until_stopped(local_broker(settings, choose_ports(settings)), name="Kafka")
