"""The registered places a generated scan may be at, in the product's reference tables and in one to draw them from."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from clickhouse_connect.driver.client import Client

from loadtest.draw import Ints
from loadtest.fleet import Fleet, by_rank
from loadtest.registry import reference_messages
from schemas.admin_units import communes
from schemas.enums import Department
from schemas.kinds import AREAS, CHECKPOINT, DEVICES, PLACES, VEHICLE, VENUE
from schemas.wire import decode

_FEEDS = (VENUE, CHECKPOINT, VEHICLE)
_COLUMNS = {
    PLACES: ("place_id", "name", "category", "department", "commune_code", "capacity", "mandate_ref", "updated_at"),
    DEVICES: ("device_id", "place_id", "label", "revoked", "updated_at"),
    AREAS: ("commune_code", "district_code", "province_code", "name", "updated_at"),
}
_SLOTS_TABLE = """
CREATE OR REPLACE TABLE bench_slots
(
    slot UInt32, place UInt32, gates UInt8, place_category Int8, place_department Int8,
    place_commune UInt16, place_district UInt16, place_province UInt8
)
ENGINE = MergeTree ORDER BY slot
"""


def register_places(client: Client, fleet: Fleet, *, regions: int, slots_each: int, updated_ms: int) -> None:
    """Fill the reference tables with the fleet's places, devices and communes, and `bench_slots` with who draws what.

    Safe to repeat: equal states replace each other.
    """
    states = [decode(message) for _, _, message in reference_messages(fleet, updated_ms=updated_ms)]
    for kind, columns in _COLUMNS.items():
        rows = [[state[name] for name in columns] for of, state in states if of is kind]
        client.insert(kind.table, rows, column_names=columns)
    risk = [
        [state["commune_code"], each["valid_from"], each["level"], each["decision_ref"], state["updated_at"]]
        for of, state in states
        if of is AREAS
        for each in state["risk"]
    ]
    client.insert("area_risk", risk, ["commune_code", "valid_from", "level", "decision_ref", "updated_at"])
    client.command(_SLOTS_TABLE)
    client.insert_arrow("bench_slots", slots(fleet, _departments(states), regions=regions, slots_each=slots_each))


def slots(fleet: Fleet, department: dict[int, int], *, regions: int, slots_each: int) -> pa.Table:
    """Return a row for each feed, region and number below `slots_each`: the place it draws by popularity, and its kind.

    `slot` is the number plus `slots_each` times the region's plus `regions` times that times the feed's place among
    venue, checkpoint and vehicle. `department` has the code of each place's department.
    """
    uniform = (np.arange(slots_each) + 0.5) / slots_each
    place = np.concatenate(
        [
            by_rank(active).choose(uniform)
            for feed in _FEEDS
            for active in in_regions(fleet, fleet.popularity[feed.name].place_ids, regions=regions)
        ]
    )
    commune = fleet.commune[place - 1]
    units = {unit.code: unit for unit in communes()}
    return pa.table(
        {
            "slot": pa.array(np.arange(len(place)), pa.uint32()),
            "place": pa.array(place, pa.uint32()),
            "gates": pa.array(fleet.gates[place - 1], pa.uint8()),
            "place_category": pa.array(fleet.category[place - 1], pa.int8()),
            "place_department": pa.array([department[each] for each in place.tolist()], pa.int8()),
            "place_commune": pa.array(commune, pa.uint16()),
            "place_district": pa.array([units[code].district_code for code in commune.tolist()], pa.uint16()),
            "place_province": pa.array([units[code].province_code for code in commune.tolist()], pa.uint8()),
        }
    )


def in_regions(fleet: Fleet, place_ids: Ints, *, regions: int) -> list[Ints]:
    """Return each region's places in their order; all of them for a region that has none.

    Districts in the order of their codes take turns to belong to regions.
    """
    district = {unit.code: unit.district_code for unit in communes()}
    numbers = {code: index % regions for index, code in enumerate(sorted(set(district.values())))}
    region = np.array([numbers[district[code]] for code in fleet.commune[place_ids - 1].tolist()])
    found = [place_ids[region == number] for number in range(regions)]
    return [each if len(each) else place_ids for each in found]


def _departments(states: Sequence[tuple[Any, dict[str, Any]]]) -> dict[int, int]:
    return {state["place_id"]: int(Department[state["department"]]) for kind, state in states if kind is PLACES}
