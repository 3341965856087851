"""Whom to look after: passes that end, expired passes at checkpoints, and daily updates nobody sent."""

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from schemas.admin_units import communes
from tests.sinks.conftest import Database
from tests.sinks.reports.isolation_landed import land_isolations
from tests.sinks.reports.isolation_oracle import DAY, Isolated, Update, isolated_at, missing_on
from tests.sinks.reports.landed import asked, aware, hour, identity, land
from tests.sinks.reports.standing import land_some_withdrawn

pytestmark = pytest.mark.integration
_MS = timedelta(milliseconds=1)
_UNITS = [*communes()[:3], communes()[600]]
_Row = Mapping[str, Any]


def _pass_events(seeded: random.Random) -> list[_Row]:
    found: list[_Row] = []
    for number in range(1, 250):
        begins = hour(6 * seeded.randint(-12, 6))
        for action in ["ISSUED", *seeded.choice([[], [], ["RENEWED"], ["REVOKED"], ["REVOKED", "RENEWED"]])]:
            found.append(
                {
                    "event_id": identity(len(found) + 1),
                    "pass_id": identity(90_000 + number),
                    "subject": identity(number),
                    "action": action,
                    "event_time": begins + timedelta(hours=6 * seeded.randint(-2, 6)),
                    "valid_from": begins,
                    "valid_until": begins
                    + timedelta(hours=seeded.choice([12, 24, 72]))
                    + seeded.choice([-_MS, 0 * _MS]),
                    "destination_commune": seeded.choice(_UNITS).code,
                }
            )
            begins += timedelta(hours=6 * seeded.randint(0, 6))
    return found


def _ending(events: Sequence[_Row], now: datetime, horizon: timedelta) -> dict[bytes, tuple[str, datetime, int]]:
    """Return state, end and renewals of each pass that is good until soon."""
    found = {}
    for which in {event["pass_id"] for event in events}:
        told = [event for event in events if event["pass_id"] == which and event["event_time"] <= now]
        revoked = [event["event_time"] for event in told if event["action"] == "REVOKED"]
        granted = [
            event
            for event in told
            if event["action"] != "REVOKED" and all(event["event_time"] > moment for moment in revoked)
        ]
        ends = max((event["valid_until"] for event in granted), default=now)
        if now < ends <= now + horizon:
            is_valid = any(event["valid_from"] <= now < event["valid_until"] for event in granted)
            renewals = sum(event["action"] == "RENEWED" for event in granted)
            found[which] = ("VALID" if is_valid else "NOT_YET", ends, renewals)
    return found


