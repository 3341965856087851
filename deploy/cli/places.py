"""`scanstream places`: the register of places."""

from datetime import UTC, datetime
from typing import TextIO

import click

from deploy.cli.options import settings_from, settings_options
from deploy.cli.progress import say
from deploy.local.stores import existing_stores
from deploy.places import publish_places, read_places


@click.group(name="places")
def command() -> None:
    """Import the register of places."""


@command.command(name="import")
@click.argument("file", type=click.File(encoding="utf-8-sig"))
@settings_options("kafka", "port_base")
def import_file(*, file: TextIO, **flags: object) -> None:
    """Import the places of a CSV FILE (- for standard input); all of them, or none if a line is wrong.

    Its first line names the columns: place_id, name, and where known category, department, commune_code, capacity,
    mandate_ref. A place that is there already gets the new state; scans are enriched with it from then on.
    """
    places = read_places(file)
    settings = existing_stores(settings_from(flags), need_clickhouse=False)
    publish_places(settings.kafka, places, now=lambda: datetime.now(UTC))
    say(f"Imported {len(places):,} places.")
