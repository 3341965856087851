"""Settings of the gateway."""

from dataclasses import dataclass

from schemas.key_ring import KeyRing
from schemas.pseudonym import PseudonymKey

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayConfig:
    """What differs between installations. Raises ValueError for limits that contradict each other.

    `max_body_bytes` bounds a body both as sent and decompressed. `max_inflight_events` and `max_inflight_bytes` bound
    what all requests together may hold; beyond them the answer is 429. With `cloud_events` messages have the headers of
    CloudEvents. `rotated_keys` are there once keys were rotated: people are linked to what older keys made of them.
    Public documents are read anew after `public_max_age_seconds`; pages of `public_origin` ("*": any) may read them.
    """

    kafka_bootstrap: str
    pseudonym_key: PseudonymKey
    rotated_keys: KeyRing | None = None
    host: str = "127.0.0.1"
    port: int = 8080
    cloud_events: bool = False
    public_origin: str = ""
    # A map is no surveillance camera: nobody needs it by the second.
    public_max_age_seconds: int = 300
    # 5,000 events of at most about 800 bytes of JSON; a usual one has 400.
    max_body_bytes: int = 4 * MIB
    max_events: int = 5_000
    # About a second of work at the rate one core sustains: more would only wait longer than a client does.
    max_inflight_events: int = 20_000
    max_inflight_bytes: int = 64 * MIB
    # Several requests share one Kafka batch per partition, at a price no one notices in an answer.
    linger_ms: float = 5.0
    # Longer than a broker's restart, shorter than the half minute after which HTTP clients give up.
    delivery_timeout_seconds: float = 10.0
    body_timeout_seconds: float = 30.0
    drain_timeout_seconds: float = 15.0

    def __post_init__(self) -> None:
        """Refuse limits under which a request of the allowed size could never be admitted."""
        if self.max_events > self.max_inflight_events:
            raise ValueError("max_inflight_events must be at least max_events")
        if self.max_body_bytes > self.max_inflight_bytes:
            raise ValueError("max_inflight_bytes must be at least max_body_bytes")
