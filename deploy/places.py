"""The register of places: what a place is, and how it gets into the reference topic."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from confluent_kafka import KafkaError, Producer

from deploy.user_error import UserError
from schemas.kinds import PLACES
from schemas.wire import encode

COLUMNS = ("place_id", "name", "category", "department", "commune_code", "capacity", "mandate_ref")
_FLUSH_SECONDS = 60.0
_QUEUE_MESSAGES = 50_000


@dataclass(frozen=True, slots=True)
class Place:
    """The state of one place, as the Avro record has it, without the time of recording."""

    fields: Mapping[str, Any]

    @property
    def key(self) -> bytes:
        """Return the key in the reference topic."""
        return b"%d" % self.fields["place_id"]


def publish_places(
    bootstrap: str, places: Sequence[Place], *, now: Callable[[], datetime], on_place: Callable[[int], object]
) -> None:
    """Publish `places` as recorded now; returns when Kafka has acknowledged all, else raises UserError.

    `on_place` is called with 1 as each place is handed over.
    """
    refused: list[KafkaError] = []

    def delivered(error: KafkaError | None, _message: object) -> None:
        if error is not None:
            refused.append(error)

    producer = Producer(
        {
            "bootstrap.servers": bootstrap,
            "enable.idempotence": True,
            "compression.type": "lz4",
            "partitioner": "murmur2_random",
            "log_level": 0,
        }
    )
    _require_topic(producer)
    updated_ms = int(now().timestamp() * 1_000)
    for place in places:
        while len(producer) > _QUEUE_MESSAGES:
            producer.poll(0.01)
        value = encode(PLACES, {**place.fields, "updated_at": updated_ms})
        producer.produce(PLACES.topic, value, place.key, on_delivery=delivered)
        on_place(1)
    if unsent := producer.flush(_FLUSH_SECONDS) + len(refused):
        why = f" ({refused[0].str()})" if refused else ""
        raise UserError(f"Kafka did not acknowledge {unsent} of {len(places)} places{why}; import the file again.")


def _require_topic(producer: Producer) -> None:
    # Asked for by its name, a missing topic would be made by a Kafka that makes topics on demand.
    if PLACES.topic not in producer.list_topics(timeout=_FLUSH_SECONDS).topics:
        raise UserError(f"Kafka has no topic {PLACES.topic} yet; run `scanstream migrate` first.")
