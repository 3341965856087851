"""What `scanstream demo` does once the stores run. Imported while they start: it takes two seconds of a core."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.console import Console
from rich.live import Live

from deploy.cli.progress import say
from deploy.local.rig import Rig
from deploy.user_error import UserError
from loadtest import report
from loadtest.analyst_queries import QUESTIONS, ask
from loadtest.demo import Demo, DemoResult
from loadtest.demo_view import addresses_view, answer_view, closing_view, ledger_view, live_view
from loadtest.drain import NotDrained
from loadtest.fleet import Fleet, make_fleet
from loadtest.generate import warm_up
from loadtest.offsets import CouldNotCheck
from loadtest.register import register
from sinks.watch.table import RULES

_PLACES = 5_000


def demonstrate(rig: Rig, *, seconds: float, rate: float, seed: int, began_ms: float, json_file: Path | None) -> bool:
    """Start the processes, let the fleet scan, show what came of it; tell whether every event is accounted for.

    `began_ms` is when the command was started (UTC). Raises UserError if the run could not be checked.
    """
    console = Console()
    fleet = make_fleet(seed=seed, places=_PLACES)
    with ThreadPoolExecutor(1) as background:
        registered = background.submit(_get_ready, rig.kafka, fleet)
        rig.start_together(["worker", "sink", "gateway"])
        say(f"registered {registered.result():,} places, devices and areas")
    demo = Demo.prepare(rig, fleet, seconds=seconds, rate=rate, seed=seed, began_ms=began_ms, watch_rules=len(RULES))
    result = _run(demo, console)
    report.write(json_file, result.report)
    _show(rig, result, console)
    return bool(result.report["balanced"])


def _get_ready(kafka: str, fleet: Fleet) -> int:
    count = register(kafka, fleet, updated_ms=int(time.time() * 1_000))
    warm_up(fleet)
    return count


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
