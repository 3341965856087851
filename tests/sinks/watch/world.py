"""A small world of landed rows, made by a seed, in which every rule of the watch finds something."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from schemas.enums import Category
from schemas.links import Link, people, person_of
from tests.sinks.conftest import Database

#: 14:30 in Vietnam, on a Thursday.
NOW = datetime(2021, 8, 5, 7, 30, tzinfo=UTC)
SINCE = NOW - timedelta(hours=73)
#: What brings scans late, and nothing else.
_LATE_DEVICE = 13
LOCAL = timedelta(hours=7)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Commune to its district and province, as places are enriched.
AREAS = {
    14758: (380, 38),
    14755: (380, 38),
    18070: (436, 42),
    31498: (941, 94),
    31510: (941, 94),
    26017: (731, 75),
    26071: (732, 75),
}


#: When the first version of yesterday's daily report was made; that of other provinces is missing.
REPORTED = {42: datetime(2021, 8, 4, 9, 20, tzinfo=UTC), 94: datetime(2021, 8, 4, 9, 55, tzinfo=UTC)}


def local_midnight(moment: datetime) -> datetime:
    """Return the beginning of the moment's day in Vietnam."""
    return (moment + LOCAL).replace(hour=0, minute=0, second=0, microsecond=0) - LOCAL


@dataclass(frozen=True, kw_only=True)
class Place:
    """A row of `places`."""

    place_id: int
    category: Category
    commune_code: int
    capacity: int


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What rules read of a row of `scans`."""

    scan_id: bytes
    subject: bytes
    place_id: int
    device_id: int
    direction: str
    event_time: datetime
    logged_at: datetime
    feed: str
    verdict: str
    lateness: str
    category: int
    commune: int
    district: int
    province: int


@dataclass(frozen=True, kw_only=True)
class Report:
    """A row of any report table: what every one has, and its own columns."""

    table: str
    event_id: bytes
    subject: bytes
    event_time: datetime
    logged_at: datetime
    own: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, column: str) -> Any:
        """Return one of its own columns."""
        return self.own[column]


@dataclass(frozen=True, kw_only=True)
class World:
    """All rows."""

    places: Sequence[Place]
    devices: dict[int, tuple[int, bool]]
    scans: Sequence[Scan]
    reports: Sequence[Report]

    def landed(self, table: str) -> list[Report]:
        """Return a table's reports."""
        return [report for report in self.reports if report.table == table]

    @cached_property
    def withdrawn(self) -> set[bytes]:
        """Return the identities of what corrections withdraw."""
        return {report["corrects"] for report in self.landed("corrections")}

    def of(self, table: str) -> list[Report]:
        """Return a table's reports that nobody withdrew, by event time, as rules order them."""
        found = [report for report in self.landed(table) if report.event_id not in self.withdrawn]
        return sorted(found, key=lambda report: (report.event_time, report.event_id))

    @cached_property
    def in_force(self) -> list[Scan]:
        """Return accepted scans that no correction withdraws, by event time."""
        found = [scan for scan in self.scans if scan.verdict == "ACCEPTED" and scan.scan_id not in self.withdrawn]
        return sorted(found, key=lambda scan: (scan.event_time, scan.scan_id))

    @cached_property
    def _people(self) -> dict[bytes, bytes]:
        links = self.landed("identity_links")
        return people(
            Link(event_id=it.event_id, subject=it.subject, other=it["other"], event_time_ms=0) for it in links
        )

    def person(self, subject: bytes) -> bytes:
        """Return the person a document belongs to: the smallest of their documents."""
        return person_of(self._people, subject)


def make_world(seed: int) -> World:
    """Return a world of thirty people, a dozen places and a week; times are whole milliseconds."""
    return _Maker(random.Random(seed)).world()


