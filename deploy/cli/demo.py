"""`scanstream demo`: a simulated fleet scans, live, and every event is accounted for."""

import sys
import time
from pathlib import Path

import click
import psutil
from rich.console import Console
from rich.live import Live

from deploy.cli.options import settings_from, settings_options
from deploy.cli.progress import say
from deploy.local.rig import Rig
from deploy.user_error import UserError
from loadtest import report
from loadtest.analyst_queries import QUESTIONS, ask
from loadtest.demo import Demo, DemoResult
from loadtest.demo_view import addresses_view, answer_view, closing_view, ledger_view, live_view
from loadtest.drain import NotDrained
from loadtest.fleet import make_fleet
from loadtest.offsets import CouldNotCheck
from loadtest.register import register

_PLACES = 5_000


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
    console = Console()
    with Rig(settings_from(flags), say=say) as rig:
        fleet = make_fleet(seed=seed, places=_PLACES)
        count = register(rig.kafka, fleet, updated_ms=int(time.time() * 1_000))
        say(f"registered {count:,} places, devices and areas")
        rig.start_together(["worker", "sink", "gateway"])
        began_ms = psutil.Process().create_time() * 1_000
        demo = Demo.prepare(rig, fleet, seconds=seconds, rate=rate, seed=seed, began_ms=began_ms)
        result = _run(demo, console)
        report.write(json_file, result.report)
        _show(rig, result, console)
    sys.exit(0 if result.report["balanced"] else 1)


def _run(demo: Demo, console: Console) -> DemoResult:
    try:
        with Live(console=console, refresh_per_second=4) as live:
            return demo.run(lambda moment: live.update(live_view(moment)))
    except (CouldNotCheck, NotDrained) as problem:
        raise UserError(f"The demonstration could not be checked: {problem}.") from problem


def _show(rig: Rig, result: DemoResult, console: Console) -> None:
    tallies = {feed.feed.name: feed.books.tally for feed in result.feeds}
    console.print(ledger_view(tallies, balanced=all(feed.books.balanced for feed in result.feeds)))
    client = rig.clickhouse()
    for question in QUESTIONS:
        console.print(answer_view(ask(client, question)))
    console.print(
        addresses_view(
            {
                "ClickHouse": f"{rig.settings.clickhouse_url}/play (database {rig.settings.clickhouse_database})",
                "Kafka": rig.kafka,
                "gateway": f"{rig.gateway_url}/v1/scans",
                "keep it running": "scanstream up",
            }
        )
    )
    console.print(closing_view(result.report))
