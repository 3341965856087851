"""What the publisher makes of Kafka's answers, over a producer that answers as told."""

from collections.abc import Callable
from typing import Any

import pytest
from confluent_kafka import KafkaError

from sinks.errors import Abandoned, TryAgain
from sinks.watch.alert import Alert
from sinks.watch.kafka_publisher import KafkaPublisher

_ALERTS = [Alert(bytes([number]) * 16, b"key", b"value %d" % number) for number in range(3)]
_Delivered = Callable[[KafkaError | None, Any], None]


class Producer:
    """A producer whose queue is full for `full` calls, and whose broker answers after `silent` waits, or never."""

    def __init__(self, *, full: int = 0, silent: int = 0, refuses: int = 0) -> None:
        self._full, self._silent, self._refuses = full, silent, refuses
        self._waiting: list[_Delivered] = []
        self.taken: list[tuple[str, bytes, bytes]] = []

    def produce(self, topic: str, value: bytes, key: bytes, *, on_delivery: _Delivered) -> None:
        if self._full:
            raise BufferError
        self.taken.append((topic, value, key))
        self._waiting.append(on_delivery)

    def poll(self, _seconds: float) -> None:
        self._full -= 1

    def flush(self, _seconds: float) -> int:
        if self._silent:
            self._silent -= 1
            return len(self._waiting)
        for number, delivered in enumerate(self._waiting):
            delivered(KafkaError(KafkaError.UNKNOWN_TOPIC_OR_PART) if number < self._refuses else None, None)
        self._waiting = []
        return 0

    def purge(self) -> None:
        self._waiting = []


def _publisher(producer: Producer, *, stopping: bool = False) -> KafkaPublisher:
    return KafkaPublisher(producer, topic="alerts", stopping=lambda: stopping)


def test_it_returns_once_all_are_acknowledged_however_long_that_takes() -> None:
    producer = Producer(full=2, silent=5)
    _publisher(producer).publish(_ALERTS)
    assert producer.taken == [("alerts", alert.value, b"key") for alert in _ALERTS]


def test_an_alert_that_was_not_taken_fails_the_turn() -> None:
    with pytest.raises(TryAgain, match="did not take 1 of 3"):
        _publisher(Producer(refuses=1)).publish(_ALERTS)


@pytest.mark.parametrize("producer", [Producer(full=9), Producer(silent=9)])
def test_told_to_stop_it_waits_no_longer(producer: Producer) -> None:
    with pytest.raises(Abandoned):
        _publisher(producer, stopping=True).publish(_ALERTS)
