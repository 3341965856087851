"""`scanstream population`: the register that identities at checkpoints are compared with."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from deploy.cli.options import settings_from, settings_options
from deploy.cli.progress import say
from deploy.keys import key_ring, pseudonym_keys
from deploy.population import read_register, write_register
from deploy.settings import variable
from deploy.tables.read import open_table

_PATH = click.Path(path_type=Path)


@click.group(name="population")
def command() -> None:
    """Make the file of the register of the population."""


@command.command(name="build")
@click.argument("file", type=_PATH)
@click.option("--out", type=_PATH, required=True, metavar="FILE", help="the file to write; replaced as a whole")
@click.option("--json", "as_json", is_flag=True, help="print figures as JSON")
@settings_options("pseudonym_key_file", "data_dir")
def build(*, file: Path, out: Path, as_json: bool, **flags: object) -> None:
    """Build the register from a CSV or XLSX FILE (- for standard input, CSV); all of it, or nothing if a line is wrong.

    Its first line names the columns: kind, number and, for people with several documents, person: lines with the same
    text there are one person's. Numbers become pseudonyms with the keys of the gateway; the file holds nothing else.
    """
    ring = key_ring(pseudonym_keys(settings_from(flags)))
    say(f"Reading {file} …")
    with open_table(file) as table:
        register = read_register(
            table, ring, now=datetime.now(UTC), on_lines=lambda count: say(f"{count:,} lines are read.")
        )
    write_register(out, register)
    people = int(register.persons.max()) + 1
    if as_json:
        click.echo(json.dumps({"people": people, "pseudonyms": len(register), "bytes": out.stat().st_size}))
    say(f"{people:,} people are in {out}. Set {variable('population_file')} to it and restart the workers.")
