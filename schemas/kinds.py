"""The table of kinds: everything that differs between feeds, one row each.

Adding a feed is one Avro file, one row here and one migration. Sizes that differ between installations (partitions,
retention) are settings; what must never differ between processes is here.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from schemas.enums import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A former schema of a kind: its number in the wire format and its Avro file. Its records are still read."""

    schema_id: int
    avro: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A stream of events: raw topic in, landing log out, rows in one table.

    `code` is the feed's number in rows; `schema_id` its number in the Confluent wire format (fixed for ever), `history`
    the schemas it had before, oldest first. `rescan_window_ms` is how long another scan of the same subject, place and
    direction counts as a re-scan; 0: there is no such thing. `quiet` feeds have a quarter of the partitions. `senders`
    are the roles whose devices may send it through the gateway. `raw_days` is how long Kafka keeps its raw events. With
    `contact` the gateway takes the person's contact details beside the event, and seals them.
    """

    name: str
    code: int
    schema_id: int
    avro: str
    topic: str
    table: str
    rescan_window_ms: int = 0
    history: tuple[Version, ...] = ()
    quiet: bool = False
    raw_days: int = 3
    contact: bool = False
    senders: frozenset[Role] = frozenset({Role.SCANNER, Role.KIOSK, Role.OPERATOR})

    @property
    def landing_topic(self) -> str:
        """Topic of the landing log: the feed's output and the worker's checkpoint, partition for partition."""
        return f"{self.topic}.landing"

    @property
    def is_scan(self) -> bool:
        """Whether it is a feed of scans: they share a table, and what is known of people is added to them."""
        return self.table == "scans"

    def partitions(self, busy: int) -> int:
        """Return how many partitions its topics have where busy feeds have `busy`."""
        return max(1, busy // 4) if self.quiet else busy


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A compacted topic with the latest state of each entity, keyed by its decimal identity."""

    name: str
    schema_id: int
    avro: str
    topic: str
    table: str
    key: str
    history: tuple[Version, ...] = ()


VENUE = Feed(
    name="venue",
    code=1,
    schema_id=201,
    avro="venue_scan.avsc",
    history=(Version(schema_id=101, avro="history/venue_scan.101.avsc"),),
    topic="scans.venue.v1",
    table="scans",
    rescan_window_ms=300_000,
)
CHECKPOINT = Feed(
    name="checkpoint",
    code=2,
    schema_id=202,
    avro="checkpoint_scan.avsc",
    history=(Version(schema_id=102, avro="history/checkpoint_scan.102.avsc"),),
    topic="scans.checkpoint.v1",
    table="scans",
    rescan_window_ms=120_000,
)
VEHICLE = Feed(
    name="vehicle",
    code=3,
    schema_id=203,
    avro="vehicle_scan.avsc",
    history=(Version(schema_id=103, avro="history/vehicle_scan.103.avsc"),),
    topic="scans.vehicle.v1",
    table="scans",
    rescan_window_ms=60_000,
)
PLACES = Reference(
    name="place",
    schema_id=5,
    avro="place.avsc",
    topic="places.v1",
    table="places",
    key="place_id",
    history=(Version(schema_id=1, avro="history/place.1.avsc"),),
)
DEVICES = Reference(
    name="device",
    schema_id=4,
    avro="device.avsc",
    topic="devices.v1",
    table="devices",
    key="device_id",
    history=(Version(schema_id=2, avro="history/device.2.avsc"),),
)
AREAS = Reference(name="area", schema_id=3, avro="area.avsc", topic="areas.v1", table="areas", key="commune_code")


#: Workers read what these say of a person from the start of the raw topics, so those last as long as person-level rows.
_PERSON_DAYS = 28
#: What was decided on an area holds until it is decided anew, however long ago that was: ten years, a few megabytes.
_DECISION_DAYS = 3_650


def _report(
    name: str,
    code: int,
    topic: str,
    table: str,
    *senders: Role,
    raw_days: int = 3,
    contact: bool = False,
    history: tuple[Version, ...] = (),
) -> Feed:
    """Return a quiet feed without re-scans; its schema has its name, and a number higher by 100 than the one before."""
    return Feed(
        name=name,
        code=code,
        schema_id=100 * (1 + len(history)) + code,
        avro=f"{name}.avsc",
        history=history,
        topic=topic,
        table=table,
        quiet=True,
        raw_days=raw_days,
        contact=contact,
        senders=frozenset(senders),
    )


