"""A small world of scans, links, corrections and decisions for the tracing views, generated and landed."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from schemas.admin_units import communes
from schemas.enums import Category, Direction
from schemas.links import Link, people, person_of
from schemas.report_enums import LinkAction
from tests.sinks.conftest import Database
from tests.sinks.corrections import Correction, land_corrections
from tests.sinks.reports.landed import identity, land
from tests.sinks.test_people import land as land_links
from tests.sinks.visits_oracle import Scan, Visit, visits

#: Midnight in Vietnam, of a Tuesday.
MIDNIGHT = datetime(2021, 5, 31, 17, tzinfo=UTC)
COMPANY, HOTEL, CHECKPOINT, BUS = 1, 2, 5, 6
_CATEGORIES = (
    Category.CAFE, Category.COMPANY, Category.HOTEL, Category.FACTORY, Category.HOSPITAL, Category.CHECKPOINT,
    Category.PUBLIC_TRANSPORT_VEHICLE,
)  # fmt: skip
_FEEDS = {CHECKPOINT: "checkpoint", BUS: "vehicle"}
_EVER = {"since": datetime(2000, 1, 1, tzinfo=UTC), "until": datetime(2100, 1, 1, tzinfo=UTC)}
_UNITS = [communes()[0], communes()[1], communes()[600]]


def hour(hours: float) -> datetime:
    """Return the moment so many hours after `MIDNIGHT`, to the millisecond."""
    return MIDNIGHT + timedelta(milliseconds=round(hours * 3_600_000))


@dataclass(frozen=True)
class World:
    """What happened. Pseudonyms and places are numbers; a place's category, feed and commune follow from its number."""

    scans: Sequence[Scan]
    links: Sequence[Link]
    corrections: Sequence[Correction]
    levels: Mapping[tuple[int, datetime], int]  # by commune and since when

    @cached_property
    def in_force(self) -> list[Scan]:
        """The scans no correction in force takes back."""
        known = {one.event_id for one in self.corrections}
        undone = {one.corrects for one in self.corrections if one.corrects in known}
        withdrawn = {one.corrects for one in self.corrections if one.event_id not in undone}
        return [scan for scan in self.scans if scan.scan_id not in withdrawn]

    @cached_property
    def visits(self) -> list[Visit]:
        """Every visit, by the rules spelled out."""
        return visits(self.in_force, **_EVER)

    @cached_property
    def visits_apart(self) -> list[Visit]:
        """Every visit as if nobody had been scanned anywhere but at its place and on its trip."""
        places = {(scan.place, scan.trip) for scan in self.in_force}
        apart = [[scan for scan in self.in_force if (scan.place, scan.trip) == place] for place in places]
        return [visit for scans in apart for visit in visits(scans, **_EVER)]

    @cached_property
    def person_of(self) -> dict[int, int]:
        """The person of every pseudonym that was scanned or linked."""
        found = people(self.links)
        numbers = {scan.person for scan in self.scans} | {int.from_bytes(subject, "big") for subject in found}
        return {number: int.from_bytes(person_of(found, identity(number)), "big") for number in numbers}

    def pseudonyms(self, person: int) -> set[int]:
        """Return the numbers of all pseudonyms of the person one of them belongs to."""
        whose = self.person_of.get(person, person)
        return {person} | {number for number, its_person in self.person_of.items() if its_person == whose}

    def visits_of(self, person: int) -> list[Visit]:
        """Return the visits of all pseudonyms of a person."""
        return [visit for visit in self.visits if visit.person in self.pseudonyms(person)]

    def level_of(self, visit: Visit) -> int:
        """Return the level a visit has: that of the scan it goes by, its way in if there was one."""
        return self.risk_level(visit.place, visit.end if visit.start_imputed else visit.start)

    def risk_level(self, place: int, at: datetime) -> int:
        """Return the level of the place's commune at a moment; 0 for none."""
        told = [
            (since, level) for (unit, since), level in self.levels.items() if unit == commune(place) and since <= at
        ]
        return max(told)[1] if told else 0


def commune(place: int) -> int:
    """Return the code of the commune a place is in."""
    return _UNITS[place % len(_UNITS)].code


