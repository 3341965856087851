"""`scanstream export`: landed data for other systems."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import click

from deploy.cli.instant import INSTANT
from deploy.cli.options import settings_from, settings_options
from deploy.cli.progress import say
from deploy.clickhouse import clickhouse_client
from deploy.local.stores import existing_stores
from deploy.user_error import UserError
from schemas.admin_units import communes
from sinks.epcis.export import Selection, epcis_document

_TOLD_EVERY = 200_000


@click.group(name="export")
def command() -> None:
    """Write landed data in formats other systems read."""


@command.command(name="epcis")
@click.option("--from", "since", type=INSTANT, required=True, help="first event time")
@click.option("--to", "until", type=INSTANT, required=True, help="event time to end before")
@click.option("--province", type=int, default=0, help="GSO code of one province, like 38  [default: all]")
@click.option("--rescans", is_flag=True, help="also scans that repeat another within minutes")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="file to write  [default: standard output]"
)
@settings_options("clickhouse_url", "clickhouse_user", "clickhouse_database", "port_base")
def epcis(*, since: datetime, until: datetime, province: int, rescans: bool, out: Path | None, **flags: object) -> None:
    """Write scans as one EPCIS 2.0 document in JSON-LD; people are pseudonyms.

    Times are ISO 8601; without an offset they are Vietnam's.
    """
    selection = _selection(since, until, province, rescans=rescans)
    settings = existing_stores(settings_from(flags), need_kafka=False)
    progress = _Progress()
    with clickhouse_client(settings) as client, _opened(out) as file:
        file.writelines(epcis_document(client, selection, created_at=datetime.now(UTC), on_events=progress.add))
    say(f"Wrote {progress.events:,} events{f' to {out}' if out else ''}.")


class _Progress:
    """Counts events and says so now and then."""

    def __init__(self) -> None:
        self.events = 0

    def add(self, events: int) -> None:
        """Count some more."""
        if self.events // _TOLD_EVERY != (self.events + events) // _TOLD_EVERY:
            say(f"{self.events + events:,} events so far")
        self.events += events


def _selection(since: datetime, until: datetime, province: int, *, rescans: bool) -> Selection:
    if since >= until:
        raise UserError("--from must be before --to.")
    known = {unit.province_code: unit.province for unit in communes()}
    if province and province not in known:
        names = ", ".join(f"{code} {name}" for code, name in sorted(known.items()))
        raise UserError(f"--province {province} is unknown; known are {names}.")
    return Selection(since=since, until=until, province=province, rescans=rescans)


@contextmanager
def _opened(out: Path | None) -> Iterator[BinaryIO]:
    """Give the file to write; it gets its name once it is whole."""
    if out is None:
        yield sys.stdout.buffer
        return
    part = out.with_name(f"{out.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(out)
    except OSError as problem:
        raise UserError(f"{out} can't be written ({problem.strerror}); choose another --out.") from problem
    finally:
        part.unlink(missing_ok=True)
