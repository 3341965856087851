"""`Publisher` into Kafka: an idempotent producer, and a wait for every acknowledgement."""

from collections.abc import Callable, Sequence
from typing import Any

from confluent_kafka import KafkaError, Producer

from sinks.errors import Abandoned, TryAgain
from sinks.watch.alert import Alert

_POLL_SECONDS = 0.5


def new_producer(bootstrap: str) -> Producer:
    """Return a producer that puts equal keys into the partition Java's would, and repeats without copies."""
    return Producer(
        {
            "bootstrap.servers": bootstrap,
            "client.id": "scanstream-watch",
            "enable.idempotence": True,
            "partitioner": "murmur2_random",
            "compression.type": "lz4",
            "log_level": 0,
        }
    )


class KafkaPublisher:
    """`Publisher` over one producer; `stopping` tells that nobody wants to wait any more."""

    def __init__(self, producer: Any, *, topic: str, stopping: Callable[[], bool]) -> None:
        """Take a producer of `new_producer`."""
        self._producer, self._topic, self._stopping = producer, topic, stopping

    def publish(self, alerts: Sequence[Alert]) -> None:
        refused: list[KafkaError] = []
        for alert in alerts:
            self._produce(alert, lambda error, _: refused.append(error) if error else None)
        while self._producer.flush(_POLL_SECONDS):
            if self._stopping():
                self._producer.purge()
                raise Abandoned("told to stop before Kafka acknowledged every alert")
        if refused:
            raise TryAgain(f"Kafka did not take {len(refused)} of {len(alerts)} alerts ({refused[0].str()})")

    def _produce(self, alert: Alert, delivered: Callable[[KafkaError | None, Any], None]) -> None:
        while True:
            try:
                self._producer.produce(self._topic, alert.value, alert.key, on_delivery=delivered)
            except BufferError:
                if self._stopping():
                    self._producer.purge()
                    raise Abandoned("told to stop before Kafka took every alert") from None
                self._producer.poll(_POLL_SECONDS)
            else:
                return
