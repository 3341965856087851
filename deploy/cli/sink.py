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

_INSTANCE = (
    "a name no other sink has: restarted under it, a sink takes its partitions back at once instead of after the "
    "session timeout  [default: none]"
)


@click.command(name="sink")
@settings_options("kafka", "clickhouse_url", "clickhouse_user", "clickhouse_database")
@settings_options("sink_insert_threads", "listen_host", "port_base", "log_level")
@metrics_port_option(SINKS)
@click.option("--instance", default="", metavar="name", help=_INSTANCE)
def command(*, metrics_port: int | None, instance: str, **flags: object) -> None:
    """Land the landing log in ClickHouse until Ctrl-C, with every event accounted for in the ledger.

    Several sinks share the partitions.
    """
    settings = existing_stores(settings_from(flags), need_topics=True)
    log_to_stderr(settings)
    port = chosen_metrics_port(settings, metrics_port, default=choose_ports(settings).sinks[0])
    try:
        run(sink_config(settings, metrics_port=port, instance=instance))
    except SinkStopped as problem:
        raise UserError(str(problem)) from None
