"""`scanstream worker`: one Faust worker."""

import click

from deploy.cli.options import chosen_metrics_port, metrics_port_option, settings_from, settings_options
from deploy.local.directory import writable_directory
from deploy.local.layout import WORKERS, choose_ports
from deploy.local.stores import existing_stores
from deploy.wiring import worker_config
from streams.worker import run


@click.command(name="worker")
@settings_options("kafka", "worker_linger_ms", "window_minutes", "listen_host", "port_base", "data_dir", "log_level")
@settings_options("population_file")
@metrics_port_option(WORKERS)
def command(*, metrics_port: int | None, **flags: object) -> None:
    """Validate, deduplicate and enrich events from the raw topics into the landing log, until Ctrl-C.

    Several workers share the partitions.
    """
    settings = existing_stores(settings_from(flags), need_clickhouse=False, need_topics=True)
    port = chosen_metrics_port(settings, metrics_port, default=choose_ports(settings).workers[0])
    config = worker_config(settings, metrics_port=port)
    writable_directory(config.data_dir)
    run(config)
