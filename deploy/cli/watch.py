"""`scanstream watch`: alerts that take a look at what has landed."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from prometheus_client import CollectorRegistry

from deploy.cli.options import chosen_metrics_port, metrics_port_option, settings_from, settings_options
from deploy.cli.progress import log_to_stderr
from deploy.daily_report.beside import reporting
from deploy.local.layout import WATCH, choose_ports
from deploy.local.stores import existing_stores
from deploy.merging import merging
from deploy.retention.beside import retaining
from deploy.settings import Settings
from deploy.user_error import UserError
from deploy.wiring import sink_config
from sinks.errors import SinkStopped
from sinks.watch.main import run


@click.command(name="watch")
@settings_options("kafka", "clickhouse_url", "clickhouse_user", "clickhouse_database")
@settings_options("listen_host", "port_base", "data_dir", "report_times", "log_level")
@settings_options("retention_time", "retention_days", "merge_time", "audit_file", "cluster")
@metrics_port_option(WATCH)
def command(*, metrics_port: int | None, **flags: object) -> None:
    """Ask ClickHouse periodically what somebody has to know, and publish it as alerts, until Ctrl-C.

    Each alert lands once, however often the watch is killed. One is enough; a second one does no harm. Beside that it
    makes the provinces' daily reports when their time has come, and every night deletes the rows about people that are
    due (docs/retention.md) and merges what landed, so that questions stay quick.
    """
    settings = existing_stores(settings_from(flags), need_topics=True)
    log_to_stderr(settings)
    port = chosen_metrics_port(settings, metrics_port, default=choose_ports(settings).watch)
    try:
        run(sink_config(settings, metrics_port=port), beside=lambda registry: _beside(settings, registry))
    except SinkStopped as problem:
        raise UserError(str(problem)) from None


@contextmanager
def _beside(settings: Settings, registry: CollectorRegistry) -> Iterator[None]:
    with reporting(settings, registry), retaining(settings, registry), merging(settings):
        yield