def area(place: int, level: str) -> int:
    """Return the code of the area of a level a place is in."""
    unit = _UNITS[place % len(_UNITS)]
    return int({"DISTRICT": unit.district_code, "PROVINCE": unit.province_code}.get(level, unit.code))


def made(seed: int, *, scans: int = 260, people_count: int = 14) -> World:
    """Return a world of three days; the same for the same seed."""
    seeded = random.Random(seed)
    happened = [_scan(seeded, number, seeded.randint(1, people_count)) for number in range(1, scans + 1)]
    mistaken = seeded.sample(happened, scans // 12)
    corrections = [
        Correction(number=number, corrects=scan.scan_id, at=hour(80)) for number, scan in enumerate(mistaken, start=1)
    ]
    corrections += [
        Correction(number=1_000 + number, corrects=corrections[number].event_id, at=hour(81)) for number in range(3)
    ]
    return World(happened, _links(seeded, people_count), corrections, _levels(seeded))


def _scan(seeded: random.Random, number: int, person: int) -> Scan:
    place = seeded.randrange(len(_CATEGORIES))
    feed = _FEEDS.get(place, "venue")
    half_hours = seeded.randint(0, 18) + 48 * seeded.randint(0, 2)
    direction = seeded.choice([Direction.IN, Direction.IN, Direction.OUT, Direction.OUT, Direction.PASS])
    return Scan(
        number=number,
        person=person,
        place=place,
        at=hour(14 + half_hours / 2) + timedelta(milliseconds=seeded.choice([-1, 0, 0, 0, 1])),
        direction=direction,
        category=_CATEGORIES[place],
        feed=feed,
        trip=seeded.choice([0, 71, 72]) if feed == "vehicle" else 0,
    )


def _links(seeded: random.Random, people_count: int) -> list[Link]:
    """Return links of chains, short and long, and rings, some taken back; some pseudonyms were never scanned."""
    pairs = [(1, 4), (4, 9), (9, 1), (2, 99), (99, 7), (7, 101), (101, 102), (102, 13), (5, 6), (3, 3)]
    # A chain with a short cut that does not hold.
    pairs += [(8, 104), (104, 105), (105, 12), (104, 12)]
    made_of = [(one, other, LinkAction.LINK) for one, other in pairs]
    made_of += [(6, 5, LinkAction.UNLINK), (12, 104, LinkAction.UNLINK)]
    made_of += [(seeded.randint(10, people_count), seeded.randint(10, people_count), LinkAction.LINK)]
    return [
        Link(
            event_id=identity(5_000 + at), subject=identity(one), other=identity(other), event_time_ms=at, action=action
        )
        for at, (one, other, action) in enumerate(made_of)
    ]


def _levels(seeded: random.Random) -> dict[tuple[int, datetime], int]:
    return {(unit.code, hour(seeded.randint(0, 70))): seeded.randint(1, 4) for unit in _UNITS[:2] for _ in range(3)}


def empty(database: Database) -> None:
    """Remove what the tests of this directory land."""
    for table in ("scans", "corrections", "identity_links", "places"):
        database.client.command(f"TRUNCATE TABLE `{database.name}`.{table}")


def land_world(database: Database, world: World) -> None:
    """Fill the empty tables."""
    land(database, "scans", [_row(scan, world.risk_level(scan.place, scan.at)) for scan in world.scans])
    land_links(database, list(world.links))
    land_corrections(database, *world.corrections)
    places = [[number, f"place {number}", each.name, commune(number)] for number, each in enumerate(_CATEGORIES)]
    columns = ["place_id", "name", "category", "commune_code"]
    database.client.insert("places", places, column_names=columns, database=database.name)


def _row(scan: Scan, risk_level: int) -> dict[str, object]:
    unit = _UNITS[scan.place % len(_UNITS)]
    return {
        "scan_id": scan.scan_id,
        "subject": identity(scan.person),
        "place_id": scan.place,
        "trip_id": scan.trip,
        "direction": scan.direction.name,
        "event_time": scan.at,
        "feed": scan.feed,
        "verdict": "ACCEPTED",
        "category": scan.category.name,
        "commune": unit.code,
        "district": unit.district_code,
        "province": unit.province_code,
        "risk_level": risk_level,
    }
