"""`scanstream loadtest list` and `run`: scenarios on systems of their own, measured, judged and kept on disk."""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from deploy.cli.options import settings_from, settings_options
from deploy.cli.progress import quiet_clients, say
from deploy.kafka.java import store_versions
from deploy.local.directory import writable_directory
from deploy.local.layout import clickhouse_directory
from deploy.local.rig import Rig
from deploy.settings import Settings
from deploy.user_error import UserError
from loadtest import report
from loadtest.faults import FAULTS, needs_of
from loadtest.offsets import CouldNotCheck
from loadtest.suite.repeat import OpenSystem
from loadtest.suite.run_directory import NoRun, RunDirectory
from loadtest.suite.scenario_files import WrongScenario, load, names, parse
from loadtest.suite.spec import Spec
from loadtest.suite.suite import Suite, require_faults
from loadtest.suite.suite import outcome as outcome_of
from loadtest.suite.view import LiveView
from loadtest.surroundings import surround

EXIT_CODES = {"passed": 0, "failed": 1, "unchecked": 2}
INTERRUPTED = 130
_TOLD_SETTINGS = ("worker_linger_ms", "window_minutes", "sink_insert_threads")


@click.command(name="list")
def list_scenarios() -> None:
    """List the scenarios that come with scanstream."""
    for name in names():
        spec = load(name)[2]
        click.echo(f"{name:<20} {spec.about}")


@click.command(name="run")
@click.argument("scenarios", nargs=-1, metavar="[NAME|FILE.toml]...")
@click.option("--repeats", type=click.IntRange(min=1), default=3, show_default=True, help="Repetitions of each.")
@click.option("--seconds-scale", type=click.FloatRange(min=0, min_open=True), default=1.0, help="Times all times.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Directory for all that is found.")
@click.option("--resume", type=click.Path(path_type=Path, file_okay=False, exists=True), help="Continue that run.")
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Write the summary there.")
@settings_options(*_TOLD_SETTINGS, "data_dir", "log_level")
def run(
    *,
    scenarios: tuple[str, ...],
    repeats: int,
    seconds_scale: float,
    out: Path | None,
    resume: Path | None,
    json_file: Path | None,
    **flags: object,
) -> None:
    """Run scenarios, several times each, each time on a system of its own.

    Exit code 0: passed. 1: a row or a figure is not as it must be. 2: it could not be checked. 130: Ctrl-C; what was
    found until then is kept, and --resume continues.
    """
    settings = settings_from(flags)
    quiet_clients()
    try:
        directory = _directory(
            settings, scenarios=scenarios, repeats=repeats, time_scale=seconds_scale, out=out, resume=resume
        )
    except (WrongScenario, NoRun) as problem:
        raise UserError(f"{problem}.") from problem
    say(f"results go to {directory.path}")
    with LiveView() as view:
        suite = Suite(directory=directory, open_system=own_system(settings), view=view, faults=FAULTS)
        try:
            outcome = suite.run()
        except KeyboardInterrupt:
            report.write(json_file, outcome_of(directory))
            say(f"interrupted; look at it with: scanstream loadtest report {directory.path}")
            say(f"continue with: scanstream loadtest run --resume {directory.path}")
            sys.exit(INTERRUPTED)
    report.write(json_file, outcome)
    click.echo(report.as_text(outcome))
    sys.exit(EXIT_CODES[outcome["verdict"]])


def own_system(settings: Settings) -> OpenSystem:
    """Return what starts a system of local processes for a scenario, on data that are removed afterwards.

    It raises CouldNotCheck where they can't be started.
    """

    @contextmanager
    def open_system(spec: Spec) -> Iterator[Rig]:
        with tempfile.TemporaryDirectory(prefix="loadtest-", dir=writable_directory(settings.data_dir)) as directory:
            own = replace(
                settings,
                kafka="",
                clickhouse_url="",
                port_base=0,
                gateway_port=0,
                partitions=spec.partitions,
                data_dir=Path(directory),
            )
            needs = needs_of(fault.name for fault in spec.fault)
            try:
                with (
                    surround(
                        needs, directory=own.data_dir, clickhouse_directory=clickhouse_directory(own.data_dir)
                    ) as surroundings,
                    Rig(own, say=_silent, surroundings=surroundings) as rig,
                ):
                    yield rig
            except UserError as problem:
                raise CouldNotCheck(problem.message) from problem

    return open_system


def _directory(
    settings: Settings,
    *,
    scenarios: Sequence[str],
    repeats: int,
    time_scale: float,
    out: Path | None,
    resume: Path | None,
) -> RunDirectory:
    if resume:
        directory = RunDirectory(resume)
        specs = {name: parse(directory.scenario_text(name), name=name) for name in directory.about["scenarios"]}
        require_faults(specs, FAULTS)
        return directory
    loaded = [load(each) for each in scenarios]
    if not loaded:
        raise WrongScenario("name a scenario, or several: scanstream loadtest list")
    require_faults({name: spec for name, _, spec in loaded}, FAULTS)
    path = out or settings.data_dir / "loadtest" / datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    return RunDirectory.new(
        writable_directory(path),
        about={
            "seed": loaded[0][2].seed,
            "repeats": repeats,
            "time_scale": time_scale,
            "settings": {name: getattr(settings, name) for name in _TOLD_SETTINGS},
            "stores": store_versions(),
        },
        scenarios={name: text for name, text, _ in loaded},
    )


def _silent(_line: str) -> None:
    """Drop lines about processes: the view has its own."""
