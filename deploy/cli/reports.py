"""`scanstream reports`: enter what others wrote on paper."""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from deploy.cli.progress import say
from deploy.device import gateway_address, token_in
from deploy.entry.credential import Credential, credential_of
from deploy.entry.form import form_of
from deploy.entry.lines import Judge, Line
from deploy.entry.report import Report
from deploy.entry.send import GaveUp, Sending
from deploy.tables.read import open_table
from deploy.tables.report import require_report_name, write_rows
from deploy.user_error import UserError
from schemas.kinds import FEEDS, Feed, feed_by_name
from streams.device.gateway import Gateway

_PATH = click.Path(path_type=Path)
_REPORT_COLUMNS = ("line", "event_id", "outcome", "reasons")


@click.group(name="reports")
def command() -> None:
    """Enter paper and assisted forms."""


@command.command(name="columns")
@click.argument("feed", type=click.Choice([feed.name for feed in FEEDS]), metavar="FEED")
def columns(*, feed: str) -> None:
    """List the columns a table of FEED may have, with what they hold; * marks those it must have."""
    for name, required, meaning in form_of(feed_by_name(feed)).about():
        click.echo(f"{'*' if required else ' '} {name:<28} {meaning}")


@command.command(name="import")
@click.argument("file", type=_PATH)
@click.option(
    "--feed",
    required=True,
    type=click.Choice([feed.name for feed in FEEDS]),
    metavar="NAME",
    help="what the rows are: declaration, update, venue, checkpoint … (the feeds of the gateway)",
)
@click.option(
    "--gateway", default="http://127.0.0.1:19080", show_default=True, metavar="URL", help="address of the gateway"
)
@click.option("--allow-http", is_flag=True, help="let numbers cross a network that is protected by other means")
@click.option(
    "--token-file",
    type=_PATH,
    required=True,
    metavar="FILE",
    help="file with an operator's token, as `devices enrol` printed it",
)
@click.option("--partial", is_flag=True, help="send the good lines also when others are wrong; exit code 1 then")
@click.option("--report", type=_PATH, metavar="FILE", help="write what became of each line to a .csv or .json file")
@click.option("--json", "as_json", is_flag=True, help="print figures and refused lines as JSON")
def import_file(
    *,
    file: Path,
    feed: str,
    gateway: str,
    allow_http: bool,
    token_file: Path,
    partial: bool,
    report: Path | None,
    as_json: bool,
) -> None:
    """Send the rows of a CSV or XLSX FILE (- for standard input, CSV) to the gateway; all, or none if one is wrong.

    The first line names the columns: the feed's fields, and for the person identity_kind and identity_number. Times are
    dd/mm/yyyy HH:MM in Vietnam, or ISO 8601. Sending a row again is safe: it counts once.
    """
    if report is not None:
        require_report_name(report)
    address, token = gateway_address(gateway, allow_http=allow_http), token_in(token_file)[1]
    credential = credential_of(address, token)
    made = Report(_lines_of(file, feed_by_name(feed), credential))
    good = [line for line in made.lines if line.event is not None]
    trouble = ""
    try:
        if good and (partial or len(good) == len(made.lines)):
            trouble = _send(good, made, Gateway(address, token=token))
    finally:
        if report is not None:
            write_rows(report, made.rows(), _REPORT_COLUMNS)
    if as_json:
        click.echo(json.dumps(made.summary(), ensure_ascii=False))
    _conclude(made, trouble)


def _lines_of(file: Path, feed: Feed, credential: Credential) -> list[Line]:
    if credential.role not in feed.senders:
        senders = ", ".join(sorted(role.name for role in feed.senders))
        raise UserError(
            f"Nothing was sent: a credential of role {credential.role.name} may not send {feed.name} events; use one "
            f"of role {senders}."
        )
    say(f"Reading {file} …")
    form = form_of(feed)
    with open_table(file) as table:
        if others := form.check_columns(table.columns):
            say(f"Columns that are not sent: {', '.join(others)}.")
        now_ms = time.time_ns() // 1_000_000
        judge = Judge(form=form, credential=credential, now_ms=now_ms)
        with click.progressbar(table.rows, label="Checking", file=sys.stderr) as rows:
            return judge.lines(rows)


def _send(lines: list[Line], report: Report, gateway: Gateway) -> str:
    """Send the lines and return what kept the rest of them, empty if nothing did."""
    sending = Sending(post=gateway.post, now=lambda: datetime.now(UTC), wait=time.sleep)
    try:
        with click.progressbar(length=len(lines), label="Sending", file=sys.stderr) as bar:
            for settled in sending.send(lines):
                report.settle(settled)
                bar.update(1)
    except GaveUp as problem:
        return str(problem)
    finally:
        gateway.close()
    return ""


def _conclude(report: Report, trouble: str) -> None:
    """Say how it ended, and end with code 1 if some lines were refused; raise UserError if not all could be sent."""
    if trouble:
        missing = len(report.lines) - report.sent - len(report.problems)
        raise UserError(
            f"Sent {report.sent:,} lines; {missing:,} are not: {trouble}. Run the same command again: what was sent "
            "counts once."
        )
    if report.problems and not report.sent:
        raise UserError(f"Nothing was sent: {report.sentence()}.")
    say(f"Sent {report.sent:,} lines.")
    if report.problems:
        say(f"Refused {len(report.problems):,}: {report.sentence()}.")
        raise click.exceptions.Exit(1)
