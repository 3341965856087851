"""Ten days of made-up rows of two provinces, by a seed: late ones, corrected ones, at the edges of days."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.sinks.conftest import Database

#: Midnight in Vietnam, of the day reported.
MIDNIGHT = datetime(2021, 8, 4, 17, tzinfo=UTC)
DAY = date(2021, 8, 5)
PROVINCE = 42
#: Commune to district and province.
AREAS = {18070: (436, 42), 18115: (437, 42), 18133: (439, 42), 14758: (380, 38)}
_HOUR, _TICK = timedelta(hours=1), timedelta(milliseconds=1)
Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class World:
    """Rows by table."""

    tables: Mapping[str, Sequence[Row]]

    def __getitem__(self, table: str) -> Sequence[Row]:
        """Return a table's rows."""
        return self.tables[table]


def make_world(seed: int) -> World:
    """Return a world; logged times are up to two days after the events they are of."""
    made = _Maker(random.Random(seed))
    tables: dict[str, list[Row]] = {
        "places": made.places,
        "place_events": list(made.place_events()),
        "scans": list(made.scans()),
        "declarations": list(made.declarations()),
        "isolations": list(made.isolations()),
        "health_updates": list(made.updates()),
        "dead_letter_log": list(made.dead_letters()),
    }
    tables["corrections"] = list(made.corrections(tables))
    tables["places"] = [*made.places, *made.moves()]
    tables["identity_links"] = list(made.links())
    for name, rows in tables.items():
        if name != "places":
            for offset, row in enumerate(rows):
                row["_offset"] = offset
    return World(tables=tables)


def land(database: Database, world: World) -> None:
    """Insert all rows."""
    for table, rows in world.tables.items():
        insert(database, table, rows)


def insert(database: Database, table: str, rows: Sequence[Row]) -> None:
    """Insert rows with the same columns."""
    database.client.insert(
        table, [list(row.values()) for row in rows], column_names=list(rows[0]), database=database.name
    )


class _Maker:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.people = [chance.randbytes(16) for _ in range(40)]
        communes = list(AREAS)
        self.commune_of = {number: communes[number % 4] for number in range(1, 21)}
        self.places = [
            {
                "place_id": number, "name": "", "commune_code": commune, "updated_at": self.moment(),
                "_partition": 0, "_offset": number,
            }
            for number, commune in self.commune_of.items()
        ]  # fmt: skip

    def moves(self) -> Iterator[Row]:
        """Yield later states of some places, in other communes: some leave the province, others come."""
        for place in self.places[:12]:
            commune = self.chance.choice([other for other in AREAS if other != place["commune_code"]])
            yield {**place, "commune_code": commune, "updated_at": self.moment(), "_offset": 100}

    def moment(self) -> datetime:
        """Return a moment of ten days; often a day's first or last."""
        day = MIDNIGHT + timedelta(days=self.chance.randint(-8, 1))
        edge = self.chance.choice(
            [timedelta(0), timedelta(milliseconds=-1), 16 * _HOUR, 16 * _HOUR - _HOUR / 3_600_000]
        )
        return day + (edge if self.chance.random() < 0.1 else timedelta(milliseconds=self.chance.randrange(86_400_000)))

    def scans(self) -> Iterator[Row]:
        for _ in range(900):
            place = self.chance.choice(list(self.commune_of))
            commune = self.commune_of[place]
            district, province = AREAS[commune]
            is_known = self.chance.random() > 0.05
            yield self._event(
                "scan_id",
                place_id=place,
                feed=self.chance.choice(["venue", "venue", "checkpoint", "vehicle"]),
                verdict=self.chance.choice(["ACCEPTED"] * 5 + ["RESCAN"]),
                lateness=self.chance.choice(["ON_TIME", "ON_TIME", "LATE", "VERY_LATE"]),
                capture_mode=self.chance.choice(["SELF_APP", "SELF_APP", "PAPER", "ASSISTED"]),
                decision=self.chance.choice(["NONE", "ALLOW", "DENY"]),
                decision_reason=self.chance.choice(["NONE", "NO_PASS", "EXPIRED", "MISMATCH", "FEVER"]),
                commune=commune if is_known else 0,
                district=district if is_known else 0,
                province=province if is_known else 0,
            )

    def declarations(self) -> Iterator[Row]:
        for _ in range(400):
            district, province = AREAS[self.chance.choice(list(AREAS))]
            yield self._event(
                "event_id",
                kind=self.chance.choice(["DOMESTIC", "ENTRY"]),
                source_app=self.chance.choice(["NCOVI", "BLUEZONE", "OTHER"]),
                symptoms=self.chance.choice([0, 0, 1, 6]),
                verdict="ACCEPTED",
                district=district,
                province=province,
            )

    def isolations(self) -> Iterator[Row]:
        for _ in range(80):
            at = self.moment()
            district, province = AREAS[self.chance.choice(list(AREAS))]
            yield self._event(
                "event_id",
                at=at,
                isolation_id=bytes([self.chance.randint(1, 3)] * 16),
                action=self.chance.choice(["ASSIGNED", "ASSIGNED", "MOVED", "ENDED"]),
                starts=at + timedelta(hours=self.chance.choice([0, 0, 30])),
                days=self.chance.choice([1, 3, 14]),
                verdict="ACCEPTED",
                district=district,
                province=province,
            )

    def updates(self) -> Iterator[Row]:
        for _ in range(400):
            yield self._event(
                "event_id", status=self.chance.choice(["SUBMITTED", "SUBMITTED", "REFUSED"]), verdict="ACCEPTED"
            )

    def links(self) -> Iterator[Row]:
        """Yield links of few documents, so that some are linked, and unlinked, in chains."""
        for _ in range(30):
            subject, other = self.chance.sample(self.people[:20], 2)
            action = self.chance.choice(["LINK", "LINK", "UNLINK"])
            yield self._event("event_id", verdict="ACCEPTED", other=other, link_action=action) | {"subject": subject}

    def place_events(self) -> Iterator[Row]:
        for _ in range(30):
            yield self._event(
                "event_id",
                place_id=self.chance.choice(list(self.commune_of)),
                action=self.chance.choice(["REGISTERED", "CLOSED", "REOPENED", "REMINDED"]),
                verdict="ACCEPTED",
            )

    def dead_letters(self) -> Iterator[Row]:
        for _ in range(60):
            yield {
                "feed": self.chance.choice(["venue", "checkpoint", "declaration"]),
                "reason": "TRUNCATED",
                "stage": "DECODE",
                "logged_at": self.moment(),
            }

    def corrections(self, tables: Mapping[str, Sequence[Row]]) -> Iterator[Row]:
        """Yield corrections of everything, and some of those."""
        told = [row.get("scan_id") or row.get("event_id") for rows in tables.values() for row in rows]
        first = [self._corrects(event) for event in self.chance.sample([one for one in told if one], 150)]
        second = [self._corrects(row["event_id"]) for row in self.chance.sample(first, 40)]
        yield from [*first, *second, *(self._corrects(row["event_id"]) for row in self.chance.sample(second, 10))]

    def _corrects(self, event: bytes) -> Row:
        return self._event("event_id", corrects=event, action="WITHDRAW", verdict="ACCEPTED")

    def _event(self, identity: str, *, at: datetime | None = None, **own: Any) -> Row:
        when = at or self.moment()
        delay = timedelta(seconds=self.chance.choice([0, 1, 600, 20_000, 170_000]))
        return {
            identity: self.chance.randbytes(16),
            "subject": self.chance.choice(self.people),
            "event_time": when,
            "logged_at": when + delay,
            **own,
        }
