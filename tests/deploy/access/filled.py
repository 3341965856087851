"""Rows for every table of the database, made from its columns: new tables and columns are filled without being told."""
# ruff: noqa: S608 -- names of our own

import json
from collections.abc import Mapping

from tests.deploy.access.world import DATABASE, SPOTS, Spot
from tests.deploy.embedded.running import RunningServer

_LEFT_OUT = ("schema_migrations", "admin_units", "default_stays", "area_risk", "corrections", "retention_deletions")
#: Reports whose subject is the key of a thing.
_OF_THINGS = {"lockdowns", "area_decisions", "place_events", "heartbeats", "wave_throughs"}
_PEOPLE = {"subject", "declarant", "case_subject", "contact"}


def fill(server: RunningServer) -> None:
    """Insert one row for each spot into every table but those that are about nobody."""
    found = server.query(
        f"SELECT table, name, type FROM system.columns WHERE database = '{DATABASE}' AND default_kind != 'ALIAS' AND "
        f"table IN (SELECT name FROM system.tables WHERE database = '{DATABASE}' AND engine LIKE '%MergeTree') "
        "FORMAT JSONCompactEachRow"
    )
    columns: dict[str, dict[str, str]] = {}
    for table, name, type_ in map(json.loads, found.splitlines()):
        if table not in _LEFT_OUT:
            columns.setdefault(table, {})[name] = type_
    for table, types in columns.items():
        rows = "\n".join(json.dumps(_row(table, types, spot)) for spot in SPOTS)
        server.query(f"INSERT INTO {DATABASE}.{table} FORMAT JSONEachRow\n{rows}")


def _row(table: str, types: Mapping[str, str], spot: Spot) -> dict[str, object]:
    row = {name: value for name, type_ in types.items() if (value := _value(name, type_, table, spot)) is not None}
    return row | {name: value for name, value in _special(table).items() if name in types}


def _value(name: str, type_: str, table: str, spot: Spot) -> object:
    codes = {
        "commune": spot.commune, "commune_code": spot.commune, "origin_commune": spot.commune,
        "destination_commune": spot.commune, "area_code": spot.commune, "district": spot.district,
        "district_code": spot.district, "province": spot.province, "province_code": spot.province,
        "place_id": spot.place, "site_id": spot.place, "device_id": spot.number + 1,
        "department": spot.department, "_offset": spot.number,
        "verdict": "ACCEPTED", "number": spot.number,
    }  # fmt: skip
    if name in codes:
        return codes[name]
    if name in _PEOPLE and table not in _OF_THINGS:
        return spot.person
    if name == "case_id":
        return spot.case
    if name == "other":
        return f"OTHER-NAME-OF--{spot.number}"
    if type_ == "FixedString(16)":
        return spot.names(f"{table[:6]}-{name}")
    return _moment(name) if type_.startswith("DateTime64") else None


def _moment(name: str) -> str | None:
    if name in {"valid_until", "infectious_until", "due_at"}:
        return "2021-08-20 00:00:00"
    return "2021-08-05 03:00:00"


def _special(table: str) -> Mapping[str, object]:
    """Return what makes a row of a table stand for something: an isolation lasts, a lockdown is of a commune."""
    special: dict[str, dict[str, object]] = {
        "isolations": {"days": 14, "kind": "HOME"},
        "lockdowns": {"level": "COMMUNE", "residents": 100},
        "area_decisions": {"level": "COMMUNE", "about": "RISK", "risk_level": 3},
        "places": {"category": "CHECKPOINT", "name": "place", "capacity": 10},
        "place_events": {"action": "SAFETY_ASSESSED", "safety_score": 90},
        "cases": {"status": "CONFIRMED"},
        "alerts": {"role": "PLACE_OWNER"},
        "scans": {"feed": "checkpoint", "direction": "IN", "category": "CHECKPOINT"},
    }
    return special.get(table, {})
