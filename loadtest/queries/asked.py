"""The questions that are timed, each about another person, place or day whenever it is asked."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from loadtest.queries.scans import subject_of
from loadtest.queries.world import DAYS, World

Drawn = dict[str, str]
#: Answers a query that has one value.
AskValue = Callable[[str], Any]
_PROVINCES = (38, 42, 64, 75, 94)
#: The orders' look-back for a case's contacts.
_INFECTIOUS_DAYS = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question: `sql` has {fields} that `draw` fills in, and may be several statements, a line with `;` between.

    `goal_ms` is what all of them may take together on 100 million scans; None where none is set.
    """

    name: str
    goal_ms: float | None
    sql: str
    draw: Callable[[World, random.Random, AskValue], Drawn]

    def texts(self, drawn: Drawn) -> list[str]:
        """Return the question's statements about what was drawn."""
        return [text.strip() for text in self.sql.format_map(drawn).split("\n;\n")]

    def other_texts(self, drawn: Drawn) -> list[str]:
        """Return the same without what was built to answer it sooner: projections and skip indices."""
        return [f"{text}\nSETTINGS optimize_use_projections = 0, use_skip_indexes = 0" for text in self.texts(drawn)]


def person(world: World, chance: random.Random, ask: AskValue) -> Drawn:
    """Draw anyone who scans, as hexadecimal digits, all the time there is, and a case's two weeks."""
    subject = ask(f"SELECT hex({subject_of(world, str(chance.randrange(world.persons)))})")
    infectious = world.end - timedelta(days=_INFECTIOUS_DAYS)
    return {
        "person": f"'{subject}'",
        "from": _moment(world.start),
        "to": _moment(world.end),
        "since": _moment(infectious),
    }


def place(world: World, chance: random.Random, ask: AskValue) -> Drawn:
    """Draw a place as its scans would, and an hour in the daytime of one of the last two weeks."""
    slot = chance.randrange(world.regions * world.slots)  # of venues, which come first
    chosen = ask(f"SELECT place FROM bench_slots WHERE slot = {slot}")  # noqa: S608 -- a number of ours
    at = world.start + timedelta(days=chance.randrange(DAYS - 14, DAYS), hours=chance.randrange(8, 20))
    return {"place": str(chosen), "at": _moment(at), "from": _moment(at - timedelta(hours=1)), "to": _moment(at)}


def day(world: World, chance: random.Random, _ask: AskValue) -> Drawn:
    """Draw one of the last seven days, and one of the five provinces; its report is made ten minutes before 17:00."""
    chosen = world.last_day - timedelta(days=chance.randrange(7))
    asked_at = world.midnight(chosen) + timedelta(hours=16, minutes=50)
    report = f"day = '{chosen}', seconds = {16 * 3600 + 50 * 60}, as_of = {_moment(asked_at)}"
    return {"day": f"'{chosen}'", "report": report, "province": str(chance.choice(_PROVINCES))}


def _moment(at: datetime) -> str:
    return f"'{at:%Y-%m-%d %H:%M:%S}'"


ASKED: Sequence[Asked] = (
    Asked(
        name="scans_of_person",
        goal_ms=100,
        draw=person,
        sql="""
SELECT place_id, event_time, direction, feed FROM scans_in_force
WHERE subject = unhex({person}) AND event_time >= {from} AND event_time < {to}
ORDER BY event_time, place_id
""",
    ),
    Asked(
        name="trace_points",
        goal_ms=100,
        draw=person,
        sql="SELECT * FROM trace_points(person = {person}, from = {from}, to = {to}) ORDER BY ALL",
    ),
    Asked(
        name="co_presence",
        goal_ms=1_000,
        draw=person,
        sql="""
SELECT * FROM co_presence(person = {person}, from = {since}, to = {to}, min_overlap = 15, linger = 30) ORDER BY ALL
""",
    ),
    Asked(
        name="who_was_in_place",
        goal_ms=None,
        draw=place,
        sql="SELECT * FROM who_was_in_place(place = {place}, from = {from}, to = {to}) ORDER BY ALL",
    ),
    Asked(
        name="occupancy",
        goal_ms=100,
        draw=place,
        sql="SELECT * FROM occupancy_of(place = {place}, at = {at})",
    ),
    Asked(
        name="occupancy_everywhere",
        goal_ms=None,
        draw=place,
        sql="SELECT * FROM occupancy(at = {at}) ORDER BY place_id",
    ),
    Asked(
        name="coverage",
        goal_ms=2_000,
        draw=day,
        sql="SELECT * FROM venue_coverage(day = {day}) ORDER BY ALL",
    ),
    Asked(
        name="zero_scan_communes",
        goal_ms=None,
        draw=day,
        sql="SELECT * FROM zero_scan_communes(day = {day}) ORDER BY ALL",
    ),
    Asked(
        name="daily_report",
        goal_ms=2_000,
        draw=day,
        sql="""
SELECT * FROM daily_scans(province = {province}, {report}, exact = 0) ORDER BY ALL
;
SELECT * FROM daily_points(province = {province}, {report}) ORDER BY ALL
;
SELECT * FROM daily_declarations(province = {province}, {report}) ORDER BY ALL
;
SELECT * FROM daily_updates(province = {province}, {report}) ORDER BY ALL
;
SELECT * FROM daily_arrivals({report}) ORDER BY ALL
""",
    ),
)

NAMES = tuple(asked.name for asked in ASKED)
