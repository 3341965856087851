"""How good the data are, which devices are silent and what units answer for, compared with counting by hand."""

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from schemas.enums import Flag
from tests.sinks.conftest import Database
from tests.sinks.reports.landed import asked, hour, identity, land, land_ledger
from tests.sinks.reports.standing import land_some_withdrawn

pytestmark = pytest.mark.integration
_Row = Mapping[str, Any]
_MS = timedelta(milliseconds=1)
_FEEDS = ["venue", "checkpoint", "vehicle"]
_SINCE, _UNTIL = hour(0), hour(24)


def _arrived(seeded: random.Random) -> list[_Row]:
    delays = [
        0,
        60_000,
        60_001,
        600_000,
        600_001,
        3_600_001,
        21_600_000,
        86_400_000,
        86_400_001,
        259_200_000,
        260_000_000,
    ]
    found: list[_Row] = []
    for number in range(1, 900):
        logged = seeded.choice([_SINCE, _SINCE - _MS, _UNTIL, _UNTIL - _MS, *[hour(24 * seeded.random())] * 12])
        delay = seeded.choice(delays) + seeded.choice([0, 0, -200_000])
        found.append(
            {
                "scan_id": identity(number),
                "event_time": logged - timedelta(milliseconds=delay),
                "logged_at": logged,
                "feed": seeded.choice(_FEEDS),
                "capture_mode": seeded.choice(["SELF_APP", "SELF_WEB", "ASSISTED", "PAPER"]),
                "lateness": "ON_TIME" if delay <= 600_000 else "LATE" if delay <= 259_200_000 else "VERY_LATE",
                "verdict": seeded.choice(["ACCEPTED"] * 4 + ["RESCAN"]),
                "flags": seeded.choice([0, *(int(flag) for flag in Flag)]) | seeded.choice([0, int(Flag.OFFLINE)]),
                "identity_match": seeded.choice(["UNCHECKED", "MATCHED", "MISMATCH", "NOT_FOUND"]),
                "device_id": seeded.randint(1, 6),
                "device_seq": seeded.choice([0, *range(1, 180)]),
            }
        )
    return found


def _measures(feed: str, rows: Sequence[_Row], withdrawn: set[bytes]) -> dict[tuple[str, str], tuple[int, int]]:
    own = [row for row in rows if row["feed"] == feed]
    sent = [row for row in own if row["capture_mode"] not in ("ASSISTED", "PAPER")]
    stopped = own if feed == "checkpoint" else []
    looked_up = [row for row in stopped if row["identity_match"] != "UNCHECKED"]
    accepted = [row for row in own if row["verdict"] == "ACCEPTED"]
    flags = {
        "OFFLINE": Flag.OFFLINE,
        "CLOCK_CORRECTED": Flag.SKEW_CORRECTED,
        "PLACE_UNKNOWN": Flag.PLACE_UNKNOWN,
        "DEVICE_UNKNOWN": Flag.DEVICE_UNKNOWN,
        "DEVICE_REVOKED": Flag.DEVICE_REVOKED,
        "APP_UNKNOWN": Flag.APP_UNKNOWN,
    }
    found = {name: (sum(bool(row["flags"] & bit) for row in own), len(own)) for name, bit in flags.items()}
    found["RESCAN"] = (len(own) - len(accepted), len(own))
    found["LATE"] = (sum(row["lateness"] != "ON_TIME" for row in sent), len(sent))
    found["WITHDRAWN"] = (sum(row["scan_id"] in withdrawn for row in accepted), len(accepted))
    if feed == "checkpoint":
        found["IDENTITY_UNCHECKED"] = (len(stopped) - len(looked_up), len(stopped))
        found["IDENTITY_UNMATCHED"] = (
            sum(row["identity_match"] in ("MISMATCH", "NOT_FOUND") for row in looked_up),
            len(looked_up),
        )
    return {(feed, name): counts for name, counts in found.items()}


def _numbers(rows: Sequence[_Row]) -> tuple[int, int]:
    """Return the numbers missing and all between the first and the last of each device."""
    missing = total = 0
    for device in {row["device_id"] for row in rows}:
        given = {row["device_seq"] for row in rows if row["device_id"] == device and row["device_seq"]}
        between = max(given) - min(given) + 1
        missing, total = missing + between - len(given), total + between
    return missing, total


def _without_identities(rows: Sequence[_Row]) -> list[_Row]:
    """Return rows as the worker makes them: only a checkpoint's scans are looked up."""
    return [row if row["feed"] == "checkpoint" else {**row, "identity_match": "UNCHECKED"} for row in rows]


