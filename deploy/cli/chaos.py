"""`scanstream loadtest chaos`: hurt the running system and see whether every row is still right."""

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from deploy.cli.loadtest_suite import INTERRUPTED
from deploy.cli.options import settings_from, settings_options
from deploy.cli.progress import quiet_clients, say
from deploy.local.directory import writable_directory
from deploy.local.layout import clickhouse_directory
from deploy.local.rig import Rig
from deploy.settings import Settings
from deploy.user_error import UserError
from loadtest import report
from loadtest.chaos import Campaign
from loadtest.chaos_world import run_chaos
from loadtest.expected import Undecidable
from loadtest.faults import FAULTS, needs_of, not_possible_here
from loadtest.fleet import make_fleet
from loadtest.offsets import CouldNotCheck
from loadtest.register import register
from loadtest.rounds import Round, summary
from loadtest.surroundings import Need, surround

_PLACES = 2_000


@click.command(name="chaos")
@click.option(
    "--rounds", type=click.IntRange(min=1), default=10, show_default=True, help="Faults, one after the other."
)
@click.option("--rate", type=click.FloatRange(min=10), default=2_000, show_default=True, help="Events a second.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Decides events, faults and moments."
)
@click.option("--only", type=click.Choice(list(FAULTS)), multiple=True, help="Only this fault; may be repeated.")
@click.option(
    "--fault-seconds", type=click.FloatRange(min=0), help="How long each fault lasts, instead of its own time."
)
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Write the outcome there.")
@settings_options("partitions", "worker_linger_ms", "window_minutes", "sink_insert_threads", "data_dir", "log_level")
def command(
    *,
    rounds: int,
    rate: float,
    seed: int,
    only: tuple[str, ...],
    fault_seconds: float | None,
    json_file: Path | None,
    **flags: object,
) -> None:
    """Kill and pause processes, cut networks, fill disks and more, under load; docs/faults.md has the list.

    Exit code 0: every row was the truth's after every round, and no process ended by itself. 1: not so. 2: it could
    not be checked, for instance because a fault named by --only can't be done on this machine; without --only such
    faults are left out, and named. 130: Ctrl-C. The file of --json is up to date after every round.
    """
    settings = settings_from(flags)
    quiet_clients()
    left_out = {} if only else {name: reason for name in FAULTS if (reason := not_possible_here(name))}
    for name, reason in left_out.items():
        say(f"left out: {name}: {reason}")
    names = list(only) or [name for name in FAULTS if name not in left_out]

    results: list[Round] = []

    def outcome(status: str) -> dict[str, object]:
        about = {"rounds_wanted": rounds, "seed": seed, "rate": rate, "left_out": left_out, "status": status}
        return {**summary(results), **about, "machine": report.machine(), "versions": report.versions()}

    def told(done: list[Round]) -> None:
        results[:] = done
        report.write(json_file, outcome("running"))

    campaign = Campaign(
        rounds=rounds,
        seed=seed,
        say=say,
        only=names,
        fault_seconds=fault_seconds,
        told=told,
    )
    needs = needs_of(names if rounds > len(names) else names[:rounds])
    directory = Path(tempfile.mkdtemp(prefix="chaos-", dir=writable_directory(settings.data_dir)))
    try:
        with _system(settings, directory, needs) as rig:
            fleet = make_fleet(seed=seed, places=_PLACES)
            register(rig.kafka, fleet, updated_ms=int(time.time() * 1_000))
            rig.start_together(["sink", "worker"])
            run_chaos(rig, fleet, campaign, rate=rate)
    except (CouldNotCheck, Undecidable) as problem:
        raise UserError(f"The run could not be checked, its logs are in {directory}: {problem}.") from problem
    except KeyboardInterrupt:
        shutil.rmtree(directory)
        _tell(json_file, outcome("interrupted"))
        sys.exit(INTERRUPTED)
    passed = all(each.correct for each in results)
    if passed:
        shutil.rmtree(directory)
    else:
        say(f"data and logs are in {directory}")
    _tell(json_file, outcome("complete"))
    sys.exit(0 if passed else 1)


def _tell(json_file: Path | None, outcome: dict[str, object]) -> None:
    report.write(json_file, outcome)
    click.echo(report.as_text(outcome))


@contextmanager
def _system(settings: Settings, directory: Path, needs: frozenset[Need]) -> Iterator[Rig]:
    """Start stores of our own in `directory`, with what faults need around them."""
    own = replace(settings, kafka="", clickhouse_url="", port_base=0, gateway_port=0, data_dir=directory)
    with (
        surround(needs, directory=directory, clickhouse_directory=clickhouse_directory(directory)) as surroundings,
        Rig(own, say=say, surroundings=surroundings) as rig,
    ):
        yield rig
