"""`scanstream plan`: how large an installation has to be, from what was measured."""

import os
from pathlib import Path

import click
from rich.console import Console

from deploy.settings import load
from deploy.user_error import UserError
from loadtest import report
from loadtest.planning.measured_runs import CouldNotRead, Measured, read_measured, shipped
from loadtest.planning.plan import Plan, make_plan
from loadtest.planning.show import NoPlace, as_document, as_tables, put_into
from loadtest.planning.sizing import Demand

_MEASURED_PARTITIONS = (1, 2, 4)
_WIDTH = 200
_file = click.Path(path_type=Path, dir_okay=False)


def _above_zero() -> click.FloatRange:
    return click.FloatRange(min=0, min_open=True)


@click.command(name="plan")
@click.option("--people", type=_above_zero(), default=100e6, show_default=True, help="People who scan.")
@click.option("--scans-per-day", type=_above_zero(), default=5.0, show_default=True, help="Of each of them.")
@click.option("--peak-factor", type=click.FloatRange(min=1), default=10.0, show_default=True, help="Surge to average.")
@click.option("--payload-bytes", type=_above_zero(), help="Of an event; without it, as measured.")
@click.option("--retention-days", type=_above_zero(), default=28.0, show_default=True, help="Of rows in ClickHouse.")
@click.option("--replication", type=click.IntRange(1), default=3, show_default=True, help="Of Kafka's topics.")
@click.option("--clickhouse-replicas", type=click.IntRange(1), default=2, show_default=True, help="Of each shard.")
@click.option(
    "--headroom",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.5,
    show_default=True,
    help="Share of every resource that stays free at the peak.",
)
@click.option(
    "--node-cores", type=click.IntRange(1), default=8, show_default=True, help="Of a server of Kafka's or ClickHouse's."
)
@click.option("--node-disk", type=_above_zero(), default=4e12, show_default=True, help="Bytes of such a server.")
@click.option(
    "--partitions-per-worker",
    type=click.IntRange(1),
    default=4,
    show_default=True,
    help="Room to grow: partitions can't be changed later, workers can.",
)
@click.option(
    "--measured", "measured_file", type=_file, help="Measurements to plan with; without it, the shipped ones."
)
@click.option("--json", "json_file", type=_file, help="Write the plan there.")
@click.option("--markdown", type=_file, help="Put the plan into this document, between its marks for it.")
@click.option(
    "--measure",
    "measure_directory",
    type=click.Path(path_type=Path, file_okay=False),
    help="First measure this machine (minutes), write measured.json there, and plan with it.",
)
@click.option(
    "--events",
    type=click.IntRange(min=100_000),
    default=5_000_000,
    show_default=True,
    help="Of each drain of --measure.",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Decides every event of --measure."
)
def command(
    *,
    payload_bytes: float | None,
    measured_file: Path | None,
    json_file: Path | None,
    markdown: Path | None,
    measure_directory: Path | None,
    events: int,
    seed: int,
    **given: float,
) -> None:
    """Tell how many partitions, workers, brokers and servers a load needs, and how much disk and memory.

    Each formula stands beside its result and is computed from the text shown. The simulation behind the figures is
    compared with measured drains; where it goes beyond them, it says so.
    """
    if measure_directory is not None:
        measured_file = _measure(measure_directory, events=events, seed=seed)
    measured = _read(measured_file or shipped())
    settings = load(os.environ, {})
    demand = Demand(
        payload_bytes=payload_bytes or measured.sizes.payload,
        linger_seconds=settings.worker_linger_ms / 1_000,
        window_minutes=settings.window_minutes,
        **given,
    )
    plan = make_plan(demand, measured)
    report.write(json_file, as_document(plan))
    if markdown is not None:
        _put(markdown, plan)
    console = Console(width=None if Console().is_terminal else _WIDTH)
    console.print(as_tables(plan))


def _put(document: Path, plan: Plan) -> None:
    try:
        document.write_text(put_into(document.read_text("utf-8"), plan), "utf-8")
    except (OSError, NoPlace) as problem:
        raise UserError(f"The plan can't be put into {document}: {problem}.") from problem


def _read(file: Path) -> Measured:
    try:
        return read_measured(file)
    except CouldNotRead as problem:
        raise UserError(f"{problem}.") from problem


def _measure(directory: Path, *, events: int, seed: int) -> Path:
    from deploy.cli.measure import measure  # noqa: PLC0415 -- Kafka and ClickHouse take a second to import

    return measure(load(os.environ, {}), directory, partitions=_MEASURED_PARTITIONS, events=events, seed=seed)
