"""`scanstream loadtest`: hurt the running system and see whether every row is still right."""

import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import click

from deploy.cli.options import settings_from, settings_options
from deploy.cli.progress import say
from deploy.local.directory import writable_directory
from deploy.local.rig import Rig
from deploy.user_error import UserError
from loadtest import report
from loadtest.chaos import run_chaos
from loadtest.drain import NotDrained
from loadtest.faults import FAULTS
from loadtest.fleet import make_fleet
from loadtest.offsets import CouldNotCheck
from loadtest.register import register
from loadtest.rounds import summary

_PLACES = 2_000


@click.group(name="loadtest")
def command() -> None:
    """Test the system from outside, on data of its own."""


@command.command(name="chaos")
@click.option(
    "--rounds", type=click.IntRange(min=1), default=10, show_default=True, help="Faults, one after the other."
)
@click.option("--rate", type=click.FloatRange(min=10), default=2_000, show_default=True, help="Events a second.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Decides events, faults and moments."
)
@click.option("--only", type=click.Choice(list(FAULTS)), multiple=True, help="Only this fault; may be repeated.")
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Write the outcome there.")
@settings_options("partitions", "worker_linger_ms", "window_minutes", "sink_insert_threads", "data_dir", "log_level")
def chaos(
    *,
    rounds: int,
    rate: float,
    seed: int,
    only: tuple[str, ...],
    json_file: Path | None,
    **flags: object,
) -> None:
    """Kill and pause processes under load.

    Exit 0 only if every row is the truth's after every round, and no process ended by itself.
    """
    settings = settings_from(flags)
    directory = tempfile.mkdtemp(prefix="chaos-", dir=writable_directory(settings.data_dir))
    own = replace(settings, kafka="", clickhouse_url="", port_base=0, gateway_port=0, data_dir=Path(directory))
    with Rig(own, say=say) as rig:
        fleet = make_fleet(seed=seed, places=_PLACES)
        register(rig.kafka, fleet, updated_ms=int(time.time() * 1_000))
        rig.start_together(["sink", "worker"])
        try:
            results = run_chaos(rig, fleet, rounds=rounds, rate=rate, seed=seed, say=say, only=only)
        except (CouldNotCheck, NotDrained) as problem:
            raise UserError(f"The run could not be checked, its logs are in {directory}: {problem}.") from problem
    outcome = summary(results)
    passed = outcome["correct_rounds"] == outcome["rounds"]
    if passed:
        shutil.rmtree(directory)
    else:
        say(f"data and logs are in {directory}")
    report.write(json_file, outcome)
    click.echo(report.as_text(outcome))
    sys.exit(0 if passed else 1)
