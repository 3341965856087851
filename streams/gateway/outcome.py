"""What becomes of each event of a request: ready for Kafka, or rejected with a reason."""

from typing import TypeAlias

import msgspec


class Ready(msgspec.Struct, frozen=True, gc=False):
    """An event that is valid: its Kafka message, and its identity as the client wrote it."""

    feed: str
    topic: str
    key: bytes
    value: bytes
    scan_id: str


class Invalid(msgspec.Struct, frozen=True, gc=False):
    """An event that can't be accepted. `reason` names the field and what is allowed, never what was sent."""

    feed: str
    reason: str


Outcome: TypeAlias = Ready | Invalid


class Unacceptable(ValueError):
    """One event can't be accepted; the text is its reason and quotes nothing of the event."""