def test_passes_that_end_soon_are_those_good_until_then(reports: Database) -> None:
    seeded = random.Random(20210809)
    events = land_some_withdrawn(reports, "passes", _pass_events(seeded), seeded)
    seen = set()
    for now, hours in ((hour(0), 24), (hour(12), 12), (hour(-18), 48)):
        found = reports.rows(
            "SELECT hex(pass_id), pass_status, ends, renewals, minutes_left, destination_commune, district, province "  # noqa: S608 -- our names
            f"FROM {{}}.pass_expiry(now = '{asked(now)}', horizon = {hours})"
        )
        expected = _ending(events, now, timedelta(hours=hours))
        assert {bytes.fromhex(str(row[0])): (row[1], aware(row[2]), row[3]) for row in found} == expected
        assert all(row[4] == (aware(row[2]) - now) // timedelta(minutes=1) for row in found)
        places = {unit.code: (unit.district_code, unit.province_code) for unit in _UNITS}
        assert all(places[int(str(row[5]))] == row[6:] for row in found)
        seen |= {state for state, _, _ in expected.values()}
    assert seen == {"VALID", "NOT_YET"}


def _checkpoint_scans(seeded: random.Random) -> list[_Row]:
    return [
        {
            "scan_id": identity(number),
            "subject": identity(seeded.randint(1, 9)),
            "place_id": seeded.randint(1, 4),
            "feed": seeded.choice(["checkpoint", "checkpoint", "venue"]),
            "event_time": seeded.choice([hour(0), hour(24), hour(24) - _MS, hour(0) - _MS, hour(24 * seeded.random())]),
            "pass_status": seeded.choice(["NONE", "VALID", "EXPIRED", "EXPIRED", "NOT_YET", "REVOKED"]),
            "decision": seeded.choice(["ALLOW", "DENY", "WAVED", "NONE"]),
            "verdict": seeded.choice(["ACCEPTED"] * 5 + ["RESCAN"]),
        }
        for number in range(1, 600)
    ]


def test_expired_passes_are_counted_by_checkpoint(reports: Database) -> None:
    seeded = random.Random(20210810)
    standing = land_some_withdrawn(reports, "scans", _checkpoint_scans(seeded), seeded)
    reports.client.insert("places", [[1, "Đèo Ngang"]], column_names=["place_id", "name"], database=reports.name)
    found = reports.rows(
        "SELECT place_id, place_name, scans, expired, without, valid, not_yet, revoked, expired_people, "  # noqa: S608 -- our names
        "expired_allowed "
        f"FROM {{}}.checkpoint_passes(from = '{asked(hour(0))}', to = '{asked(hour(24))}') ORDER BY place_id"
    )
    expected = []
    for place in range(1, 5):
        own = [
            row
            for row in standing
            if row["place_id"] == place and row["feed"] == "checkpoint" and hour(0) <= row["event_time"] < hour(24)
        ]
        states = Counter(row["pass_status"] for row in own)
        expired = [row for row in own if row["pass_status"].startswith("EXPIRED")]
        counts = [states[state] for state in ("EXPIRED", "NONE", "VALID", "NOT_YET", "REVOKED")]
        people = len({row["subject"] for row in expired})
        allowed = sum(row["decision"] in ("ALLOW", "WAVED") for row in expired)
        expected.append((place, "Đèo Ngang" if place == 1 else "", len(own), *counts, people, allowed))
    assert found == expected


def _isolated(seeded: random.Random) -> list[Isolated]:
    return [
        Isolated(
            number=person,
            person=person,
            isolation=person,
            action=seeded.choice(["ASSIGNED"] * 6 + ["ENDED"]),
            told=hour(-100),
            starts=hour(12 * seeded.randint(-8, 2)),
            days=seeded.choice([3, 14]),
            site=person % 4,
        )
        for person in range(1, 200)
    ]


def _updates(seeded: random.Random) -> list[Update]:
    return [
        Update(
            person=seeded.randint(1, 260),
            at=seeded.choice([hour(0), hour(24), hour(24) - _MS, hour(0) - _MS, hour(seeded.randint(-96, 47))]),
            status=seeded.choice(["SUBMITTED", "SUBMITTED", "UNAVAILABLE", "REFUSED"]),
            slot=seeded.choice(["DAY", "AM", "PM"]),
            commune=seeded.choice([0, *(unit.code for unit in _UNITS)]),
        )
        for _ in range(700)
    ]


def _land(
    database: Database, isolated: Sequence[Isolated], updates: Sequence[Update], seeded: random.Random
) -> list[Update]:
    land_isolations(database, isolated, units=_UNITS[:3])
    told = {identity(20_000 + number): one for number, one in enumerate(updates)}
    heard = [
        {
            "event_id": which,
            "subject": identity(one.person),
            "status": one.status,
            "slot": one.slot,
            "commune_code": one.commune,
            "event_time": one.at,
        }
        for which, one in told.items()
    ]
    return [told[row["event_id"]] for row in land_some_withdrawn(database, "health_updates", heard, seeded)]


def _slots(updates: Sequence[Update], people: set[int]) -> tuple[int, int, int, int]:
    """Return how many people submitted anything on `DAY`, for the morning, for the afternoon, and for no slot."""
    slots: dict[int, set[str]] = defaultdict(set)
    for one in updates:
        if one.day == DAY and one.status == "SUBMITTED" and one.person in people:
            slots[one.person].add(one.slot)
    return (
        len(slots),
        sum("AM" in own for own in slots.values()),
        sum("PM" in own for own in slots.values()),
        sum(own == {"DAY"} for own in slots.values()),
    )


def test_missing_updates_are_expected_minus_received_by_site_and_area(reports: Database) -> None:
    seeded = random.Random(20210811)
    isolated = _isolated(seeded)
    standing = _land(reports, isolated, _updates(seeded), seeded)
    _lock_down(reports)
    found = reports.rows(
        "SELECT toString(scope), site_id, commune, hamlet, expected, received, morning, afternoon, whole_day, missing, "  # noqa: S608 -- our names
        f"streak_1, streak_2, streak_3, longest_streak FROM {{}}.missing_daily_updates(day = '{DAY}')"
    )
    silent = {person: streak for person, _, streak, _ in missing_on(isolated, standing, DAY)}
    groups: dict[tuple[int, int], set[int]] = defaultdict(set)
    for person, _, site, *_ in isolated_at(isolated, hour(12)):
        groups[site, _UNITS[person % 3].code].add(person)
    expected: dict[tuple[object, ...], tuple[int, ...]] = {}
    for (site, commune), people in groups.items():
        streaks = [silent[person] for person in people if person in silent]
        lengths = Counter(min(streak, 3) for streak in streaks)
        expected["ISOLATION", site, commune, ""] = (
            len(people), *_slots(standing, people), len(streaks), *(lengths[days] for days in (1, 2, 3)),
            max(streaks, default=0),
        )  # fmt: skip
    there = {
        one.person
        for one in standing
        if one.day == DAY and one.status == "SUBMITTED" and _last_commune(standing, one.person) == _UNITS[3].code
    }
    expected["LOCKDOWN", 0, _UNITS[3].code, ""] = (
        50, *_slots(standing, there), 50 - len(there), 0, 0, 0, 0
    )  # fmt: skip
    assert {row[:4]: row[4:] for row in found} == expected


def _last_commune(updates: Sequence[Update], person: int) -> int:
    """Return the commune the person's last update of `DAY` names; of the same moment the one that landed last."""
    own = [
        (one.at, number, one.commune) for number, one in enumerate(updates) if one.person == person and one.day == DAY
    ]
    return max(own)[2]


def _lock_down(database: Database) -> None:
    row = {
        "event_id": identity(1),
        "lockdown_id": identity(901),
        "action": "STARTED",
        "level": "COMMUNE",
        "area_code": _UNITS[3].code,
        "residents": 50,
        "valid_from": hour(0),
        "event_time": hour(0),
    }
    land(database, "lockdowns", [row])
