"""`scanstream map`: what the public may see of areas and places, as files."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from deploy.cli.options import settings_from, settings_options
from deploy.cli.progress import say
from deploy.clickhouse import clickhouse_client
from deploy.local.stores import existing_stores
from deploy.public_documents import shapes_of
from deploy.public_files import write_documents
from deploy.user_error import UserError
from schemas.admin_units import communes
from schemas.zone import VIETNAM
from sinks.maps.documents import Wanted, documents


class _Day(click.ParamType):
    """A day in Vietnam that is not in the future."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day."""
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no day; write it like 2021-08-01.", param, ctx)
        if day > _today():
            self.fail(f"{value} is in the future; nothing can be told of it.", param, ctx)
        return day


@click.group(name="map")
def command() -> None:
    """Make the risk map and the feeds for the public."""


@command.command(name="export")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="directory to write to")
@click.option("--province", type=int, default=0, help="GSO code of one province, like 42  [default: all]")
@click.option("--date", "day", type=_Day(), help="day in Vietnam, like 2021-08-01  [default: today]")
@click.option(
    "--boundaries",
    type=click.Path(dir_okay=False),
    help="GeoJSON of communes with `commune_code`, WGS 84  [default: SCANSTREAM_BOUNDARIES_FILE, else synthetic cells]",
)
@click.option("--json", "as_json", is_flag=True, help="print the manifest as JSON")
@settings_options("clickhouse_url", "clickhouse_user", "clickhouse_database", "port_base")
def export(
    *, out: Path, province: int, day: date | None, boundaries: str | None, as_json: bool, **flags: object
) -> None:
    """Write maps of communes, districts and provinces (GeoJSON), the same as tables, and the safety of places.

    Counts of fewer than 10 people are hidden, and whatever would give them away.
    """
    _require_province(province)
    settings = settings_from(flags)
    shapes = shapes_of(boundaries or settings.boundaries_file, province=province)
    wanted = Wanted(day=day or _today(), province=province, shapes=shapes)
    with clickhouse_client(existing_stores(settings, need_kafka=False)) as client:
        made = documents(client, wanted)
    manifest = write_documents(out, made, wanted, made_at=datetime.now(UTC))
    if as_json:
        click.echo(json.dumps(manifest, ensure_ascii=False))
        return
    for file in manifest["files"]:
        click.echo(f"{file['name']:<24} {file['rows']:>7,} rows {file['bytes']:>11,} bytes")
    say(f"Wrote them to {out}{', with synthetic cells for areas' if manifest['synthetic'] else ''}.")


def _today() -> date:
    return datetime.now(VIETNAM).date()


def _require_province(province: int) -> None:
    known = {unit.province_code: unit.province for unit in communes()}
    if province and province not in known:
        names = ", ".join(f"{code} {name}" for code, name in sorted(known.items()))
        raise UserError(f"--province {province} is unknown; known are {names}.")
