"""`scanstream up`: the whole system on this machine."""

import click

from deploy.cli.options import settings_from, settings_options
from deploy.cli.progress import say
from deploy.local.stack import start_stack
from deploy.local.supervisor import Supervisor


@click.command(name="up")
@settings_options(
    "kafka", "clickhouse_url", "clickhouse_user", "clickhouse_database", "listen_host", "gateway_port", "port_base"
)
@settings_options("partitions", "worker_linger_ms", "window_minutes", "sink_insert_threads", "data_dir", "log_level")
def command(**flags: object) -> None:
    """Start everything that has no address yet, and keep it running until Ctrl-C."""
    with Supervisor(say=say) as supervisor:
        stack = start_stack(supervisor, settings_from(flags))
        say(f"Kafka answers at {stack.settings.kafka}, ClickHouse at {stack.settings.clickhouse_url}.")
        supervisor.watch()
