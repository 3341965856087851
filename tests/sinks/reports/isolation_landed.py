"""Isolations, lockdowns and daily updates, drawn or plain, and landed as rows."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime

from schemas.admin_units import Commune, communes
from tests.sinks.conftest import Database
from tests.sinks.reports.isolation_oracle import Isolated, Locked, Update
from tests.sinks.reports.landed import hour, identity, land

UNITS = [*communes()[:3], communes()[40], communes()[600]]
_NOBODY = bytes(16)


def number(text: object) -> int:
    """Return the number whose identity a hexadecimal text is."""
    return int(str(text), 16)


def random_isolations(seeded: random.Random, person: int) -> list[Isolated]:
    return [
        Isolated(
            number=100 * person + step,
            person=person,
            isolation=10 * person + seeded.randint(0, 1),
            action=seeded.choice(["ASSIGNED", "ASSIGNED", "MOVED", "ENDED"]),
            told=hour(6 * seeded.randint(-16, 16)),
            starts=hour(6 * seeded.randint(-16, 16)),
            days=seeded.choice([0, 1, 3, 14]),
            site=seeded.randint(0, 3),
        )
        for step in range(seeded.randint(1, 5))
    ]


def land_isolations(database: Database, told: Sequence[Isolated], *, units: Sequence[Commune] = UNITS) -> None:
    rows = [
        {
            "event_id": identity(one.number),
            "subject": identity(one.person),
            "isolation_id": identity(one.isolation),
            "action": one.action,
            "site_id": one.site,
            "starts": one.starts,
            "days": one.days,
            "event_time": one.told,
            "commune_code": units[one.person % len(units)].code,
        }
        for one in told
    ]
    land(database, "isolations", rows)


def random_lockdowns(seeded: random.Random) -> list[Locked]:
    found = []
    for number in range(40):
        unit, level = seeded.choice(UNITS), seeded.choice(["HAMLET", "HAMLET", "COMMUNE", "DISTRICT", "PROVINCE"])
        code = {"DISTRICT": unit.district_code, "PROVINCE": unit.province_code}.get(level, unit.code)
        since = seeded.randint(-48, 48)
        found.append(
            Locked(
                number=number + 1,
                lockdown=seeded.randint(1, 12),
                action=seeded.choice(["STARTED", "CHANGED", "ENDED"]),
                level=level,
                code=code,
                hamlet=seeded.choice(["Thôn Đông", "Thôn Tây"]) if level == "HAMLET" else "",
                residents=seeded.randint(1, 900),
                told=hour(seeded.randint(-48, 48)),
                since=hour(since),
                until=hour(since + seeded.randint(1, 48)) if seeded.random() < 0.4 else None,
                commune=unit.code if level in ("HAMLET", "COMMUNE") else 0,
                district=0 if level == "PROVINCE" else unit.district_code,
                province=unit.province_code,
            )
        )
    return found


def land_lockdowns(database: Database, told: Sequence[Locked]) -> None:
    rows = [
        {
            "event_id": identity(10_000 + one.number),
            "lockdown_id": identity(one.lockdown),
            "action": one.action,
            "level": one.level,
            "area_code": one.code,
            "hamlet": one.hamlet,
            "residents": one.residents,
            "valid_from": one.since,
            "valid_until": one.until or datetime(1970, 1, 1, tzinfo=UTC),
            "event_time": one.told,
        }
        for one in told
    ]
    land(database, "lockdowns", rows)


def land_updates(database: Database, updates: Sequence[Update]) -> None:
    rows = [
        {
            "event_id": identity(20_000 + number),
            "subject": identity(one.person),
            "assignment_id": identity(one.lockdown) if one.lockdown else _NOBODY,
            "status": one.status,
            "slot": one.slot,
            "symptoms": one.symptoms,
            "commune_code": one.commune,
            "event_time": one.at,
        }
        for number, one in enumerate(updates)
    ]
    land(database, "health_updates", rows)


def lockdown(number: int, level: str, unit: Commune, residents: int, *, hamlet: str = "") -> Locked:
    code = unit.district_code if level == "DISTRICT" else unit.code
    return Locked(
        number=number,
        lockdown=number,
        action="STARTED",
        level=level,
        code=code,
        hamlet=hamlet,
        residents=residents,
        told=hour(0),
        since=hour(0),
        until=None,
        commune=0,
        district=0,
        province=0,
    )


def at_home(*people: int) -> list[Isolated]:
    return [
        Isolated(
            number=person,
            person=person,
            isolation=person,
            action="ASSIGNED",
            told=hour(0),
            starts=hour(0),
            days=14,
            site=0,
        )
        for person in people
    ]
