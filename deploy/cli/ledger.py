"""`scanstream ledger`: is every event accounted for?"""

import json
import sys

import click

from deploy.cli.options import settings_from, settings_options
from deploy.clickhouse import clickhouse_client
from deploy.local.stores import existing_stores
from sinks.ledger_report import FeedReport, render, report


@click.command(name="ledger")
@click.option("--json", "as_json", is_flag=True, help="one JSON object for each feed instead of a table")
@settings_options("clickhouse_url", "clickhouse_user", "clickhouse_database", "port_base")
def command(*, as_json: bool, **flags: object) -> None:
    """Show each feed's account; exit code 1 if one doesn't balance.

    While events are on their way, rows are ahead of the ledger for a moment: ask again.
    """
    settings = existing_stores(settings_from(flags), need_kafka=False)
    with clickhouse_client(settings) as client:
        reports = report(client)
    click.echo(_json(reports) if as_json else render(reports))
    sys.exit(0 if all(feed.balanced for feed in reports) else 1)


def _json(reports: list[FeedReport]) -> str:
    return json.dumps({feed.feed: feed.as_dict() for feed in reports}, indent=2)
