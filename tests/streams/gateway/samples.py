"""Events, tokens and records as a client of the gateway would write them. All identities are generated."""

import hashlib
import random
import uuid
from typing import Any

from schemas.entity_key import entity_key
from schemas.kinds import DEVICES, FEEDS, Feed, avro_schema
from schemas.pseudonym import PseudonymKey
from schemas.wire import encode
from streams.gateway.feed_parser import Stamp

DEVICE_ID = 77
TOKEN = f"{DEVICE_ID}.a-secret"
TOKEN_SHA256 = hashlib.sha256(TOKEN.encode()).digest()
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}
KEY = PseudonymKey(3, b"a key of tests, 32 bytes long ..")
NOW_MS = 1_637_546_400_000

FEEDS_BY_NAME = {feed.name: feed for feed in FEEDS}


def raw_number(seed: object = None) -> str:
    """Return the number of a document nobody has."""
    return (
        f"001{random.Random(str(seed)).randrange(10**9):09d}"
        if seed is not None
        else f"001{uuid.uuid4().int % 10**9:09d}"
    )


def raw_plate(seed: object) -> str:
    """Return a number plate as it is written on a car; nobody drives with it, for its series has three letters."""
    digits = random.Random(str(seed)).randrange(10**5)
    return f"29QZX-{digits // 100:03d}.{digits % 100:02d}"


def event(**changes: Any) -> dict[str, Any]:
    """Return a complete venue scan with a new scan_id; `changes` replace fields, None leaves one out."""
    whole: dict[str, Any] = {
        "scan_id": str(uuid.uuid4()),
        "identity": {"kind": "CCCD", "number": raw_number()},
        "place_id": 1234,
        "gate": 2,
        "direction": "IN",
        "device_id": DEVICE_ID,
        "device_seq": 9,
        "event_time": "2021-11-22T09:00:00.123+07:00",
        "sent_at": "2021-11-22T09:00:01+07:00",
        "credential": "QR_CCCD",
        "scan_mode": "GUARD_SCAN",
        "capture_mode": "ASSISTED",
        "source_app": "PC_COVID",
        "offline": True,
    } | changes
    return {name: value for name, value in whole.items() if value is not None}


def device_state(
    device_id: int, *, token_sha256: bytes = TOKEN_SHA256, revoked: bool = False, role: str = "SCANNER"
) -> bytes:
    """Return a message of the devices' topic."""
    record = {
        "device_id": device_id,
        "place_id": 1,
        "label": "gate",
        "token_sha256": token_sha256,
        "revoked": revoked,
        "role": role,
        "updated_at": NOW_MS,
    }
    return encode(DEVICES, record)


def avro_record(feed: Feed, **changes: Any) -> dict[str, Any]:
    """Return a complete record of `feed`, of device DEVICE_ID, every field at a valid value."""
    fields = avro_schema(feed.avro)["fields"]
    record = {field["name"]: _valid(field) for field in fields}
    record |= {fields[0]["name"]: uuid.uuid4().bytes, "device_id": DEVICE_ID} | changes
    entity = fields[1].get("entity")
    return record | ({"subject": _key_of(entity, record[entity])} if entity else {})


def stamp_for(feed: Feed) -> Stamp:
    """Return the stamp of a device that may send `feed`."""
    return Stamp(DEVICE_ID, NOW_MS, min(feed.senders))


def _key_of(entity: str, value: int | bytes) -> bytes:
    return value if isinstance(value, bytes) else entity_key(entity, value)


def _valid(field: dict[str, Any]) -> Any:
    type_ = field["type"]
    kind = type_ if isinstance(type_, str) else type_["type"]
    if kind == "enum":
        return type_["symbols"][-1]
    if kind == "fixed":
        return b"\x11" * 16
    if isinstance(type_, dict):
        return NOW_MS
    other = {"boolean": True, "float": 10.5, "string": "chữ", "bytes": b"\x00\xff"}
    return other.get(kind, min(7, field.get("maximum", 7)))
