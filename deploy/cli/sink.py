"""`scanstream sink`: one ClickHouse writer."""

import click

from deploy.cli.options import chosen_metrics_port, metrics_port_option, settings_from, settings_options
from deploy.cli.progress import log_to_stderr
from deploy.local.layout import SINKS, choose_ports
from deploy.local.stores import existing_stores
from deploy.user_error import UserError
from deploy.wiring import sink_config
from sinks.errors import SinkStopped
from sinks.main import run


@click.command(name="sink")
@settings_options("kafka", "clickhouse_url", "clickhouse_user", "clickhouse_database")
@settings_options("sink_insert_threads", "listen_host", "port_base", "log_level")
@metrics_port_option(SINKS)
def command(*, metrics_port: int | None, **flags: object) -> None:
    """Land the landing log in ClickHouse until Ctrl-C, with every event accounted for in the ledger.

    Several sinks share the partitions.
    """
    settings = existing_stores(settings_from(flags))
    log_to_stderr(settings)
    (default,) = choose_ports(settings).sinks
    try:
        run(sink_config(settings, metrics_port=chosen_metrics_port(settings, metrics_port, default=default)))
    except SinkStopped as problem:
        raise UserError(str(problem)) from None
