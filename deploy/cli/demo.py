"""`scanstream demo`: a simulated fleet scans, live, and every event is accounted for."""

import importlib
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import click
import psutil

from deploy.cli.options import settings_from, settings_options
from deploy.cli.progress import say
from deploy.local.rig import Rig
from deploy.retention.turns import OFF


@click.command(name="demo")
@click.option("--seconds", type=click.FloatRange(min=1), default=60, show_default=True, help="How long to scan.")
@click.option("--rate", type=click.FloatRange(min=10), default=5_000, show_default=True, help="Events a second.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Other numbers make other fleets."
)
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures there.")
@settings_options(
    "kafka", "clickhouse_url", "clickhouse_user", "clickhouse_database", "gateway_port", "port_base", "data_dir"
)
@settings_options("partitions", "worker_linger_ms", "window_minutes", "sink_insert_threads", "log_level")
def command(*, seconds: float, rate: float, seed: int, json_file: Path | None, **flags: object) -> None:
    """Start everything and let a simulated fleet scan; exit 0 only if every event is accounted for, to the row."""
    began_ms = psutil.Process().create_time() * 1_000
    with ThreadPoolExecutor(1) as background:
        loading = background.submit(importlib.import_module, "deploy.cli.demonstrate")
        # Its watch is there to raise alerts: on stores of somebody's own a demonstration deletes and merges nothing.
        with Rig(replace(settings_from(flags), retention_time=OFF, merge_time=OFF), say=say) as rig:
            balanced = loading.result().demonstrate(
                rig, seconds=seconds, rate=rate, seed=seed, began_ms=began_ms, json_file=json_file
            )
    sys.exit(0 if balanced else 1)
