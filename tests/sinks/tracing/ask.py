"""Questions to the tracing views, and answers as plain rows."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from tests.sinks.conftest import Database
from tests.sinks.reports.landed import asked, aware
from tests.sinks.tracing.oracle import Span
from tests.sinks.tracing.world import MIDNIGHT, World, hour
from tests.sinks.visits_oracle import Visit

#: Columns of a visit; `told` has them of one spelled out.
VISIT = "reinterpretAsUInt128(reverse(subject)), place_id, trip_id, start, end, start_imputed, end_imputed"
#: Linked in chains and rings, linked to nobody, and one that was never scanned.
PEOPLE = (1, 2, 3, 5, 8, 10, 99)
#: More than a world's days.
EVER = Span(since=hour(-400), until=hour(400))


class Landed(NamedTuple):
    """A world, and the database that has it."""

    database: Database
    world: World


def spans(world: World) -> list[Span]:
    """Return two days; and a span that begins when a visit ends and ends when another begins."""
    touching = sorted(world.visits, key=lambda visit: visit.end)[len(world.visits) // 4]
    beginning = sorted(world.visits, key=lambda visit: visit.start)[3 * len(world.visits) // 4]
    return [Span(since=MIDNIGHT, until=hour(48)), Span(since=touching.end, until=beginning.start)]


def hexadecimal(person: int) -> str:
    """Return a pseudonym as a view takes it."""
    return f"'{person.to_bytes(16, 'big').hex()}'"


def array(people: Iterable[int]) -> str:
    """Return pseudonyms as a view takes them."""
    return f"[{', '.join(f'unhex({hexadecimal(person)})' for person in people)}]"


def between(span: Span) -> dict[str, str]:
    """Return a span as views take it."""
    return {"from": f"'{asked(span.since)}'", "to": f"'{asked(span.until)}'"}


def ask(landed: Landed, columns: str, view: str, **given: str) -> list[tuple[object, ...]]:
    """Return what a view answers, with plain numbers and aware times, in the order of `in_order`."""
    parameters = ", ".join(f"{name} = {value}" for name, value in given.items())
    query = " ".join(("SELECT", columns, "FROM", f"{{}}.{view}({parameters})"))
    return in_order([tuple(map(_plain, row)) for row in landed.database.rows(query)])


def in_order(rows: Iterable[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Return rows in an order in which they can be compared."""
    return sorted(rows, key=repr)


def told(visit: Visit) -> tuple[object, ...]:
    """Return a visit as a row of `VISIT`."""
    sides = int(visit.start_imputed), int(visit.end_imputed)
    return visit.person, visit.place, visit.trip, visit.start, visit.end, *sides


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return aware(value)
    return round(value, 6) if isinstance(value, float) else value
