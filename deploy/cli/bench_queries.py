"""`scanstream bench queries`: how fast analysts' questions are answered."""

import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from deploy.cli.options import settings_from, settings_options
from deploy.cli.progress import say
from deploy.clickhouse import clickhouse_client
from deploy.local.directory import writable_directory
from deploy.local.layout import choose_ports
from deploy.local.stores import local_clickhouse
from deploy.local.supervisor import Supervisor
from deploy.settings import Settings
from deploy.user_error import UserError
from loadtest import report
from loadtest.bench_queries import bench_queries
from loadtest.queries.asked import NAMES
from loadtest.queries.world import NotThisWorld, World
from sinks.merging import merge_weeks
from sinks.migrate import migrate

#: What was generated this very second is merged, too.
_SOON = timedelta(seconds=2)
_directory = click.Path(path_type=Path, file_okay=False)


@click.command(name="queries")
@click.option("--rows", type=click.IntRange(min=1), default=100_000_000, show_default=True, help="Scans of 21 days.")
@click.option("--repeats", type=click.IntRange(min=1), default=20, show_default=True, help="Times each is asked.")
@click.option("--only", multiple=True, type=click.Choice(NAMES), help="This question; may be given several times.")
@click.option("--rate", type=click.FloatRange(min=1), default=6_200, show_default=True, help="Rows a second inserted.")
@click.option(
    "--keep", type=_directory, help="Make the scans in this directory, leave them there, and use what is there."
)
@click.option("--dense", is_flag=True, help="20,000 places anybody goes to, as if five provinces were one town.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Decides every scan.")
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures there.")
@settings_options("log_level")
def command(
    *,
    rows: int,
    repeats: int,
    only: tuple[str, ...],
    rate: float,
    keep: Path | None,
    dense: bool,
    seed: int,
    json_file: Path | None,
    **flags: object,
) -> None:
    """Time analysts' questions on scans of 21 days in the embedded ClickHouse, while rows are inserted.

    Before that, weeks are merged as the watch does it every night. 100 million scans take some ten minutes to make and
    8 GB; with --keep, a run that was interrupted goes on where it was. Exit code 1: an answer is not as it must be.
    """
    with ExitStack() as held:
        own = _own(settings_from(flags), keep, held)
        client, inserter = (held.enter_context(clickhouse_client(own)) for _ in range(2))
        try:
            world = World.of(rows=rows, seed=seed, now=datetime.now(UTC), is_dense=dense)
            figures = bench_queries(
                client,
                inserter,
                world,
                night=lambda: merge_weeks(client, made_before=datetime.now(UTC) + _SOON, say=say),
                repeats=repeats,
                rate=rate,
                seed=seed,
                say=say,
                only=only,
            )
        except NotThisWorld as problem:
            raise UserError(f"These scans can't be used: {problem}.") from problem
    report.write(json_file, figures)
    click.echo(report.as_text(figures))
    sys.exit(0 if figures["balanced"] else 1)


def _own(settings: Settings, keep: Path | None, held: ExitStack) -> Settings:
    """Start a ClickHouse with our tables for as long as `held`, and return its settings."""
    if keep is None:
        keep = Path(
            held.enter_context(tempfile.TemporaryDirectory(prefix="bench-", dir=writable_directory(settings.data_dir)))
        )
    own = replace(settings, clickhouse_url="", port_base=0, gateway_port=0, data_dir=writable_directory(keep))
    server = local_clickhouse(own, choose_ports(own))
    held.enter_context(Supervisor(say=say)).start(server.program())
    own = replace(own, clickhouse_url=server.url)
    with clickhouse_client(own) as client:
        client.database = None  # it may not exist yet
        migrate(client, own.clickhouse_database)
    return own