def test_measures_and_delays_are_those_of_what_arrived(reports: Database) -> None:
    seeded = random.Random(20210814)
    rows = _without_identities(_arrived(seeded))
    standing = land_some_withdrawn(reports, "scans", rows, seeded)
    kept = {row["scan_id"] for row in standing}
    withdrawn = {row["scan_id"] for row in rows if row["verdict"] == "ACCEPTED" and row["scan_id"] not in kept}
    inside = [row for row in rows if _SINCE <= row["logged_at"] < _UNTIL]
    expected = {("ALL", "NUMBER_MISSING"): _numbers(inside)}
    for feed in _FEEDS:
        expected |= _measures(feed, inside, withdrawn)
    span = f"from = '{asked(_SINCE)}', to = '{asked(_UNTIL)}'"
    found = reports.rows(f"SELECT feed, measure, value, total, share FROM {{}}.data_quality({span})")  # noqa: S608 -- our names
    assert {row[:2]: row[2:4] for row in found} == expected
    assert all(row[4] == round(int(str(row[2])) / int(str(row[3])), 4) for row in found)
    assert reports.rows(f"SELECT DISTINCT toTypeName(total) FROM {{}}.data_quality({span})") == [("UInt64",)]  # noqa: S608 -- our names
    _compare_delays(reports, inside, span)


def _compare_delays(database: Database, inside: Sequence[_Row], span: str) -> None:
    limits = [timedelta(0), *(timedelta(minutes=minutes) for minutes in (1, 10, 60, 360, 1_440, 4_320)), timedelta.max]
    expected = {}
    for feed in _FEEDS:
        for is_entered in (False, True):
            delays = [
                row["logged_at"] - row["event_time"]
                for row in inside
                if row["feed"] == feed and (row["capture_mode"] in ("ASSISTED", "PAPER")) == is_entered
            ]
            early = sum(delay <= timedelta(0) for delay in delays)
            bins = [sum(low < delay <= high for delay in delays) for low, high in pairwise(limits)]
            expected[feed, is_entered] = (len(delays), bins[0] + early, *bins[1:])
    found = database.rows(
        "SELECT toString(feed), is_entered, landed, to_1_min, to_10_min, to_1_h, to_6_h, to_24_h, to_72_h, over_72_h "  # noqa: S608 -- our names
        f"FROM {{}}.lateness_histogram({span})"
    )
    assert {(row[0], bool(row[1])): row[2:] for row in found} == expected


def _balance(database: Database) -> dict[object, tuple[object, ...]]:
    span = f"from = '{asked(_SINCE)}', to = '{asked(_UNTIL)}'"
    found = database.rows(
        "SELECT toString(feed), produced, landed, duplicates, rejected, rows, letters, is_balanced "  # noqa: S608 -- our names
        f"FROM {{}}.ledger_balance({span})"
    )
    return {row[0]: (*row[1:7], bool(row[7])) for row in found}


def test_every_event_of_the_ledger_has_its_row(reports: Database) -> None:
    land_ledger(
        reports,
        [
            ["venue", 0, 0, 9, 0, 10, 6, 1, 2, 1, _SINCE - _MS],
            ["venue", 0, 10, 19, 1, 10, 5, 2, 3, 0, _SINCE],
            ["venue", 0, 20, 24, 2, 5, 1, 0, 3, 1, _UNTIL - _MS],
            ["venue", 0, 25, 29, 3, 5, 5, 0, 0, 0, _UNTIL],
            ["venue", 1, 0, 0, 0, 1, 1, 0, 0, 0, hour(3)],
            ["vehicle", 0, 0, 2, 0, 3, 2, 0, 1, 0, hour(3)],
            ["pass", 0, 0, 1, 0, 2, 2, 0, 0, 0, hour(3)],
        ],
    )
    places = [("venue", 0, offset) for offset in (*range(7), *range(10, 17), 24, *range(25, 30))]
    places += [("venue", 1, 0), ("vehicle", 0, 0)]
    rows = [
        {"scan_id": identity(at), "feed": feed, "_partition": partition, "_offset": offset, "event_time": hour(2)}
        for at, (feed, partition, offset) in enumerate(places)
    ]
    land(reports, "scans", rows)
    letters = [["venue", 0, offset, "TOO_OLD", "VALIDATE", hour(2)] for offset in (9, 20)]
    columns = ["feed", "_partition", "_offset", "reason", "stage", "logged_at"]
    reports.client.insert("dead_letter_log", letters, column_names=columns, database=reports.name)
    assert _balance(reports) == {
        "venue": (16, 9, 6, 1, 9, 1, True),
        "vehicle": (3, 2, 1, 0, 1, 0, False),
        "pass": (2, 2, 0, 0, None, 0, True),
    }
    span = f"from = '{asked(_SINCE)}', to = '{asked(_UNTIL)}'"
    told = reports.rows(
        f"SELECT feed, measure, value, total FROM {{}}.data_quality({span}) "  # noqa: S608 -- our names
        "WHERE measure IN ('DUPLICATE', 'RETRY', 'REJECTED')"
    )
    assert {row[:2]: row[2:] for row in told} == {
        ("venue", "DUPLICATE"): (8, 16),
        ("venue", "RETRY"): (6, 16),
        ("venue", "REJECTED"): (1, 16),
        ("vehicle", "DUPLICATE"): (1, 3),
        ("vehicle", "RETRY"): (1, 3),
        ("vehicle", "REJECTED"): (0, 3),
    }
