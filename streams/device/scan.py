"""Make a scan of what was decoded. Pure: clock and randomness are given."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec

from schemas.enums import CaptureMode, Direction, ScanMode
from streams.device.decoded import Decoded

#: Random bytes an identity needs: 74 of their 80 bits are used.
ID_RANDOM_BYTES = 10
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """Where this device stands and how it is used; the same for all its scans."""

    place_id: int
    gate: int = 0
    direction: Direction = Direction.IN
    feed: str = "venue"
    scan_mode: ScanMode = ScanMode.GUARD_SCAN
    capture_mode: CaptureMode = CaptureMode.SELF_APP


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One scan as it is kept until the gateway has it: `event` is JSON, with the raw identity in it."""

    scan_id: uuid.UUID
    event_time_ms: int
    event: bytes = field(repr=False)


def uuid7(now_ms: int, randomness: bytes) -> uuid.UUID:
    """Return a UUID of version 7 (RFC 9562, 5.7): 48 bits of milliseconds since 1970, then 74 random bits."""
    bits = int.from_bytes(randomness[:ID_RANDOM_BYTES], "big")
    return uuid.UUID(
        int=(now_ms & (1 << 48) - 1) << 80 | 0x7 << 76 | (bits >> 68) << 64 | 0b10 << 62 | bits & (1 << 62) - 1
    )


def make_scan(
    decoded: Decoded, station: Station, *, now_ms: int, randomness: bytes, pass_id: bytes | None = None
) -> Scan:
    """Return the scan of a person at this station, made now (ms since 1970), with the movement pass they showed."""
    capture_mode = CaptureMode.ASSISTED if decoded.by_another else station.capture_mode
    event: dict[str, object] = {
        "feed": station.feed,
        "identity": {"kind": decoded.kind.name, "number": decoded.number},
        "place_id": station.place_id,
        "gate": station.gate,
        "direction": station.direction.name,
        "credential": decoded.credential.name,
        "scan_mode": station.scan_mode.name,
        "capture_mode": capture_mode.name,
        "source_app": decoded.source_app.name,
    }
    if pass_id is not None:
        event["pass_id"] = pass_id.hex()
    return Scan(scan_id=uuid7(now_ms, randomness), event_time_ms=now_ms, event=msgspec.json.encode(event))


def milliseconds_of(moment: datetime) -> int:
    """Return an aware time as milliseconds since 1970."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)
