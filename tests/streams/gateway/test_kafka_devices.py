"""The directory follows the devices' topic: enrolments, new tokens and revocations within seconds."""

from collections.abc import Callable, Iterator

import pytest
from confluent_kafka import Producer

from deploy.kafka.broker import Broker
from deploy.kafka.topics import TopicSpec, create_topics
from schemas.enums import Role
from schemas.kinds import VENUE
from schemas.wire import MalformedMessage, encode
from streams.gateway.devices import InMemoryDeviceDirectory
from streams.gateway.kafka_devices import KafkaDeviceDirectory, apply_change
from tests.streams.gateway.samples import TOKEN_SHA256, avro_record, device_state
from tests.waiting import until_async


class DevicesTopic:
    """A devices' topic of its own."""

    def __init__(self, bootstrap: str, name: str) -> None:
        self.bootstrap = bootstrap
        self.name = name
        self._producer = Producer({"bootstrap.servers": bootstrap})

    def create(self) -> None:
        """Make the topic."""
        create_topics(self.bootstrap, [TopicSpec(name=self.name, partitions=2, config={"cleanup.policy": "compact"})])

    def put(self, device_id: int, value: bytes | None) -> None:
        """Write a device's state and wait until it is stored."""
        self._producer.produce(self.name, value, str(device_id).encode())
        assert self._producer.flush(10) == 0


@pytest.fixture
def topic(kafka: Broker, unique_name: Callable[[str], str]) -> DevicesTopic:
    """Return a name for a devices' topic that doesn't exist yet."""
    return DevicesTopic(kafka.bootstrap, unique_name("devices"))


@pytest.fixture
def followed(topic: DevicesTopic) -> Iterator[KafkaDeviceDirectory]:
    """Return a directory that follows the topic, not started yet."""
    directory = KafkaDeviceDirectory(topic.bootstrap, topic=topic.name)
    yield directory
    directory.close()


@pytest.mark.integration
async def test_devices_enrolled_before_the_start_are_known_once_it_is_loaded(
    topic: DevicesTopic, followed: KafkaDeviceDirectory
) -> None:
    topic.create()
    for device_id in range(50):
        topic.put(device_id, device_state(device_id))
    assert not followed.loaded

    followed.start()
    await until_async(lambda: followed.loaded)

    assert [followed.credential(device_id) for device_id in range(51)] == [(TOKEN_SHA256, Role.SCANNER)] * 50 + [None]


@pytest.mark.integration
async def test_changes_take_effect_while_it_runs(topic: DevicesTopic, followed: KafkaDeviceDirectory) -> None:
    topic.create()
    followed.start()
    await until_async(lambda: followed.loaded)

    topic.put(5, device_state(5))
    await until_async(lambda: followed.credential(5) == (TOKEN_SHA256, Role.SCANNER), seconds=5)
    topic.put(5, device_state(5, token_sha256=b"n" * 32))
    await until_async(lambda: followed.credential(5) == (b"n" * 32, Role.SCANNER), seconds=5)
    topic.put(5, device_state(5, revoked=True))
    await until_async(lambda: followed.credential(5) is None, seconds=5)


@pytest.mark.integration
async def test_a_topic_made_later_is_found_and_a_bad_message_in_it_is_skipped(
    topic: DevicesTopic, followed: KafkaDeviceDirectory
) -> None:
    followed.start()
    topic.create()
    topic.put(5, b"no device")
    topic.put(5, device_state(5))
    topic.put(6, device_state(6))
    topic.put(6, None)

    await until_async(lambda: followed.loaded and followed.credential(5) == (TOKEN_SHA256, Role.SCANNER))

    assert followed.credential(6) is None


def test_a_message_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="it holds a venue"):
        apply_change(InMemoryDeviceDirectory(), b"5", encode(VENUE, avro_record(VENUE)))
    with pytest.raises(MalformedMessage):
        apply_change(InMemoryDeviceDirectory(), b"5", b"")


def test_a_tombstone_withdraws_its_device() -> None:
    devices = InMemoryDeviceDirectory()
    devices.enrol(5, TOKEN_SHA256)

    apply_change(devices, b"5", None)

    assert devices.credential(5) is None


async def test_a_directory_without_a_broker_can_be_closed() -> None:
    directory = KafkaDeviceDirectory("127.0.0.1:1", topic="devices")
    directory.start()

    directory.close()

    assert not directory.loaded
