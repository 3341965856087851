"""The table of kinds: everything that differs between feeds, one row each.

Adding a feed is one Avro file, one row here and one migration. Sizes that differ between installations (partitions,
retention) are settings; what must never differ between processes is here.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A hot stream of events: raw topic in, landing log out, rows in one table.

    `code` is the feed's number in rows; `schema_id` its number in the Confluent wire format (fixed for ever);
    `rescan_window_ms` how long another scan of the same subject, place and direction counts as a re-scan.
    """

    name: str
    code: int
    schema_id: int
    avro: str
    topic: str
    table: str
    rescan_window_ms: int

    @property
    def landing_topic(self) -> str:
        """Topic of the landing log: the feed's output and the worker's checkpoint, partition for partition."""
        return f"{self.topic}.landing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A compacted topic with the latest state of each entity, keyed by its decimal identity."""

    name: str
    schema_id: int
    avro: str
    topic: str
    table: str
    key: str


VENUE = Feed(
    name="venue",
    code=1,
    schema_id=101,
    avro="venue_scan.avsc",
    topic="scans.venue.v1",
    table="scans",
    rescan_window_ms=300_000,
)
CHECKPOINT = Feed(
    name="checkpoint",
    code=2,
    schema_id=102,
    avro="checkpoint_scan.avsc",
    topic="scans.checkpoint.v1",
    table="scans",
    rescan_window_ms=120_000,
)
VEHICLE = Feed(
    name="vehicle",
    code=3,
    schema_id=103,
    avro="vehicle_scan.avsc",
    topic="scans.vehicle.v1",
    table="scans",
    rescan_window_ms=60_000,
)
PLACES = Reference(name="place", schema_id=1, avro="place.avsc", topic="places.v1", table="places", key="place_id")
DEVICES = Reference(
    name="device", schema_id=2, avro="device.avsc", topic="devices.v1", table="devices", key="device_id"
)
AREAS = Reference(name="area", schema_id=3, avro="area.avsc", topic="areas.v1", table="areas", key="commune_code")

FEEDS: tuple[Feed, ...] = (VENUE, CHECKPOINT, VEHICLE)
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
