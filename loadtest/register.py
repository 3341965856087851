"""Publish the fleet's places, devices and communes to the public reference topics."""

from confluent_kafka import Producer

from loadtest.fleet import Fleet
from loadtest.offsets import CouldNotCheck
from loadtest.registry import reference_messages

_QUEUE_MESSAGES = 50_000
_FLUSH_SECONDS = 60.0


def register(bootstrap: str, fleet: Fleet, *, updated_ms: int) -> int:
    """Publish every reference message and return how many there were; raise CouldNotCheck if one isn't acknowledged."""
    producer = Producer(
        {
            "bootstrap.servers": bootstrap,
            "enable.idempotence": True,
            "acks": "all",
            "compression.type": "lz4",
            "linger.ms": 20,
            "partitioner": "murmur2_random",
            "log_level": 0,
        }
    )
    count = 0
    for kind, key, value in reference_messages(fleet, updated_ms=updated_ms):
        while len(producer) > _QUEUE_MESSAGES:
            producer.poll(0.01)
        producer.produce(kind.topic, value, key)
        count += 1
    left = producer.flush(_FLUSH_SECONDS)
    if left:
        raise CouldNotCheck(f"{left} of {count} reference messages were not acknowledged")
    return count
