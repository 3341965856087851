"""The questions that are timed, each about another person, place or day whenever it is asked."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from loadtest.queries.places import SLOTS
from loadtest.queries.scans import subject_of
from loadtest.queries.world import DAYS, World

Drawn = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question: `sql` and another way to the same answer, with {fields} that `draw` fills in.

    `goal_ms` is what it may take at most on 100 million scans. The other way, where there is none of its own, is the
    same text without projections and skip indices.
    """

    name: str
    goal_ms: float
    sql: str
    draw: Callable[[World, random.Random], Drawn]
    other: str = ""

    def text(self, drawn: Drawn) -> str:
        """Return the question about what was drawn."""
        return self.sql.format_map(drawn)

    def other_text(self, drawn: Drawn) -> str:
        """Return the other way to its answer."""
        plain = " SETTINGS optimize_use_projections = 0, use_skip_indexes = 0"
        return self.other.format_map(drawn) if self.other else self.text(drawn) + plain


def person(world: World, chance: random.Random) -> Drawn:
    """Draw anyone who scans, and the whole time."""
    subject = subject_of(world, str(chance.randrange(world.persons)))
    return {"person": subject, "from": _moment(world.start), "to": _moment(world.end)}


def place(world: World, chance: random.Random) -> Drawn:
    """Draw a place as its scans would, and an hour of a day."""
    at = _daytime(world, chance)
    chosen = f"(SELECT place FROM bench_slots WHERE slot = {chance.randrange(SLOTS)})"  # noqa: S608 -- a number of ours
    return {"place": chosen, "at": _moment(at), "from": _moment(at - timedelta(hours=1)), "to": _moment(at)}


def day(world: World, chance: random.Random) -> Drawn:
    """Draw one of the last seven days, and one of the five provinces."""
    chosen = world.last_day - timedelta(days=chance.randrange(7))
    begins = world.midnight(chosen)
    return {
        "day": f"'{chosen}'",
        "province": str(chance.choice([38, 42, 64, 75, 94])),
        "from": _moment(begins),
        "to": _moment(begins + timedelta(days=1)),
        "week": _moment(begins - timedelta(days=6)),
        "at": _moment(begins + timedelta(hours=17)),
    }


def _daytime(world: World, chance: random.Random) -> datetime:
    days = chance.randrange(max(0, DAYS - 14), DAYS)
    return world.start + timedelta(days=days, hours=chance.uniform(8, 20))


def _moment(at: datetime) -> str:
    return f"toDateTime64('{at:%Y-%m-%d %H:%M:%S}', 3, 'UTC')"


ASKED = (
    Asked(
        name="trace_points",
        goal_ms=100,
        draw=person,
        sql="""
SELECT place_id, event_time, direction, gate, feed, commune, risk_level FROM scans_in_force
WHERE subject = {person} AND event_time >= {from} AND event_time < {to}
ORDER BY event_time, place_id
""",
    ),
    Asked(
        name="co_presence",
        goal_ms=1_000,
        draw=person,
        sql="""
WITH points AS (SELECT place_id, event_time AS at FROM scans_in_force
    WHERE subject = {person} AND event_time >= {from} AND event_time < {to})
SELECT other.subject AS subject, count() AS times, min(abs(dateDiff('second', other.event_time, points.at))) AS nearest
FROM (SELECT place_id, subject, event_time FROM scans_in_force
    WHERE (place_id, toStartOfHour(event_time)) IN
            (SELECT place_id, toStartOfHour(at) + arrayJoin([-3600, 0, 3600]) FROM points)
        AND subject != {person}) AS other
INNER JOIN points ON points.place_id = other.place_id
WHERE abs(dateDiff('second', other.event_time, points.at)) <= 900
GROUP BY subject ORDER BY subject
""",
    ),
    Asked(
        name="who_was_in",
        goal_ms=1_000,
        draw=place,
        sql="""
SELECT subject, min(event_time) AS first, max(event_time) AS last, count() AS scans FROM scans_in_force
WHERE place_id = {place} AND event_time >= {from} AND event_time < {to}
GROUP BY subject ORDER BY subject
""",
    ),
    Asked(
        name="occupancy",
        goal_ms=100,
        draw=place,
        sql="""
SELECT countIf(last = 'IN') AS inside, count() AS seen FROM
(
    SELECT subject, argMax(direction, (event_time, _offset)) AS last FROM scans_in_force
    WHERE place_id = {place} AND event_time < {at} AND event_time >= {at} - toIntervalHour(12)
    GROUP BY subject
)
""",
    ),
    Asked(
        name="coverage",
        goal_ms=2_000,
        draw=day,
        sql="""
SELECT registered.category, registered.department, units.district AS district, count() AS registered,
    countIf(active.week > 0) AS active_week, countIf(active.day > 0) AS active_day
FROM (SELECT * FROM places FINAL) AS registered
LEFT JOIN admin_units AS units ON units.commune = registered.commune_code
LEFT JOIN
(
    SELECT place_id AS place, count() AS week, countIf(event_time >= {from}) AS day FROM scans_in_force
    WHERE event_time >= {week} AND event_time < {to} AND logged_at >= {week} - toIntervalDay(1)
    GROUP BY place_id
) AS active ON active.place = registered.place_id
GROUP BY ALL ORDER BY ALL
""",
    ),
    Asked(
        name="daily_report",
        goal_ms=2_000,
        draw=day,
        sql="""
SELECT district, count() AS scans, uniqExact(subject) AS persons, uniqExact(place_id) AS places,
    countIf(lateness != 'ON_TIME') AS late
FROM scans_in_force
WHERE province = {province} AND event_time >= {from} AND event_time < {to}
    AND logged_at >= {from} - toIntervalDay(1) AND logged_at < {at}
GROUP BY district ORDER BY district
""",
    ),
)
