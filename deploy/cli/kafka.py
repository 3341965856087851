"""`scanstream kafka`: one broker on this machine."""

import click

from deploy.cli.options import settings_from, settings_options
from deploy.cli.progress import say
from deploy.local.layout import choose_ports
from deploy.local.stores import local_broker
from deploy.local.supervisor import Supervisor


@click.command(name="kafka")
@settings_options("port_base", "data_dir")
def command(**flags: object) -> None:
    """Run one Kafka broker on this machine until Ctrl-C; its data stays in the data directory."""
    settings = settings_from(flags)
    broker = local_broker(settings, choose_ports(settings))
    with Supervisor(say=say) as supervisor:
        supervisor.start(broker.program())
        say(f"Kafka answers at {broker.bootstrap}; Ctrl-C stops it.")
        supervisor.watch()
