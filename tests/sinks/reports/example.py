"""The day of docs/queries.md: 1 August 2021 at five places in Hà Tĩnh, row by row."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from tests.sinks.conftest import Database
from tests.sinks.reports.landed import MIDNIGHT, hour, identity, land, land_ledger
from tests.sinks.reports.standing import withdraw

_Row = dict[str, Any]
_TOWN, _VILLAGE = 18070, 18073
_CAFE, _HOSPITAL, _MARKET, _CHECKPOINT, _RESTAURANT = range(1, 6)
_PLACES = [
    [_CAFE, "Cà phê Hoa Sữa", "CAFE", "SVHTTDL", _TOWN, 4, "2717/UBND-VX1"],
    [_HOSPITAL, "Bệnh viện Tỉnh", "HOSPITAL", "SYT", _TOWN, 300, "2717/UBND-VX1"],
    [_MARKET, "Siêu thị Đông", "SUPERMARKET", "SCT", _VILLAGE, 80, "2717/UBND-VX1"],
    [_CHECKPOINT, "Chốt Đèo Ngang", "CHECKPOINT", "SGTVT", _TOWN, 0, ""],
    [_RESTAURANT, "Nhà hàng Biển", "RESTAURANT", "SVHTTDL", _TOWN, 60, "2717/UBND-VX1"],
]
_PLACE_COLUMNS = ["place_id", "name", "category", "department", "commune_code", "capacity", "mandate_ref"]
_DEVICES = [[11, _CAFE, "Cửa chính", False], [12, _HOSPITAL, "Cổng A", False], [14, _CHECKPOINT, "Làn 1", False]]
_STEPS = [(_CAFE, "QR_POSTED", -48), (_HOSPITAL, "QR_POSTED", -48), (_RESTAURANT, "CLOSED", -24)]
#: Who was scanned where, which way and when; the last is withdrawn.
_VISITS = [
    (1, _CAFE, "IN", 8), (2, _CAFE, "IN", 8.25), (3, _CAFE, "IN", 8.5), (1, _CAFE, "OUT", 9), (4, _CAFE, "IN", 9.5),
    (5, _HOSPITAL, "IN", 7.5), (6, _HOSPITAL, "IN", 7.75), (5, _HOSPITAL, "OUT", 11), (7, _MARKET, "IN", -30),
    (8, _MARKET, "IN", 10),
]  # fmt: skip
#: Who came through the checkpoint when (hour), with what pass, and what the officer decided.
_PASSAGES = [
    (21, "INTO_ZONE", 6, "VALID", "ALLOW"), (22, "INTO_ZONE", 6 + 10 / 3_600, "VALID", "ALLOW"),
    (23, "INTO_ZONE", 6 + 18 / 3_600, "EXPIRED", "DENY"), (24, "OUT_OF_ZONE", 6 + 200 / 3_600, "VALID", "ALLOW"),
    (25, "INTO_ZONE", 6.1, "EXPIRED", "ALLOW"), (26, "TRANSIT", 6.15, "NONE", "REFER"),
]  # fmt: skip
_DECLARED_AHEAD = 64


def land_example(database: Database) -> None:
    """Land all of it into an empty database."""
    insert = database.client.insert
    insert("places", _PLACES, column_names=_PLACE_COLUMNS, database=database.name)
    names = ["device_id", "place_id", "label", "revoked"]
    insert("devices", _DEVICES, column_names=names, database=database.name)
    scans = [*_venue_scans(), *_checkpoint_scans()]
    land(database, "scans", scans)
    withdraw(database, identity(100 + len(_VISITS)))
    for table, rows in _reports():
        land(database, table, rows)
    _land_ledger(database, len(scans))


def _scan(number: int, person: int, place: int, way: str, hours: float) -> _Row:
    at = hour(hours)
    return {
        "scan_id": identity(number),
        "subject": identity(person),
        "place_id": place,
        "direction": way,
        "event_time": at,
        "logged_at": hour(hours + (0.5 if person == 5 else 0.001)),
        "lateness": "LATE" if person == 5 else "ON_TIME",
        "commune": _VILLAGE if place == _MARKET else _TOWN,
        "district": 436,
        "province": 42,
        "source_app": "NCOVI" if person % 3 else "BLUEZONE",
        "device_id": 10 + place,
        "device_seq": 2 * number if place == _HOSPITAL else number,
        "feed": "checkpoint" if place == _CHECKPOINT else "venue",
    }


def _venue_scans() -> list[_Row]:
    return [
        {**_scan(number, *visit), "gate": 0, "pass_status": "NONE", "decision": "NONE", "flags": 0, "identity_match": 0}
        for number, visit in enumerate(_VISITS, start=101)
    ]


def _checkpoint_scans() -> list[_Row]:
    return [
        {
            **_scan(number, person, _CHECKPOINT, way, hours),
            "gate": 1 + number % 2,
            "pass_status": status,
            "decision": decision,
            "flags": _DECLARED_AHEAD if status == "VALID" else 0,
            "identity_match": 1 if status == "VALID" else 3,
        }
        for number, (person, way, hours, status, decision) in enumerate(_PASSAGES, start=201)
    ]


def _event(number: int, person: int, at: datetime, **own: Any) -> _Row:
    return {"event_id": identity(number), "subject": identity(person), "event_time": at, **own}


def _reports() -> Iterator[tuple[str, Sequence[_Row]]]:
    steps = [
        _event(number, 0, hour(hours), place_id=place, action=action)
        for number, (place, action, hours) in enumerate(_STEPS, start=300)
    ]
    yield "place_events", steps
    waves = [(hour(6.25), "STARTED"), (hour(6.3), "ENDED")]
    yield (
        "wave_throughs",
        [_event(310 + at, 0, when, place_id=_CHECKPOINT, action=action) for at, (when, action) in enumerate(waves)],
    )
    yield (
        "passes",
        [
            _event(
                320 + person, person, hour(-60), pass_id=identity(person), action="ISSUED", valid_from=hour(-60),
                valid_until=hour(ends), purpose="WORK", origin_commune=_VILLAGE, destination_commune=_TOWN,
            )
            for person, ends in ((21, 12), (22, 12), (24, 90))
        ],
    )  # fmt: skip
    yield "isolations", list(_isolations())
    locked = {"lockdown_id": identity(77), "level": "COMMUNE", "area_code": _VILLAGE, "residents": 120}
    yield "lockdowns", [_event(350, 0, hour(-6), action="STARTED", valid_from=hour(-6), **locked)]
    slots = [(31, "AM", 7), (31, "PM", 16), (32, "AM", 8), (33, "DAY", -20), (41, "AM", 9), (42, "DAY", 10)]
    yield (
        "health_updates",
        [
            _event(360 + at, person, hour(hours), slot=slot, commune_code=_TOWN if person < 40 else _VILLAGE)
            for at, (person, slot, hours) in enumerate(slots)
        ],
    )
    yield (
        "declarations",
        [
            _event(370 + person, person, hour(6), source_app="NCOVI", province=42, district=436, commune_code=_TOWN)
            for person in (21, 22)
        ],
    )
    yield "heartbeats", [_event(390, 0, hour(9), device_id=12, queued=3, battery_percent=20)]
    yield "alerts", [_event(395, 0, MIDNIGHT, type="EXPOSURE_VENUE", severity="CRITICAL", place_id=_CAFE)]


def _isolations() -> Iterator[_Row]:
    for person in (31, 32, 33, 34):
        began = hour(-72)
        yield _event(
            330 + person, person, began, isolation_id=identity(person), action="ASSIGNED", kind="CENTRALISED",
            starts=began, days=14, managed_by="MILITARY", site_id=90, commune_code=_TOWN, district=436, province=42,
        )  # fmt: skip


def _land_ledger(database: Database, scans: int) -> None:
    venue, stopped = scans - len(_PASSAGES), len(_PASSAGES)
    rows = [
        ["venue", 0, 0, 11, 0, 12, venue, 0, 12 - venue, 0, hour(13)],
        ["checkpoint", 0, venue, scans, 0, stopped + 1, stopped, 0, 1, 0, hour(13)],
    ]
    land_ledger(database, rows)
