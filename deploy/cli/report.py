"""`scanstream report`: what a province hands over."""

import json
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import click

from deploy.cli.instant import INSTANT
from deploy.cli.options import settings_from, settings_options
from deploy.cli.progress import say
from deploy.clickhouse import clickhouse_client
from deploy.daily_report.files import reports_directory
from deploy.daily_report.make import Made, make, write_again
from deploy.daily_report.span import Span, shown, span_of, today
from deploy.local.stores import existing_stores
from deploy.user_error import UserError
from schemas.admin_units import communes


@click.group(name="report")
def command() -> None:
    """Make reports that a province hands over."""


@command.command(name="daily")
@click.option("--province", type=int, required=True, help="GSO code of the province, like 42")
@click.option("--date", "day", metavar="DATE", help="day in Vietnam, like 2021-08-05  [default: today]")
@click.option("--as-of", type=INSTANT, help="only what Kafka had taken by then  [default: now]")
@click.option("--until", metavar="HH:MM", help="part of the day that counts  [default: all of it, or up to --as-of]")
@click.option("--version", type=click.IntRange(1), metavar="N", help="write this version of the day again, as it was")
@click.option("--exact", is_flag=True, help="count people instead of estimating them")
@click.option("--out", type=click.Path(path_type=Path), help="directory of reports  [default: `reports` beside data]")
@click.option("--json", "as_json", is_flag=True, help="print version, checksum, checks and files as JSON")
@settings_options("clickhouse_url", "clickhouse_user", "clickhouse_database", "port_base", "data_dir")
def daily(
    *,
    province: int,
    day: str | None,
    as_of: datetime | None,
    until: str | None,
    version: int | None,
    exact: bool,
    out: Path | None,
    as_json: bool,
    **flags: object,
) -> None:
    """Write the daily report of a province as XLSX, CSV and JSON, with version and checksum.

    One that says nothing new keeps its version; else it is a new one, with what changed since the last. Times are ISO
    8601; without an offset they are Vietnam's. The exit code is 1 if the report was written but a check failed.
    """
    _require_province(province)
    span = _span(day, as_of, until)
    settings = existing_stores(settings_from(flags), need_kafka=False)
    directory = out or reports_directory(settings.data_dir)
    with clickhouse_client(settings) as client:
        if version is not None:
            made = write_again(client, province, span.day, version, directory=directory)
        else:
            say(f"Asking for the figures of {span.day:%d/%m/%Y} to {shown(span.until)} …")
            made = make(client, province, span, exact=exact, directory=directory, now=lambda: datetime.now(UTC))
    click.echo(json.dumps(_summary(made), ensure_ascii=False) if as_json else _lines(made))
    if not made.document["sound"]:
        for check in _broken(made):
            say(f"Check failed: {check['name']} ({'; '.join(check['broken'][:3])}).")
        raise click.exceptions.Exit(1)


def _span(day: str | None, as_of: datetime | None, until: str | None) -> Span:
    now = datetime.now(UTC)
    if as_of is not None and as_of > now:
        raise UserError(f"--as-of {shown(as_of)} is still to come; give a moment before now, or leave it out.")
    return span_of(_day(day) if day else today(now), as_of=as_of or now, until=_clock(until) if until else None)


def _summary(made: Made) -> dict[str, Any]:
    told = ("province", "day", "until", "as_of", "due_at", "version", "sha256", "sound", "changes")
    return {
        **{name: made.document[name] for name in told},
        "is_new": made.is_new,
        "broken": [check["name"] for check in _broken(made)],
        "files": sorted(str(path) for path in made.directory.iterdir()),
    }


def _lines(made: Made) -> str:
    document = made.document
    province, until = document["areas"][0], datetime.fromisoformat(document["until"])
    figures = ", ".join(f"{name} {province['figures'][name]:,}" for name in ("scans", "persons", "points_active"))
    return "\n".join(
        [
            f"{document['province_name']}, {document['day']} to {shown(until)}: {_version(made)}",
            f"  {figures}",
            f"  SHA-256 {document['sha256']}",
            *(f"  {path}" for path in sorted(made.directory.iterdir())),
        ]
    )


def _version(made: Made) -> str:
    version, changed = made.document["version"], len(made.document["changes"])
    if not made.is_new:
        return f"version {version}, unchanged"
    return f"version {version}, {changed} figures changed since version {version - 1}" if version > 1 else "version 1"


def _broken(made: Made) -> list[dict[str, Any]]:
    return [check for check in made.document["checks"] if not check["holds"]]


def _require_province(province: int) -> None:
    known = {unit.province_code: unit.province for unit in communes()}
    if province not in known:
        names = ", ".join(f"{code} {name}" for code, name in sorted(known.items()))
        raise UserError(f"--province {province} is unknown; known are {names}.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"--date {text!r} is no date; write it like 2021-08-05.") from None


def _clock(text: str) -> time:
    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 -- a time of day has no zone
    except ValueError:
        raise UserError(f"--until {text!r} is no time of day; write it like 16:20.") from None
