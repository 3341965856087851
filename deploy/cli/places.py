"""`scanstream places`: the register of places, their QR codes and posters."""

import json
import sys
from pathlib import Path

import click

from deploy.cli.options import settings_from, settings_options
from deploy.cli.place_steps import publish_codes, publish_import, step
from deploy.cli.progress import say
from deploy.local.stores import existing_stores
from deploy.place_lines import Line, judged
from deploy.place_report import sentence, summary, write_report
from deploy.posters.code import code_text, write_code
from deploy.posters.write import write_posters
from deploy.tables.read import open_table
from deploy.user_error import UserError
from schemas.report_enums import Assistance

# A longer address makes modules too small to be scanned from a step away.
_MOST_URL_CHARACTERS = 100


def _https(_context: click.Context, _option: click.Parameter, value: str) -> str:
    if value and (not value.startswith("https://") or len(value) > _MOST_URL_CHARACTERS):
        raise UserError(f"--base-url must begin with https:// and have at most {_MOST_URL_CHARACTERS} characters.")
    return value


_PATH = click.Path(path_type=Path)
_base_url = click.option(
    "--base-url",
    default="",
    metavar="URL",
    callback=_https,
    help="make the code a web address, https://…, for phones without an app",
)
_publish = click.option("--publish", is_flag=True, help="tell that the codes were issued, as events (QR_ISSUED)")
_kafka = settings_options("kafka", "port_base")


@click.group(name="places")
def command() -> None:
    """Import the register of places; make their QR codes and posters; tell the steps of their lives."""


command.add_command(step)


@command.command()
@click.argument("place_id", type=click.IntRange(1, 2**31 - 1))
@click.option("--text", "as_text", is_flag=True, help="print what the code says (the default)")
@click.option("--svg", type=_PATH, metavar="FILE", help="write the code as SVG")
@click.option("--png", type=_PATH, metavar="FILE", help="write the code as PNG")
@_base_url
@_publish
@_kafka
def qr(
    *,
    place_id: int,
    as_text: bool,
    svg: Path | None,
    png: Path | None,
    base_url: str,
    publish: bool,
    **flags: object,
) -> None:
    """Make the QR code of the place PLACE_ID alone, without a poster."""
    text = code_text(place_id, base_url=base_url)
    for kind, path in (("svg", svg), ("png", png)):
        if path is not None:
            try:
                write_code(path, text, kind=kind)
            except OSError as problem:
                raise UserError(f"{path} can't be written ({problem.strerror}); choose another place.") from None
    if as_text or (svg is None and png is None):
        click.echo(text)
    if publish:
        publish_codes([place_id], flags)


@command.command(name="poster")
@click.argument("file", type=_PATH)
@click.option("--out", "directory", type=_PATH, required=True, metavar="DIR", help="directory for the posters")
@click.option("--format", "kind", type=click.Choice(["svg", "png"]), default="svg", show_default=True)
@click.option(
    "--partial", is_flag=True, help="make those of the good lines also when others are wrong; exit code 1 then"
)
@_base_url
@_publish
@_kafka
def posters(
    *, file: Path, directory: Path, kind: str, partial: bool, base_url: str, publish: bool, **flags: object
) -> None:
    """Make an A4 poster for each place of a CSV or XLSX FILE, as `import` takes it, ready to be printed.

    A poster is the file place-<id>.svg or .png in DIR; the PNG has 300 dots an inch.
    """
    lines = _lines_of(file)
    accepted = [line.place for line in lines if line.place is not None]
    if len(accepted) < len(lines) and not partial:
        raise UserError(f"No poster was made: {sentence(lines)}.")
    written = write_posters(accepted, directory, kind=kind, base_url=base_url)
    with click.progressbar(written, length=len(accepted), label="Drawing", file=sys.stderr) as shown:
        count = sum(1 for _ in shown)
    say(f"Made {count:,} posters in {directory}.")
    if publish:
        publish_codes([place.fields["place_id"] for place in accepted], flags)
    _tell_refused(lines)


@command.command(name="import")
@click.argument("file", type=_PATH)
@click.option("--partial", is_flag=True, help="import the good lines also when others are wrong; exit code 1 then")
@click.option("--report", type=_PATH, metavar="FILE", help="write what became of each line to a .csv or .json file")
@click.option("--json", "as_json", is_flag=True, help="print figures and refused lines as JSON")
@click.option(
    "--assisted-by",
    type=click.Choice([one.name for one in Assistance]),
    default=Assistance.NOBODY.name,
    show_default=True,
    help="who helped the places to register",
)
@_kafka
def import_file(
    *, file: Path, partial: bool, report: Path | None, as_json: bool, assisted_by: str, **flags: object
) -> None:
    """Import the places of a CSV or XLSX FILE (- for standard input, CSV); all, or none if a line is wrong.

    Its first line names the columns: place_id, name, and where known category, department, commune_code, capacity,
    mandate_ref, owner_unit, owner_head_role. A place that is there already gets the new state; scans are enriched
    with it from then on. Each place that is new is also told as an event (REGISTERED), once.
    """
    lines = _lines_of(file)
    if report is not None:
        write_report(report, lines)
    accepted = [line.place for line in lines if line.place is not None]
    refused = len(lines) - len(accepted)
    wanted = accepted if partial or not refused else []
    if wanted:
        settings = existing_stores(settings_from(flags), need_clickhouse=False)
        publish_import(settings.kafka, wanted, assisted_by=Assistance[assisted_by])
    if as_json:
        click.echo(json.dumps(summary(lines, imported=len(wanted)), ensure_ascii=False))
    if refused and not wanted:
        raise UserError(f"Nothing was imported: {sentence(lines)}.")
    say(f"Imported {len(wanted):,} places.")
    _tell_refused(lines)


def _lines_of(file: Path) -> list[Line]:
    say(f"Reading {file} …")
    with open_table(file) as table:
        return list(judged(table))


def _tell_refused(lines: list[Line]) -> None:
    """Name the lines that were left out, and end with code 1 if there are any."""
    if refused := sum(line.place is None for line in lines):
        say(f"Refused {refused:,}: {sentence(lines)}.")
        raise click.exceptions.Exit(1)
