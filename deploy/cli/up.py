"""`scanstream up`: the whole system on this machine."""

import click

from deploy.cli.options import settings_from, settings_options
from deploy.cli.progress import say
from deploy.local.rig import Rig
from loadtest.system import DOOR, ROLES, WATCH, Role


@click.command(name="up")
@settings_options("kafka", "clickhouse_url", "clickhouse_user", "clickhouse_database", "listen_host", "gateway_port")
@settings_options("port_base", "partitions", "worker_linger_ms", "window_minutes", "sink_insert_threads")
@settings_options("data_dir", "pseudonym_key_file", "population_file", "report_times", "log_level")
@settings_options("retention_time", "retention_days", "merge_time", "audit_file")
@settings_options("access_certificate_file", "access_key_file")
@click.option("--workers", type=click.IntRange(1, 8), default=1, show_default=True, help="how many workers to run")
def command(*, workers: int, **flags: object) -> None:
    """Start everything that has no address yet, and keep it running until Ctrl-C."""
    with Rig(settings_from(flags), say=say) as rig:
        rig.start_together(["worker", "sink", "gateway", WATCH, *_door(rig)])
        for number in range(1, workers):
            rig.start("worker", number)
        prometheus = rig.start_prometheus()
        for line in _addresses(rig, prometheus):
            say(line)
        rig.watch()


def _door(rig: Rig) -> list[Role]:
    """Return the door where ClickHouse is ours: people log in to a real server themselves."""
    return [DOOR] if rig.has_own_clickhouse else []


def _addresses(rig: Rig, prometheus: str | None) -> list[str]:
    settings = rig.settings
    return [
        f"gateway     {rig.gateway_url}",
        f"ClickHouse  {settings.clickhouse_url}  (database {settings.clickhouse_database})",
        *([f"analysts    {rig.door_url}  (scanstream access grant)"] if _door(rig) else []),
        f"Kafka       {rig.kafka}",
        *(f"metrics     {url}" for role in (*ROLES, WATCH) for url in rig.metrics_urls(role)),
        *([f"Prometheus  {prometheus}"] if prometheus else []),
        f"logs        {settings.data_dir / 'log'}",
        "Ctrl-C stops everything.",
    ]
