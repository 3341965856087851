"""Keep the directory of devices fresh from its compacted topic, in a small thread of its own."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition

from schemas.enums import Role
from schemas.kinds import DEVICES
from schemas.wire import MalformedMessage, decode
from streams.gateway.devices import Credential, InMemoryDeviceDirectory

_POLL_SECONDS = 0.2
_METADATA_SECONDS = 2.0
_RETRY_SECONDS = 0.5
_LOG = logging.getLogger(__name__)


class KafkaDeviceDirectory:
    """A `DeviceDirectory` that follows the devices' topic from its beginning.

    A change takes effect as soon as Kafka delivers it, usually within milliseconds. While Kafka is away the last known
    state holds.
    """

    def __init__(self, bootstrap: str, *, topic: str = DEVICES.topic) -> None:
        """Choose the topic without connecting yet."""
        self._bootstrap = bootstrap
        self._topic = topic
        self._devices = InMemoryDeviceDirectory()
        self._unread: set[int] = set()
        self._assigned = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="devices", daemon=True)

    @property
    def loaded(self) -> bool:
        return self._assigned and not self._unread

    def credential(self, device_id: int) -> Credential | None:
        return self._devices.credential(device_id)

    def start(self) -> None:
        """Begin to read the topic; it may still be missing."""
        self._thread.start()

    def close(self) -> None:
        """Stop reading and wait until the thread has ended."""
        self._stop.set()
        self._thread.join()

    def _follow(self) -> None:
        consumer = Consumer(_settings(self._bootstrap), logger=_LOG)
        try:
            if self._assign(consumer):
                self._read(consumer)
        finally:
            consumer.close()

    def _assign(self, consumer: Any) -> bool:
        """Take all partitions as soon as the topic is there; return False if told to stop before."""
        while not (partitions := _partitions(consumer, self._topic)):
            if self._stop.wait(_RETRY_SECONDS):
                return False
        self._unread = set(partitions)
        consumer.assign([TopicPartition(self._topic, partition, OFFSET_BEGINNING) for partition in partitions])
        self._assigned = True
        return True

    def _read(self, consumer: Any) -> None:
        while not self._stop.is_set():
            message = consumer.poll(_POLL_SECONDS)
            if message is None:
                continue
            if message.error() is None:
                self._apply(message.key(), message.value())
            elif message.error().code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 -- confluent-kafka's public name for it
                self._unread.discard(message.partition())
            else:
                _LOG.warning("devices: %s", message.error().str())

    def _apply(self, key: bytes | None, value: bytes | None) -> None:
        try:
            apply_change(self._devices, key, value)
        except (MalformedMessage, ValueError) as error:
            _LOG.warning("a message of the devices' topic was skipped: %s", error)


def apply_change(devices: InMemoryDeviceDirectory, key: bytes | None, value: bytes | None) -> None:
    """Apply one message of the devices' topic; one without value withdraws the device its key names.

    Raise MalformedMessage or ValueError if the message is not a device's state.
    """
    if value is None:
        devices.revoke(int(key or b""))
        return
    kind, device = decode(value)
    if kind != DEVICES:
        raise ValueError(f"it holds a {kind.name}")
    if device["revoked"]:
        devices.revoke(device["device_id"])
    else:
        devices.enrol(device["device_id"], device["token_sha256"], Role[device["role"]])


def _partitions(consumer: Any, topic: str) -> list[int]:
    try:
        found = consumer.list_topics(topic, timeout=_METADATA_SECONDS).topics[topic]
    except KafkaException:
        return []
    return [] if found.error else list(found.partitions)


def _settings(bootstrap: str) -> dict[str, str | bool | int | Callable[[KafkaError], None]]:
    return {
        "bootstrap.servers": bootstrap,
        "client.id": "scanstream-gateway-devices",
        "group.id": "scanstream-gateway-devices",  # librdkafka wants one; nothing is committed and no group is joined
        "enable.auto.commit": False,
        "enable.partition.eof": True,
        "log_level": 3,
    }
