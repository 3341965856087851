"""`scanstream bench`: how fast and how promptly events get through, with every guarantee on."""

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from deploy.cli import bench_peers, bench_queries
from deploy.cli.options import settings_from, settings_options
from deploy.cli.progress import say
from deploy.local.directory import writable_directory
from deploy.local.rig import Rig
from deploy.local.window import LocalWindow
from deploy.settings import Settings
from deploy.user_error import UserError
from loadtest import report
from loadtest.bench_alerts import bench_alerts
from loadtest.bench_drain import bench_drain
from loadtest.bench_gateway import bench_gateway
from loadtest.bench_live import bench_live
from loadtest.bench_window import WrongKeys, as_table, bench_window
from loadtest.drain import NotDrained
from loadtest.expected import Undecidable
from loadtest.fleet import make_fleet
from loadtest.offsets import CouldNotCheck
from loadtest.register import register

_GATEWAY_PLACES = 2_000

_json = click.option(
    "--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures there."
)
_seed = click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Decides every event.")
#: A backlog is drained on as many partitions as a small cluster would have, whatever this machine's default.
_DRAIN_PARTITIONS = 8
_DRAIN_SETTINGS = ("worker_linger_ms", "window_minutes", "sink_insert_threads", "log_level")
_settings = settings_options("partitions", *_DRAIN_SETTINGS)


@click.group(name="bench")
def command() -> None:
    """Measure the pipeline on this machine, on data of its own that is removed afterwards.

    Exit code 1: a row is not as it must be. Exit code 2: it could not be checked.
    """


command.add_command(bench_peers.command)
command.add_command(bench_queries.command)


@command.command(name="drain")
@click.option("--events", type=click.IntRange(min=1_000), default=5_000_000, show_default=True, help="Venue scans.")
@click.option("--floor", is_flag=True, help="Also measure the raw floor: fetch, decode and insert, no logic.")
@click.option("--partitions", type=click.IntRange(1, 1_024), default=_DRAIN_PARTITIONS, show_default=True)
@_seed
@_json
@settings_options(*_DRAIN_SETTINGS)
def drain(*, events: int, floor: bool, partitions: int, seed: int, json_file: Path | None, **flags: object) -> None:
    """Time worker and sink on a topic that is full: from the worker's start to the last row being queryable."""

    def measure(rig: Rig) -> dict[str, Any]:
        return bench_drain(rig, events=events, seed=seed, partitions=partitions, with_floor=floor, say=say)

    _measure(settings_from({**flags, "partitions": partitions}), measure, json_file)


@command.command(name="live")
@click.option("--rate", type=click.FloatRange(min=10), default=20_000, show_default=True, help="Events a second.")
@click.option("--seconds", type=click.FloatRange(min=1), default=60, show_default=True, help="How long to publish.")
@_seed
@_json
@_settings
def live(*, rate: float, seconds: float, seed: int, json_file: Path | None, **flags: object) -> None:
    """Measure the time from publishing to queryable at a steady rate."""

    def measure(rig: Rig) -> dict[str, Any]:
        fleet = make_fleet(seed=seed)
        register(rig.kafka, fleet, updated_ms=int(time.time() * 1_000))
        rig.start_together(["sink", "worker"])
        return bench_live(rig, fleet, rate=rate, seconds=seconds, seed=seed, say=say)

    _measure(settings_from(flags), measure, json_file)


@command.command(name="alerts")
@click.option("--rate", type=click.FloatRange(min=10), default=20_000, show_default=True, help="Events a second.")
@click.option("--seconds", type=click.FloatRange(min=1), default=60, show_default=True, help="How long to publish.")
@click.option("--cases", type=click.IntRange(min=1), default=1_000, show_default=True, help="Suspected cases who scan.")
@_seed
@_json
@_settings
def alerts(*, rate: float, seconds: float, cases: int, seed: int, json_file: Path | None, **flags: object) -> None:
    """Measure the time from a suspected case's scan to its alert, at a steady rate."""

    def measure(rig: Rig) -> dict[str, Any]:
        fleet = make_fleet(seed=seed)
        register(rig.kafka, fleet, updated_ms=int(time.time() * 1_000))
        rig.start_together(["sink", "worker"])
        return bench_alerts(rig, fleet, rate=rate, seconds=seconds, cases=cases, seed=seed, say=say)

    _measure(settings_from(flags), measure, json_file)


@command.command(name="gateway")
@click.option("--seconds", type=click.FloatRange(min=1), default=15, show_default=True, help="Length of each load.")
@_seed
@_json
@_settings
def gateway(*, seconds: float, seed: int, json_file: Path | None, **flags: object) -> None:
    """Load the gateway with batches of 100 and with single events; measure its answers at half of what it can."""

    def measure(rig: Rig) -> dict[str, Any]:
        fleet = make_fleet(seed=seed, places=_GATEWAY_PLACES)
        register(rig.kafka, fleet, updated_ms=int(time.time() * 1_000))
        rig.start("gateway")
        return bench_gateway(rig, fleet, seconds=seconds, seed=seed, say=say)

    _measure(settings_from(flags), measure, json_file)


def _numbers(_context: click.Context, _option: click.Parameter, text: str) -> list[int]:
    try:
        return [int(number) for number in text.split(",")]
    except ValueError as problem:
        raise click.BadParameter(f"whole numbers with commas in between, not {text!r}") from problem


@command.command(name="window")
@click.option(
    "--keys",
    callback=_numbers,
    default="1000000,5000000,20000000,50000000",
    show_default=True,
    help="Live keys of each window, with commas in between; 50 million take 2.1 GB.",
)
@click.option(
    "--events",
    type=click.IntRange(min=1),
    default=2_000_000,
    show_default=True,
    help="Scans to measure over at least, for each.",
)
@_seed
@_json
def window(*, keys: list[int], events: int, seed: int, json_file: Path | None) -> None:
    """Measure a decision's CPU and a live key's memory, in one process, as windows hold more and more keys.

    Half of the keys are ids of the retry window, half scans of the re-scan window. No Kafka and no ClickHouse.
    """
    try:
        figures = bench_window(LocalWindow, keys=keys, events=events, seed=seed, say=say)
    except WrongKeys as problem:
        raise UserError(f"{problem}.") from problem
    report.write(json_file, figures)
    Console().print(as_table(figures))
    sys.exit(0 if figures["balanced"] else 1)


def _measure(settings: Settings, measure: Callable[[Rig], dict[str, Any]], json_file: Path | None) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-", dir=writable_directory(settings.data_dir)) as directory:
        own = replace(settings, kafka="", clickhouse_url="", port_base=0, gateway_port=0, data_dir=Path(directory))
        try:
            with Rig(own, say=say) as rig:
                figures = measure(rig)
        except (CouldNotCheck, NotDrained, Undecidable) as problem:
            raise UserError(f"The run could not be checked: {problem}.") from problem
    report.write(json_file, figures)
    click.echo(report.as_text(figures))
    sys.exit(0 if figures["balanced"] else 1)
