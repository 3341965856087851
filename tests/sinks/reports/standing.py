"""Scans and reports of which some are withdrawn: what is landed, and what stands of it."""

import random
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from tests.sinks.conftest import Database
from tests.sinks.reports.landed import MIDNIGHT, identity, land

_CORRECTIONS = count(7_000_000)


def withdraw(database: Database, *events: bytes) -> None:
    """Land a correction for each event that withdraws it."""
    rows = [
        {
            "event_id": identity(next(_CORRECTIONS)),
            "corrects": event,
            "action": "WITHDRAW",
            "event_time": MIDNIGHT,
        }
        for event in events
    ]
    land(database, "corrections", rows)


def land_some_withdrawn(
    database: Database,
    table: str,
    rows: Sequence[Mapping[str, Any]],
    seeded: random.Random,
    *,
    share: float = 0.1,
) -> list[Mapping[str, Any]]:
    """Land rows, withdraw a share of them, and return those that stand.

    Scans may have a `verdict`; those that are not accepted don't stand.
    """
    key = "scan_id" if table == "scans" else "event_id"
    land(database, table, rows)
    gone = {row[key] for row in rows if seeded.random() < share}
    withdraw(database, *gone)
    return [row for row in rows if row[key] not in gone and row.get("verdict", "ACCEPTED") == "ACCEPTED"]
