"""`scanstream alerts`: what somebody in charge has to know."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from deploy.cli.options import settings_from, settings_options
from deploy.clickhouse import clickhouse_client
from deploy.local.stores import existing_stores
from schemas.report_enums import AlertType
from sinks.alerts import AlertSelection, find_alerts

_TYPES = [kind.name for kind in AlertType]


class Since(click.ParamType):
    """A moment: `24h` or `7d` ago, or a time like 2021-08-05T07:00 (UTC unless it says so)."""

    name = "since"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the moment, aware."""
        try:
            return _moment(str(value))
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is neither a span like 24h or 7d nor a time like 2021-08-05T07:00", param, ctx)


@click.group(name="alerts")
def command() -> None:
    """Look at alerts: what happened, where, and who has to act."""


@command.command(name="list")
@click.option("--type", "kind", type=click.Choice(_TYPES, case_sensitive=False), help="only this type")
@click.option("--since", type=Since(), metavar="T", help="only those of the last 24h, 7d, or since 2021-08-05T07:00")
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="newest so many")
@click.option("--json", "as_json", is_flag=True, help="one JSON object a line, with identities in hexadecimal digits")
@settings_options("clickhouse_url", "clickhouse_user", "clickhouse_database", "port_base")
def list_alerts(*, kind: str | None, since: datetime | None, limit: int, as_json: bool, **flags: object) -> None:
    """List alerts, newest first: time (UTC), severity, type, who has to act, where, and a sentence."""
    settings = existing_stores(settings_from(flags), need_kafka=False)
    selection = AlertSelection(type=AlertType[kind.upper()] if kind else None, since=since, limit=limit)
    with clickhouse_client(settings) as client:
        rows = find_alerts(client, selection)
    for row in rows:
        click.echo(json.dumps(row, default=datetime.isoformat) if as_json else _line(row))
    if not rows and not as_json:
        click.echo("There are no such alerts.")


def _line(row: Mapping[str, Any]) -> str:
    where = " ".join(
        f"{name} {row[column]}"
        for name, column in (("place", "place_id"), ("device", "about_device"), ("area", "area_code"))
        if row[column]
    )
    return (
        f"{row['event_time']:%Y-%m-%d %H:%M}  {row['severity']:<8}  {row['type']:<18}  {row['role']:<17}  "
        f"{where:<24}  {row['detail']} ({row['measure']})"
    )


def _moment(text: str) -> datetime:
    units = {"h": timedelta(hours=1), "d": timedelta(days=1)}
    if text[-1:] in units and text[:-1].isdigit():
        return datetime.now(UTC) - int(text[:-1]) * units[text[-1]]
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
