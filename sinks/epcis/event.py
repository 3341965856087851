"""A scan as an EPCIS 2.0 ObjectEvent in JSON-LD. Pure.

Source: GS1 EPCIS 2.0 and CBV 2.0. What: the pseudonym as a URN. When: event time, and when the broker got it. Where:
the gate (read point) of a place (business location). Why: coming, going, or inspected at a road checkpoint. What the
standard has no word for has a name under `scanstream:`.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from schemas.zone import VIETNAM

#: Vietnam has one zone and no summer time.
_ZONE_OFFSET = "+07:00"
_ZERO = "0" * 32

Event = dict[str, Any]

CONTEXT: list[Any] = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"scanstream": "urn:scanstream:"},
]
_STEPS = {"IN": ("arriving", "in_progress"), "OUT": ("departing", "in_transit")}
_PASSING = ("entering_exiting", "in_progress")
_INSPECTED = {"ALLOW": "conformant", "DENY": "non_conformant"}


class ScanRow(NamedTuple):
    """What an event is made of; identities are 32 hexadecimal digits (zeros: none), times are UTC milliseconds."""

    scan_id: str
    subject: str
    vehicle: str
    pass_id: str
    place_id: int
    gate: int
    device_id: int
    route_id: int
    trip_id: int
    feed: str
    direction: str
    scan_mode: str
    decision: str
    decision_reason: str
    verdict: str
    temperature_c10: int
    event_ms: int
    logged_ms: int


class ErrorReason(StrEnum):
    """Why an event is declared wrong (CBV 2.0, error reason)."""

    DID_NOT_OCCUR = "did_not_occur"
    INCORRECT_DATA = "incorrect_data"


def event_of(scan: ScanRow) -> Event:
    """Return the ObjectEvent of a scan: action OBSERVE, times in Vietnam's zone, `recordTime` the broker's."""
    step, disposition = _why(scan)
    place = f"urn:scanstream:place:{scan.place_id}"
    event: Event = {
        "type": "ObjectEvent",
        "eventID": event_id(UUID(scan.scan_id)),
        "eventTime": _time(scan.event_ms),
        "eventTimeZoneOffset": _ZONE_OFFSET,
        "recordTime": _time(scan.logged_ms),
        "action": "OBSERVE",
        "epcList": _what(scan),
        "bizStep": step,
        "disposition": disposition,
        "readPoint": {"id": f"{place}:gate:{scan.gate}"},
        "bizLocation": {"id": place},
        "scanstream:feed": scan.feed,
        "scanstream:direction": scan.direction,
        "scanstream:scanMode": scan.scan_mode,
    }
    if transactions := _transactions(scan):
        event["bizTransactionList"] = transactions
    if scan.temperature_c10:
        event["sensorElementList"] = [_temperature(scan)]
    return event | _extensions(scan)


def declared_wrong(
    event: Event, *, declared_at: datetime, reason: ErrorReason, corrected_by: Sequence[UUID] = ()
) -> Event:
    """Return the event that declares `event` wrong: the same event again, with an error declaration.

    `corrected_by` are the scans that say what really happened; none when nothing did. `declared_at` is aware.
    """
    declaration: Event = {
        "declarationTime": declared_at.astimezone(VIETNAM).isoformat(timespec="milliseconds"),
        "reason": reason.value,
    }
    if corrected_by:
        declaration["correctiveEventIDs"] = [event_id(scan_id) for scan_id in corrected_by]
    return event | {"errorDeclaration": declaration}


def event_id(scan_id: UUID) -> str:
    """Return the identity of a scan's event."""
    return f"urn:uuid:{scan_id}"


def _why(scan: ScanRow) -> tuple[str, str]:
    if scan.feed == "checkpoint":
        return "inspecting", _INSPECTED.get(scan.decision, "unknown")
    return _STEPS.get(scan.direction, _PASSING)


def _what(scan: ScanRow) -> list[str]:
    person = f"urn:scanstream:subject:{scan.subject}"
    return [person] if scan.vehicle == _ZERO else [person, f"urn:scanstream:vehicle:{scan.vehicle}"]


def _transactions(scan: ScanRow) -> list[Event]:
    found = []
    if scan.pass_id != _ZERO:
        found.append({"type": "urn:scanstream:pass", "bizTransaction": f"urn:uuid:{UUID(scan.pass_id)}"})
    if scan.trip_id:
        trip = f"urn:scanstream:route:{scan.route_id}:trip:{scan.trip_id}"
        found.append({"type": "urn:scanstream:trip", "bizTransaction": trip})
    return found


def _temperature(scan: ScanRow) -> Event:
    return {
        "sensorMetadata": {"time": _time(scan.event_ms), "deviceID": f"urn:scanstream:device:{scan.device_id}"},
        "sensorReport": [{"type": "Temperature", "value": scan.temperature_c10 / 10, "uom": "CEL"}],
    }


def _extensions(scan: ScanRow) -> Event:
    shown = {
        "scanstream:verdict": scan.verdict if scan.verdict != "ACCEPTED" else "",
        "scanstream:decision": scan.decision if scan.decision != "NONE" else "",
        "scanstream:decisionReason": scan.decision_reason if scan.decision_reason != "NONE" else "",
    }
    return {name: value for name, value in shown.items() if value}


def _time(utc_ms: int) -> str:
    seconds, ms = divmod(utc_ms, 1_000)
    return f"{datetime.fromtimestamp(seconds, VIETNAM):%Y-%m-%dT%H:%M:%S}.{ms:03}{_ZONE_OFFSET}"