DECLARATION = _report(
    "declaration",
    4,
    "health.declaration.v1",
    "declarations",
    Role.SCANNER,
    Role.KIOSK,
    Role.OPERATOR,
    Role.HEALTH,
    contact=True,
    history=(Version(schema_id=104, avro="history/declaration.104.avsc"),),
)
UPDATE = _report(
    "update", 5, "health.update.v1", "health_updates", Role.SCANNER, Role.KIOSK, Role.OPERATOR, Role.HEALTH
)
PASS = _report(
    "pass",
    6,
    "passes.v1",
    "passes",
    Role.KIOSK,
    Role.OPERATOR,
    Role.AUTHORITY,
    raw_days=_PERSON_DAYS,
    contact=True,
)
ISOLATION = _report(
    "isolation",
    7,
    "isolations.v1",
    "isolations",
    Role.OPERATOR,
    Role.HEALTH,
    Role.AUTHORITY,
    raw_days=_PERSON_DAYS,
    contact=True,
)
LOCKDOWN = _report("lockdown", 8, "lockdowns.v1", "lockdowns", Role.AUTHORITY, raw_days=_DECISION_DAYS)
CASE = _report("case", 9, "cases.v1", "cases", Role.HEALTH, Role.AUTHORITY, raw_days=_PERSON_DAYS, contact=True)
TEST = _report("test", 10, "tests.v1", "test_results", Role.OPERATOR, Role.HEALTH)
VACCINATION = _report(
    "vaccination", 11, "vaccinations.v1", "vaccinations", Role.OPERATOR, Role.HEALTH, raw_days=_PERSON_DAYS
)
DECISION = _report("decision", 12, "areas.decisions.v1", "area_decisions", Role.AUTHORITY, raw_days=_DECISION_DAYS)
PLACE_EVENT = _report("place_event", 13, "places.events.v1", "place_events", Role.OPERATOR, Role.AUTHORITY)
LINK = Feed(
    name="link",
    code=14,
    schema_id=114,
    avro="identity_link.avsc",
    topic="identity.links.v1",
    table="identity_links",
    quiet=True,
    raw_days=_PERSON_DAYS,
    senders=frozenset({Role.OPERATOR, Role.HEALTH, Role.AUTHORITY}),
)
HEARTBEAT = _report("heartbeat", 15, "devices.heartbeats.v1", "heartbeats", Role.SCANNER, Role.KIOSK, Role.OPERATOR)
WAVE_THROUGH = _report(
    "wave_through", 16, "checkpoints.waves.v1", "wave_throughs", Role.SCANNER, Role.KIOSK, Role.OPERATOR, Role.AUTHORITY
)
CORRECTION = _report(
    "correction",
    17,
    "corrections.v1",
    "corrections",
    Role.OPERATOR,
    Role.HEALTH,
    Role.AUTHORITY,
    raw_days=_DECISION_DAYS,
)
ALERT = _report("alert", 19, "alerts.v1", "alerts", Role.AUTHORITY)

#: Scans share a table, the rules on re-scans, and the hot path.
SCANS: tuple[Feed, ...] = (VENUE, CHECKPOINT, VEHICLE)
REPORTS: tuple[Feed, ...] = (
    DECLARATION,
    UPDATE,
    PASS,
    ISOLATION,
    LOCKDOWN,
    CASE,
    TEST,
    VACCINATION,
    DECISION,
    PLACE_EVENT,
    LINK,
    HEARTBEAT,
    WAVE_THROUGH,
    CORRECTION,
    ALERT,
)
FEEDS: tuple[Feed, ...] = (*SCANS, *REPORTS)
REFERENCES: tuple[Reference, ...] = (PLACES, DEVICES, AREAS)


def feed_by_name(name: str) -> Feed:
    """Return the feed called `name`; raise KeyError naming the known ones."""
    for feed in FEEDS:
        if feed.name == name:
            return feed
    known = ", ".join(feed.name for feed in FEEDS)
    raise KeyError(f"no feed is called {name!r}; the feeds are {known}")


@cache
def avro_schema(file_name: str) -> dict[str, Any]:
    """Return the Avro schema shipped as `file_name`, as parsed JSON. Do not change the returned object."""
    schema: dict[str, Any] = json.loads((files("schemas") / "avro" / file_name).read_text("utf-8"))
    return schema
