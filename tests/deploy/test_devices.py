"""The register of devices on a real Kafka, followed by a real gateway."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from confluent_kafka import Producer

from deploy.devices import DeviceRegister
from deploy.kafka.broker import Broker
from deploy.kafka.topics import TopicSpec, create_topics
from deploy.user_error import UserError
from schemas.enums import Role
from streams.gateway.kafka_devices import KafkaDeviceDirectory
from streams.gateway.publisher import InMemoryPublisher
from tests.streams.gateway.samples import device_state, event
from tests.streams.gateway.server import Client, Reply, config, serving
from tests.waiting import until_async

pytestmark = pytest.mark.integration
NOW = datetime(2021, 8, 5, tzinfo=UTC)


@pytest.fixture
def topic(kafka: Broker, unique_name: Callable[[str], str]) -> str:
    """Return a devices' topic of its own."""
    name = unique_name("devices")
    create_topics(kafka.bootstrap, [TopicSpec(name=name, partitions=1, config={"cleanup.policy": "compact"})])
    return name


@pytest.fixture
def register(kafka: Broker, topic: str) -> DeviceRegister:
    """Return an empty register."""
    return DeviceRegister(kafka.bootstrap, now=lambda: NOW, topic=topic)


@pytest.fixture
def directory(kafka: Broker, topic: str) -> Iterator[KafkaDeviceDirectory]:
    """Return the gateway's directory of the register."""
    directory = KafkaDeviceDirectory(kafka.bootstrap, topic=topic)
    directory.start()
    yield directory
    directory.close()


async def _post(client: Client, device_id: int, token: str) -> Reply:
    return await client.post(json=[event(device_id=device_id)], headers={"Authorization": f"Bearer {token}"})


async def test_the_gateway_lets_an_enrolled_device_in_and_a_revoked_one_no_more(
    register: DeviceRegister, directory: KafkaDeviceDirectory
) -> None:
    publisher = InMemoryPublisher()
    one, other = register.enrol(place_id=7, label="cổng bắc"), register.enrol(place_id=7, label="cổng nam")
    async with serving(config(), directory=directory, publisher=publisher) as client:
        await until_async(lambda: directory.loaded and directory.credential(other.device_id) is not None)
        assert (await _post(client, one.device_id, one.token)).status == 200

        assert register.revoke(one.device_id)
        await until_async(lambda: directory.credential(one.device_id) is None, seconds=5)

        refused = await _post(client, one.device_id, one.token)
        assert (refused.status, refused.body["detail"]) == (
            401,
            "The device's token is not valid; enrol the device again.",
        )
        assert (await _post(client, other.device_id, other.token)).status == 200
    assert len(publisher.stored) == 2


def test_the_register_holds_the_latest_state_and_no_token(register: DeviceRegister) -> None:
    assert register.devices() == {}
    enrolled = register.enrol(place_id=7, label="cổng bắc", role=Role.OPERATOR)
    (device,) = register.devices().values()
    assert device == {
        "device_id": enrolled.device_id,
        "place_id": 7,
        "label": "cổng bắc",
        "token_sha256": hashlib.sha256(enrolled.token.encode()).digest(),
        "revoked": False,
        "role": "OPERATOR",
        "updated_at": NOW,
    }
    assert enrolled.token.startswith(f"{enrolled.device_id}.")
    assert [register.revoke(enrolled.device_id), register.revoke(enrolled.device_id)] == [True, False]
    assert register.devices() == {enrolled.device_id: {**device, "revoked": True}}


def test_what_is_no_device_is_passed_over_and_a_removed_one_is_gone(
    kafka: Broker, topic: str, register: DeviceRegister
) -> None:
    producer = Producer({"bootstrap.servers": kafka.bootstrap})
    for key, value in [
        (b"5", b"no device"),
        (b"6", device_state(6)),
        (b"6", None),
        (b"x", None),
        (b"8", device_state(8)),
    ]:
        producer.produce(topic, value, key)
    assert producer.flush(20) == 0
    assert list(register.devices()) == [8]


def test_an_unknown_device_and_a_missing_topic_are_explained(kafka: Broker, register: DeviceRegister) -> None:
    with pytest.raises(UserError, match=r"There is no device 5; `scanstream devices list` shows all"):
        register.revoke(5)
    missing = DeviceRegister(kafka.bootstrap, now=lambda: NOW, topic="test_devices_missing")
    with pytest.raises(UserError, match=r"no topic test_devices_missing yet; run `scanstream migrate` first"):
        missing.enrol(place_id=1, label="x")
