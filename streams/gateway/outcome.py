"""What becomes of each event of a request: ready for Kafka, or rejected with a reason."""

from typing import TypeAlias

import msgspec

from schemas.vault import Details


class Ready(msgspec.Struct, frozen=True, gc=False):
    """An event that is valid: its Kafka message, its identity as the client wrote it, and what to seal beforehand."""

    feed: str
    topic: str
    key: bytes
    value: bytes
    scan_id: str
    details: Details | None = None


class Invalid(msgspec.Struct, frozen=True, gc=False):
    """An event that can't be accepted. `reason` names the field and what is allowed, never what was sent."""

    feed: str
    reason: str


Outcome: TypeAlias = Ready | Invalid


class Unacceptable(ValueError):
    """One event can't be accepted; the text is its reason and quotes nothing of the event."""
