"""A Kafka record, free of the client library."""

from dataclasses import dataclass

from schemas.landing import Headers


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A Kafka record; `value` is None for a tombstone."""

    topic: str
    partition: int
    offset: int
    value: bytes | None
    headers: Headers
