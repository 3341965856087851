"""Lands a world in a database."""

from dataclasses import fields
from typing import Any

from tests.sinks.conftest import Database
from tests.sinks.watch.world import REPORTED, Report, World


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
