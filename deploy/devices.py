"""The register of devices: enrol one, withdraw its credential, list them, on the compacted topic they live in."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, TopicPartition

from deploy.kafka.publish import NotAcknowledged, publish_all
from deploy.kafka.topics import require_topics
from deploy.user_error import UserError
from schemas.enums import Role
from schemas.kinds import DEVICES
from schemas.wire import MalformedMessage, decode, encode

_SECRET_BYTES = 24
# Nine digits, drawn: two people who enrol at the same moment don't get the same number.
_LEAST_ID, _ID_COUNT = 100_000_000, 900_000_000
_SECONDS = 30.0

Register = Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A new device and its token, which is kept nowhere else."""

    device_id: int
    token: str


class DeviceRegister:
    """The devices' topic of one Kafka. Raises UserError where the topic is missing or Kafka doesn't acknowledge."""

    def __init__(self, bootstrap: str, *, now: Callable[[], datetime], topic: str = DEVICES.topic) -> None:
        """Choose the topic; the clock gives aware UTC."""
        self._bootstrap, self._topic, self._now = bootstrap, topic, now

    def enrol(self, *, place_id: int, label: str, role: Role = Role.SCANNER) -> Enrolled:
        """Add a device at a place and return it with its token.

        The gateway lets it in as soon as Kafka delivers the record.
        """
        known = self.devices()
        device_id = next(number for number in iter(_drawn, None) if number not in known)
        token = f"{device_id}.{secrets.token_urlsafe(_SECRET_BYTES)}"
        self._publish(
            {
                "device_id": device_id,
                "place_id": place_id,
                "label": label,
                "token_sha256": hashlib.sha256(token.encode()).digest(),
                "revoked": False,
                "role": role.name,
            }
        )
        return Enrolled(device_id, token)

    def revoke(self, device_id: int) -> bool:
        """Withdraw a device's credential for good; return False if that was done before. Raise UserError if unknown."""
        device = self.devices().get(device_id)
        if device is None:
            raise UserError(f"There is no device {device_id}; `scanstream devices list` shows all.")
        if device["revoked"]:
            return False
        self._publish({**device, "revoked": True})
        return True

    def devices(self) -> Register:
        """Return the latest state of every device, by its number."""
        require_topics(self._bootstrap, [self._topic])
        found: dict[int, Mapping[str, Any]] = {}
        consumer = Consumer(
            {
                "bootstrap.servers": self._bootstrap,
                "group.id": "scanstream-devices",  # librdkafka wants one; nothing is committed and no group is joined
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "fetch.wait.max.ms": 50,  # the broker answers the fetch at the topic's end only then
                "log_level": 0,
            }
        )
        try:
            partitions = list(consumer.list_topics(self._topic, timeout=_SECONDS).topics[self._topic].partitions)
            consumer.assign([TopicPartition(self._topic, partition, OFFSET_BEGINNING) for partition in partitions])
            _read(consumer, set(partitions), found)
        except KafkaException as problem:
            raise UserError(f"The register of devices can't be read ({problem.args[0].str()}); try again.") from None
        finally:
            consumer.close()
        return found

    def _publish(self, device: Mapping[str, Any]) -> None:
        value = encode(DEVICES, {**device, "updated_at": self._now()})
        message = (b"%d" % device["device_id"], value)
        try:
            publish_all(self._bootstrap, self._topic, [message], on_message=lambda _: None)
        except NotAcknowledged as problem:
            raise UserError(f"Kafka did not acknowledge the change{problem.why}; do it again.") from None


def _read(consumer: Any, unread: set[int], found: dict[int, Mapping[str, Any]]) -> None:
    while unread:
        message = consumer.poll(_SECONDS)
        if message is None:
            raise UserError("Kafka does not answer; the register of devices can't be read now, try again.")
        error = message.error()
        if error is None:
            _take(message, found)
        elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 -- confluent-kafka's public name for it
            unread.discard(message.partition())
        else:
            raise KafkaException(error)


def _take(message: Message, found: dict[int, Mapping[str, Any]]) -> None:
    """Apply one message as the gateway does: one without value removes, one that is no device's changes nothing."""
    try:
        device_id, value = int(message.key() or b""), message.value()
        if value is None:
            found.pop(device_id, None)
            return
        kind, device = decode(value)
    except (MalformedMessage, ValueError):
        return
    if kind == DEVICES:
        found[device["device_id"]] = device


def _drawn() -> int:
    return _LEAST_ID + secrets.randbelow(_ID_COUNT)
