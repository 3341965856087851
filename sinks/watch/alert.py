"""An alert as a message of its topic. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.entity_key import entity_key
from schemas.kinds import ALERT
from schemas.report_enums import AlertType
from schemas.wire import encode
from sinks.watch.rule import WatchRule

_ID_BYTES = 16
#: What an alert without a subject is about: its column, and the field whose entity it numbers.
_ABOUT = (("about_device", "device_id"), ("place_id", "place_id"), ("area_code", "area_code"))


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert ready to be published; `value` is in the wire format, `key` its subject."""

    event_id: bytes
    key: bytes
    value: bytes


def alert_id(kind: AlertType, dedupe_key: bytes) -> bytes:
    """Return the alert's id: the first 16 bytes of SHA-256 over the type's name and the key. The SQL does the same."""
    return hashlib.sha256(kind.name.encode() + dedupe_key).digest()[:_ID_BYTES]


def alert_of(rule: WatchRule, row: Mapping[str, Any], *, sent_at: datetime) -> Alert:
    """Return the alert of one row of a rule's answer, in which `event_id` stands for the key.

    The row names a subject, a device, a place or an area.
    """
    subject = row.get("subject") or _entity(row)
    record = {
        "event_id": row["event_id"],
        "subject": subject,
        "device_id": 0,
        "event_time": row["event_time"],
        "sent_at": sent_at,
        "received_at": 0,
        "type": rule.type.name,
        "severity": row.get("severity", rule.severity.name),
        "role": row.get("role", rule.role.name),
        "place_id": row.get("place_id", 0),
        "evidence": row.get("evidence", bytes(_ID_BYTES)),
        "about_device": row.get("about_device", 0),
        "area_code": row.get("area_code", 0),
        "measure": row.get("measure", 0),
        "detail": rule.detail,
    }
    return Alert(row["event_id"], subject, encode(ALERT, record))


def _entity(row: Mapping[str, Any]) -> bytes:
    column, field = next(pair for pair in _ABOUT if pair[0] in row)
    return entity_key(field, row[column])
