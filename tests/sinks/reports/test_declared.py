"""Declarations, and the scans they belong to."""

import random
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.sinks.conftest import Database
from tests.sinks.reports.landed import aware, hour, identity, land

pytestmark = pytest.mark.integration
_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_Row = dict[str, Any]


def _random_declarations(seeded: random.Random) -> list[_Row]:
    rows = [
        {
            "event_id": identity(number),
            "subject": identity(seeded.randint(1, 60)),
            "kind": seeded.choice(["DOMESTIC", "ENTRY", "MOVEMENT"]),
            "symptoms": seeded.randint(0, 127),
            "exposure": seeded.randint(0, 15),
            "event_time": hour(seeded.randint(-24, 72)),
            "_offset": number,
        }
        for number in range(1, 400)
    ]
    seeded.shuffle(rows)
    return rows


def _withdraw(database: Database, *numbers: int) -> None:
    rows = [
        {"event_id": identity(90_000 + number), "corrects": identity(number), "event_time": hour(99)}
        for number in numbers
    ]
    land(database, "corrections", rows)


def _order(row: _Row) -> tuple[datetime, int]:
    return row["event_time"], row["_offset"]


def test_of_each_person_kind_and_day_the_last_declaration_counts(reports: Database) -> None:
    rows = _random_declarations(random.Random(20210801))
    land(reports, "declarations", rows)
    _withdraw(reports, 5, 6, 7)
    latest: dict[tuple[object, ...], _Row] = {}
    for row in sorted((row for row in rows if row["_offset"] not in (5, 6, 7)), key=_order):
        latest[row["subject"], row["kind"], row["event_time"].astimezone(_VIETNAM).date()] = row
    found = reports.rows("SELECT hex(subject), toString(kind), day, hex(event_id) FROM {}.declarations_latest")
    assert {(bytes.fromhex(str(who)), kind, day): bytes.fromhex(str(which)) for who, kind, day, which in found} == {
        key: row["event_id"] for key, row in latest.items()
    }
    assert len(found) == len(latest) < len(rows)


def test_a_scan_has_the_persons_latest_declaration_of_the_day_before(reports: Database) -> None:
    seeded = random.Random(20210802)
    rows = _random_declarations(seeded)
    scans: list[_Row] = [
        {"scan_id": identity(1_000 + number), "subject": identity(seeded.randint(1, 70)),
         "event_time": hour(seeded.randint(-48, 96))}
        for number in range(500)
    ]  # fmt: skip
    land(reports, "declarations", rows)
    land(reports, "scans", scans)
    _withdraw(reports, 3, 4, 1_007)
    expected = {}
    for scan in scans:
        before = [
            row
            for row in rows
            if row["subject"] == scan["subject"]
            and row["_offset"] not in (3, 4)
            and scan["event_time"] - timedelta(hours=24) < row["event_time"] <= scan["event_time"]
        ]
        last = max(before, key=_order, default=None)
        told = (last["event_time"], last["kind"], last["symptoms"], last["exposure"]) if last else (None, None, 0, 0)
        expected[scan["scan_id"]] = told
    del expected[identity(1_007)]
    found = reports.rows(
        "SELECT hex(scan_id), is_declared, declared_at, toString(declared_kind), symptoms, exposure "
        "FROM {}.scans_declared"
    )
    assert {
        bytes.fromhex(str(scan)): (aware(at) if at else None, kind, symptoms, exposure)
        for scan, _, at, kind, symptoms, exposure in found
    } == expected
    assert [bool(row[1]) for row in found] == [row[2] is not None for row in found]
    assert len({row[1] for row in found}) == 2
