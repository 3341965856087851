"""Corrections as Kafka has them, and which events they leave standing, spelled out."""

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.kinds import CORRECTION
from schemas.wire import encode
from tests.schemas.samples import plain_record

AT_MS = 1_627_776_000_000


@dataclass
class Message:
    """A Kafka message as loaders read it."""

    key_bytes: bytes
    value_bytes: bytes
    logged_ms: int = AT_MS
    topic_name: str = CORRECTION.topic

    def key(self) -> bytes:
        return self.key_bytes

    def value(self) -> bytes:
        return self.value_bytes

    def topic(self) -> str:
        return self.topic_name

    def timestamp(self) -> tuple[int, int]:
        return 2, self.logged_ms

    def partition(self) -> int:
        return 3

    def offset(self) -> int:
        return 40


def correction(event_id: bytes, corrects: bytes, *, subject: bytes, at_ms: int = AT_MS, key: bytes = b"") -> Message:
    """Return the message of a correction that withdraws an event."""
    record = plain_record(CORRECTION) | {
        "event_id": event_id,
        "subject": subject,
        "corrects": corrects,
        "action": "WITHDRAW",
        "event_time": at_ms,
        "sent_at": at_ms,
    }
    return Message(key or subject, encode(CORRECTION, record), at_ms)


def withdrawn(corrections: Iterable[tuple[bytes, bytes]]) -> set[bytes]:
    """Return what the view `corrections_standing` says is withdrawn, of pairs of a correction's id and its event's."""
    told = set(corrections)
    about_corrections = {pair for pair in told if pair[1] in {event_id for event_id, _ in told}}
    level = about_corrections
    for _ in range(4):
        level = {pair for pair in about_corrections if pair[0] not in {corrects for _, corrects in level}}
    return {corrects for event_id, corrects in told if event_id not in {it for _, it in level}}
