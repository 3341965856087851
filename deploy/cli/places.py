"""`scanstream places`: the register of places."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from deploy.cli.options import settings_from, settings_options
from deploy.cli.progress import say
from deploy.local.stores import existing_stores
from deploy.place_lines import Line, judged
from deploy.place_report import sentence, summary, write_report
from deploy.places import Place, publish_places
from deploy.settings import Settings
from deploy.tables.read import open_table
from deploy.user_error import UserError

_PATH = click.Path(path_type=Path)


@click.group(name="places")
def command() -> None:
    """Import the register of places."""


@command.command(name="import")
@click.argument("file", type=_PATH)
@click.option("--partial", is_flag=True, help="import the good lines also when others are wrong; exit code 1 then")
@click.option("--report", type=_PATH, metavar="FILE", help="write what became of each line to a .csv or .json file")
@click.option("--json", "as_json", is_flag=True, help="print figures and refused lines as JSON")
@settings_options("kafka", "port_base")
def import_file(*, file: Path, partial: bool, report: Path | None, as_json: bool, **flags: object) -> None:
    """Import the places of a CSV or XLSX FILE (- for standard input, CSV); all, or none if a line is wrong.

    Its first line names the columns: place_id, name, and where known category, department, commune_code, capacity,
    mandate_ref. A place that is there already gets the new state; scans are enriched with it from then on.
    """
    with open_table(file) as table:
        lines = list(judged(table))
    if report is not None:
        write_report(report, lines)
    accepted = [line.place for line in lines if line.place is not None]
    refused = len(lines) - len(accepted)
    wanted = accepted if partial or not refused else []
    imported = _publish(existing_stores(settings_from(flags), need_clickhouse=False), wanted) if wanted else 0
    if as_json:
        click.echo(json.dumps(summary(lines, imported=imported), ensure_ascii=False))
    _tell(lines, imported=imported, refused=refused)


def _publish(settings: Settings, places: list[Place]) -> int:
    with click.progressbar(length=len(places), label="Publishing", file=sys.stderr) as bar:
        publish_places(settings.kafka, places, now=lambda: datetime.now(UTC), on_place=bar.update)
    return len(places)


def _tell(lines: list[Line], *, imported: int, refused: int) -> None:
    """Say what was done; raise UserError if it was nothing because of wrong lines, end with code 1 if it was a part."""
    if refused and not imported:
        raise UserError(f"Nothing was imported: {sentence(lines)}.")
    say(f"Imported {imported:,} places.")
    if refused:
        say(f"Refused {refused:,}: {sentence(lines)}.")
        raise click.exceptions.Exit(1)