class _Maker:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.people = [chance.randbytes(16) for _ in range(30)]
        communes = list(AREAS)
        kinds = [Category.CAFE, Category.HOSPITAL, Category.SCHOOL, Category.CHECKPOINT, Category.ISOLATION_SITE]
        self.places = [
            Place(
                place_id=number,
                category=chance.choice(kinds),
                commune_code=communes[number % 5],  # the last two have places where nobody goes
                capacity=chance.choice([0, 1, 2, 3, 5]),
            )
            for number in range(1, 13)
        ]
        idle = [
            Place(place_id=number, category=Category.PARK, commune_code=commune, capacity=0)
            for number, commune in ((20, 26017), (21, 26017), (22, 26071))
        ]
        self.registered = [*self.places, *idle]

    def world(self) -> World:
        scans = [*self._scans(), *self._crowd()]
        withdrawn = [
            self._report("corrections", scan.subject, NOW, corrects=scan.scan_id, action="WITHDRAW")
            for scan in self.chance.sample(scans, 30)
        ]
        reports = list(self._reports())
        withdrawn += [
            self._report("corrections", report.subject, NOW, corrects=report.event_id, action="WITHDRAW")
            for report in self.chance.sample(reports, 20)
            if report.table != "heartbeats"
        ]
        late = [self._late(scan) for scan in self._of_cases(scans, reports) for _ in range(2)]
        withdrawn += [
            self._report("corrections", scan.subject, NOW, corrects=scan.scan_id, action="WITHDRAW")
            for scan in self.chance.sample(late, 5)
        ]
        exposed = list(self._exposures(late))
        late += [self._late(replace(scan, subject=self.chance.choice(self.people))) for scan in late]
        return World(
            places=self.registered,
            devices={number: (number, number == 5) for number in range(1, _LATE_DEVICE + 1)},
            scans=[*scans, *late],
            reports=[*reports, *withdrawn, *exposed, *self._links(), *self._residents()],
        )

    def _of_cases(self, scans: Sequence[Scan], reports: Sequence[Report]) -> list[Scan]:
        """Return scans of people with a case, or of whoever else they are in truth."""
        cases = {report.subject for report in reports if report.table == "cases"}
        return [scan for scan in scans if scan.subject in cases or scan.subject in self.people[:4]][:40]

    def _late(self, scan: Scan) -> Scan:
        """Return the like of a scan an hour on, that came late."""
        return replace(
            scan,
            scan_id=self.chance.randbytes(16),
            event_time=scan.event_time + timedelta(minutes=self.chance.randrange(90)),
            logged_at=NOW - timedelta(minutes=self.chance.randrange(1, 300)),
            device_id=_LATE_DEVICE,
            verdict="ACCEPTED",
            lateness="LATE",
        )

    def _exposures(self, scans: Sequence[Scan]) -> Iterator[Report]:
        for scan in self.chance.sample(scans, 20):
            told = self._report("alerts", bytes(16), local_midnight(scan.event_time), place_id=scan.place_id)
            told.own["type"] = "EXPOSURE_VENUE"
            yield replace(told, logged_at=NOW - timedelta(hours=self.chance.randrange(1, 5)))

    def _residents(self) -> Iterator[Report]:
        """Tell of people who were last heard of days ago, each from one of the lockdowns."""
        for _ in range(15):
            yield self._report(
                "health_updates",
                self.chance.randbytes(16),
                NOW - timedelta(hours=self.chance.randrange(36, 110)),
                scope="LOCKDOWN",
                assignment_id=bytes([self.chance.choice([1, 2, 3, 4, 5])]) * 16,
                status="SUBMITTED",
                symptoms=0,
                temperature_c10=0,
                commune_code=0,
            )

    def _links(self) -> Iterator[Report]:
        """Link documents in pairs, and three in a chain."""
        for one, other in [(0, 1), (2, 3), (4, 5), (5, 6), (7, 8), (9, 10)]:
            yield self._report("identity_links", self.people[one], self._moment(9), other=self.people[other])

    def _moment(self, days: float) -> datetime:
        return NOW - timedelta(milliseconds=self.chance.randrange(1, int(days * 86_400_000)))

    def _scans(self) -> Iterator[Scan]:
        for _ in range(700):
            place = self.chance.choice(self.places)
            # The first places fall silent for days, and most devices for the last hours.
            least = {1: 4.0, 2: 3.2, 3: 10.0}.get(place.place_id, self.chance.choice([0.0, 0.1]))
            yield self._scan(place, self._moment(7) - timedelta(days=least), self.chance.choice(self.people))

    def _crowd(self) -> Iterator[Scan]:
        for _ in range(60):
            place = self.chance.choice(self.places[5:])
            yield self._scan(place, self._moment(0.1), self.chance.choice(self.people))

    def _scan(self, place: Place, moment: datetime, person: bytes) -> Scan:
        district, province = AREAS[place.commune_code]
        feed = "checkpoint" if place.category is Category.CHECKPOINT else "venue"
        return Scan(
            scan_id=self.chance.randbytes(16),
            subject=person,
            place_id=place.place_id,
            device_id=place.place_id,
            direction=self.chance.choice(["IN", "IN", "OUT", "PASS"]),
            event_time=moment,
            logged_at=min(NOW, moment + timedelta(milliseconds=self.chance.choice([5, 900, 90_000]))),
            feed=self.chance.choice([feed, feed, feed, "vehicle"]),
            verdict=self.chance.choice(["ACCEPTED"] * 9 + ["RESCAN"]),
            lateness="ON_TIME",
            category=int(place.category),
            commune=place.commune_code,
            district=district,
            province=province,
        )

    def _report(self, table: str, subject: bytes, moment: datetime, **own: Any) -> Report:
        return Report(
            table=table,
            event_id=self.chance.randbytes(16),
            subject=subject,
            event_time=moment,
            logged_at=min(NOW, moment + timedelta(milliseconds=700)),
            own=own,
        )

    def _reports(self) -> Iterator[Report]:
        for make in (
            self._passes,
            self._health,
            self._isolations,
            self._cases,
            self._decisions,
            self._lockdowns,
            self._lives,
        ):
            yield from make()

    def _passes(self) -> Iterator[Report]:
        for _ in range(25):
            pass_id, person, moment = self.chance.randbytes(16), self.chance.choice(self.people), self._moment(4)
            for action in ["ISSUED", *self.chance.choice([[], ["RENEWED"], ["REVOKED"], ["REVOKED", "RENEWED"]])]:
                until = moment + timedelta(hours=self.chance.choice([12, 24, 72]))
                yield self._report("passes", person, moment, pass_id=pass_id, action=action, valid_until=until)
                moment = min(NOW, moment + timedelta(hours=self.chance.randrange(1, 40)))

    def _health(self) -> Iterator[Report]:
        for _ in range(150):
            person, symptoms = self.chance.choice(self.people), self.chance.choice([0, 0, 1, 2, 6, 24, 68])
            yield self._report(
                "declarations", person, self._moment(6), symptoms=symptoms, commune_code=self.chance.choice(list(AREAS))
            )
        for _ in range(150):
            person = self.chance.choice(self.people)
            asked = self.chance.random() < 0.8
            yield self._report(
                "health_updates",
                person,
                self._moment(6),
                scope=self.chance.choice(["ISOLATION", "LOCKDOWN"]),
                assignment_id=bytes([self.chance.choice([1, 2, 3, 4, 5])]) * 16,
                status="SUBMITTED" if asked else "REFUSED",
                symptoms=self.chance.choice([0, 0, 2, 5, 10]) if asked else 0,
                temperature_c10=self.chance.choice([0, 365, 374, 375, 390]),
                commune_code=self.chance.choice(list(AREAS)),
            )

    def _isolations(self) -> Iterator[Report]:
        for person in self.people[:20]:
            begins = self._moment(6)
            ended = self._moment(5) if self.chance.random() < 0.2 else None
            place = self.chance.choice(self.places)
            for action, moment in [("ASSIGNED", begins - timedelta(hours=1)), *([("ENDED", ended)] if ended else [])]:
                yield self._report(
                    "isolations",
                    person,
                    moment,
                    isolation_id=person[:8] * 2,
                    action=action,
                    site_id=place.place_id,
                    commune_code=place.commune_code,
                    starts=begins,
                    days=self.chance.choice([2, 14]),
                )

    def _cases(self) -> Iterator[Report]:
        for _ in range(8):
            case_id, person = self.chance.randbytes(16), self.chance.choice(self.people)
            for status in self.chance.choice([["SUSPECTED"], ["CONFIRMED"], ["SUSPECTED", "CONFIRMED"], ["REJECTED"]]):
                moment = self._moment(5)
                begins = self.chance.choice([EPOCH, moment - timedelta(days=3)])
                yield self._report(
                    "cases",
                    person,
                    moment,
                    case_id=case_id,
                    status=status,
                    onset=self.chance.choice([EPOCH, moment - timedelta(days=1)]),
                    infectious_from=begins,
                    infectious_until=self.chance.choice([EPOCH, moment + timedelta(days=1)]),
                )

    def _decisions(self) -> Iterator[Report]:
        for _ in range(40):
            moment = self._moment(6)
            begins = moment + timedelta(hours=self.chance.randrange(-48, 48))
            yield self._report(
                "area_decisions",
                self.chance.randbytes(16),
                moment,
                about="RISK",
                level=self.chance.choice(["COMMUNE", "DISTRICT", "PROVINCE"]),
                area_code=self.chance.choice([38, 94]),
                risk_level=self.chance.randrange(1, 5),
                regime="NONE",
                valid_from=begins,
                valid_until=self.chance.choice([EPOCH, EPOCH, begins + timedelta(hours=20)]),
            )

        for level, area in [("PROVINCE", 75), ("DISTRICT", 731), ("DISTRICT", 732), ("COMMUNE", 26017)] * 3:
            begins = self._moment(6)
            yield self._report(
                "area_decisions",
                self.chance.randbytes(16),
                begins,
                about="REGIME",
                level=level,
                area_code=area,
                risk_level=0,
                regime=self.chance.choice(["NONE", "CT15", "CT16", "CT16"]),
                valid_from=begins,
                valid_until=self.chance.choice([EPOCH, begins + timedelta(hours=30)]),
            )

    def _lockdowns(self) -> Iterator[Report]:
        areas = [("HAMLET", 14758), ("COMMUNE", 18070), ("DISTRICT", 380), ("PROVINCE", 94), ("COMMUNE", 31498)]
        for number, (level, area) in enumerate(areas, start=1):
            begins = self._moment(6)
            for action in ["STARTED", *self.chance.choice([[], ["ENDED"], ["CHANGED"]])]:
                yield self._report(
                    "lockdowns",
                    bytes([number]) * 16,
                    begins if action == "STARTED" else self._moment(1),
                    lockdown_id=bytes([number]) * 16,
                    action=action,
                    level=level,
                    area_code=area,
                    valid_from=begins,
                    valid_until=self.chance.choice([EPOCH, begins + timedelta(days=4)]),
                )

    def _lives(self) -> Iterator[Report]:
        for place in (1, 2, 3, 20, 21):
            for action in self.chance.choice([["QR_POSTED"], ["QR_POSTED", "CLOSED"], ["CLOSED", "REOPENED"]]):
                yield self._report("place_events", bytes(16), self._moment(9), place_id=place, action=action)
        for device in range(1, 13):
            yield self._report("heartbeats", bytes(16), self._moment(0.4), device_id=device)


def land(database: Database, world: World) -> None:
    """Insert every row of the world as the sink would."""
    _insert(database, "scans", [vars(scan) for scan in world.scans])
    tables = {report.table for report in world.reports}
    for table in tables:
        common = [name.name for name in fields(Report) if name.name not in {"table", "own"}]
        rows = [{**{name: getattr(row, name) for name in common}, **row.own} for row in world.landed(table)]
        _insert(database, table, [{**row, "verdict": "ACCEPTED"} for row in rows])
    made = [{"province": province, "day": moment.date(), "made_at": moment} for province, moment in REPORTED.items()]
    _insert(database, "daily_reports", made)
    _insert(database, "places", [{**vars(place), "category": int(place.category)} for place in world.places])
    devices = [{"device_id": one, "place_id": at, "revoked": gone} for one, (at, gone) in world.devices.items()]
    _insert(database, "devices", devices)


def _insert(database: Database, table: str, rows: list[dict[str, Any]]) -> None:
    names = list(rows[0])
    database.client.insert(table, [[row[name] for name in names] for row in rows], names, database=database.name)
