"""`scanstream bench peers`: other stream processors and ours on the same work."""

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from rich.console import Console

from deploy.cli.options import settings_from, settings_options
from deploy.cli.progress import say
from deploy.local.child import Child, Program
from deploy.local.directory import writable_directory
from deploy.local.layout import log_file
from deploy.local.rig import Rig
from deploy.settings import Settings
from deploy.user_error import UserError
from loadtest.drain import NotDrained
from loadtest.expected import Undecidable
from loadtest.offsets import CouldNotCheck
from loadtest.peers.catalogue import BASELINE, NAMES, peer_named
from loadtest.peers.grid import NotThisGrid, records_in, report_of, still_to_do, write_whole
from loadtest.peers.peer import Address, Command, Peer
from loadtest.peers.race import Load, race
from loadtest.peers.record import Record
from loadtest.peers.stage import Stage
from loadtest.peers.table import as_table

#: Columns of the table where it doesn't go to a terminal.
_WIDTH = 140
_file = click.Path(path_type=Path, dir_okay=False)


@click.command(name="peers")
@click.option("--json", "json_file", type=_file, help="Write the figures there, anew after each run.")
@click.option("--only", multiple=True, type=click.Choice(NAMES), help="This peer; may be given several times.")
@click.option("--events", type=click.IntRange(min=10_000), default=1_100_000, show_default=True, help="Venue scans.")
@click.option("--repeats", type=click.IntRange(min=1), default=3, show_default=True, help="Runs of each peer.")
@click.option("--limit", type=click.FloatRange(min=10), default=240, show_default=True, help="Seconds a run may take.")
@click.option("--partitions", type=click.IntRange(1, 1_024), default=8, show_default=True)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Decides every event.")
@click.option("--resume", type=_file, help="Keep the runs of that report and do only those that are missing.")
@settings_options("log_level")
def command(
    *,
    json_file: Path | None,
    only: Sequence[str],
    events: int,
    repeats: int,
    limit: float,
    partitions: int,
    seed: int,
    resume: Path | None,
    **flags: object,
) -> None:
    """Run stock Faust, Quix Streams, Bytewax, Kafka Streams, Flink, the raw floor and scanstream on the same topic.

    Each decodes, drops duplicates, enriches and inserts; rows are counted. Exit code 1: ours are not as they must be;
    2: some runs are missing.
    """
    settings = settings_from({**flags, "partitions": partitions})
    load = Load(events=events, seed=seed, partitions=partitions, limit_seconds=limit)
    peers = [peer_named(name) for name in only or NAMES]
    try:
        records = records_in(resume, load) if resume else []
    except NotThisGrid as problem:
        raise UserError(f"{problem}.") from problem
    figures = _run_grid(settings, peers, load, records, repeats=repeats, json_file=json_file or resume)
    Console(width=None if sys.stdout.isatty() else _WIDTH).print(as_table(figures))
    sys.exit(_exit_code(figures))


def _exit_code(figures: dict[str, Any]) -> int:
    if figures["peers"].get(BASELINE, {}).get("correct") is False:
        return 1
    return 0 if figures["status"] == "complete" else 2


def _run_grid(
    settings: Settings,
    peers: Sequence[Peer],
    load: Load,
    records: list[Record],
    *,
    repeats: int,
    json_file: Path | None,
) -> dict[str, Any]:
    """Do what is missing, writing the report anew after each run; Ctrl-C ends it with what there is."""
    todo = list(still_to_do(peers, repeats=repeats, done=records))
    wanted_runs = len(records) + len(todo)
    try:
        for number, (peer, repeat) in enumerate(todo, 1):
            say(f"run {number} of {len(todo)}: {peer.name}, repeat {repeat}")
            records += _run(settings, peer, load, repeat=repeat)
            if json_file:
                write_whole(json_file, report_of(records, load, wanted_runs=wanted_runs))
    except KeyboardInterrupt:
        say("interrupted: the report has the runs that were done")
    return report_of(records, load, wanted_runs=wanted_runs)


def _run(settings: Settings, peer: Peer, load: Load, *, repeat: int) -> list[Record]:
    """Run a peer once, on stores of its own that are removed afterwards; return its record, none if that failed."""
    data = writable_directory(settings.data_dir)
    with tempfile.TemporaryDirectory(prefix="peers-", dir=data) as directory:
        own = replace(settings, kafka="", clickhouse_url="", port_base=0, gateway_port=0, data_dir=Path(directory))
        try:
            with Rig(own, say=say) as rig:
                record = race(peer, _stage(rig, builds=data.resolve() / "peers"), load, repeat=repeat, say=say)
        except (CouldNotCheck, NotDrained, Undecidable, UserError) as problem:
            say(f"{peer.name} could not be measured: {problem}")
            return []
    say(_in_words(record))
    return [record]


def _stage(rig: Rig, *, builds: Path) -> Stage:
    settings = rig.settings
    url = urlsplit(settings.clickhouse_url)

    def start(name: str, command: Command) -> Child:
        return Child(
            Program(
                name=name,
                arguments=command.arguments,
                log_file=log_file(settings, name).resolve(),
                ready=lambda _: True,
                environment=command.environment,
            )
        )

    return Stage(
        system=rig,
        start=start,
        start_own=lambda: rig.start_together(["sink", "worker"]),
        clickhouse=Address(
            host=url.hostname or "",
            port=url.port or 8_123,
            user=settings.clickhouse_user,
            password=settings.clickhouse_password,
            database=settings.clickhouse_database,
        ),
        directory=settings.data_dir.resolve(),
        builds=builds,
    )


def _in_words(record: Record) -> str:
    return (
        f"{record.peer}: {record.events_per_second:,.0f} events/s, {record.ending}; "
        f"{record.rows:,} rows, {record.unique_rows:,} unique, {record.expected_unique:,} expected"
    )
