"""The gateway as a process, against a broker that stops, dies and comes back."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
from confluent_kafka import Producer

from deploy.kafka.broker import Broker
from deploy.kafka.topics import TopicSpec, create_topics
from deploy.local.child import Child, Program
from deploy.local.ports import free_ports
from deploy.local.readiness import ready_line, says_ready
from schemas import wire
from schemas.kinds import DEVICES, FEEDS, VENUE
from schemas.pseudonym import normalise
from streams.gateway.contacts.store import InMemoryContactStore
from streams.gateway.main import CannotServe, run
from tests.streams.gateway.kafka_topics import read_topic
from tests.streams.gateway.samples import DEVICE_ID, KEY, device_state, event, raw_number, raw_plate
from tests.streams.gateway.server import Client, config

pytestmark = pytest.mark.integration
NUMBER = raw_number("main")
PLATE = raw_plate("main")


@pytest.fixture(scope="module")
def own_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Start a broker that these tests may kill, with the product's topics and one device."""
    broker = Broker(tmp_path_factory.mktemp("own_kafka"))
    broker.start()
    names = [*(feed.topic for feed in FEEDS), DEVICES.topic]
    create_topics(broker.bootstrap, [TopicSpec(name=name, partitions=2) for name in names])
    producer = Producer({"bootstrap.servers": broker.bootstrap, "log_level": 0})
    producer.produce(DEVICES.topic, device_state(DEVICE_ID), str(DEVICE_ID).encode())
    assert producer.flush(20) == 0
    yield broker
    broker.stop()


@pytest.fixture
def gateway(own_kafka: Broker, tmp_path: Path) -> Iterator[Child]:
    """Start a gateway process and wait until it says that it is ready."""
    module = "tests.streams.gateway.gateway_process"
    program = Program(
        name="gateway",
        arguments=[sys.executable, "-m", module, own_kafka.bootstrap, str(free_ports(1)[0])],
        log_file=tmp_path / "gateway.log",
        ready=says_ready,
    )
    child = Child(program)
    child.wait_ready()
    yield child
    child.stop()


@pytest.fixture
async def client(gateway: Child) -> AsyncIterator[Client]:
    """Return a client of the process."""
    ready = ready_line(gateway)
    assert ready is not None
    async with aiohttp.ClientSession() as session:
        yield Client(session, ready["url"])


async def pause() -> None:
    """Do as a client does before it sends again."""
    await asyncio.sleep(0.05)


def _scan_ids(broker: Broker) -> list[str]:
    return [wire.decode(message.value())[1]["scan_id"].hex() for message in read_topic(broker.bootstrap, VENUE.topic)]


async def test_what_is_accepted_is_in_kafka_and_the_number_is_nowhere(
    client: Client, own_kafka: Broker, gateway: Child
) -> None:
    sent = [event(identity={"kind": "CCCD", "number": NUMBER}), event(direction=NUMBER)]

    reply = await client.post(json=sent)

    assert (reply.body["accepted"], reply.body["rejected"]) == (1, 1)
    stored = read_topic(own_kafka.bootstrap, VENUE.topic)
    assert sent[0]["scan_id"].replace("-", "") in _scan_ids(own_kafka)
    assert all(NUMBER.encode() not in message.key() + message.value() for message in stored)
    assert NUMBER not in gateway.output()
    assert "POST /v1/scans 200" in gateway.output()


async def test_a_plate_is_in_no_topic_and_no_log(client: Client, own_kafka: Broker, gateway: Child) -> None:
    sent = [event(feed="checkpoint", plate=PLATE), event(feed="checkpoint", plate=PLATE, direction=None)]

    reply = await client.post(json=sent)

    assert (reply.body["accepted"], reply.body["rejected"]) == (1, 1)
    stored = [message for feed in FEEDS for message in read_topic(own_kafka.bootstrap, feed.topic)]
    vehicles = [wire.decode(message.value())[1].get("vehicle") for message in stored]
    assert KEY.vehicle(plate=PLATE) in vehicles
    for trace in (PLATE, normalise(PLATE)):
        assert all(trace.encode() not in message.key() + message.value() for message in stored)
        assert trace not in gateway.output() + json.dumps(reply.body) + (await client.get("/metrics")).body


async def test_over_a_broker_crash_a_client_that_sends_again_until_it_is_accepted_loses_nothing(
    client: Client, own_kafka: Broker
) -> None:
    sent = [event() for _ in range(60)]

    async def deliver(batch: list[dict[str, object]]) -> None:
        while (await client.post(json=batch)).status != 200:
            await pause()

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        for start in range(0, 60, 3):
            group.create_task(deliver(sent[start : start + 3]))
            if start == 30:
                own_kafka.kill()
        while (await client.get("/readyz")).status != 503:
            await pause()
        refused = await client.post(json=[event()])
        assert (refused.status, refused.body["detail"][:22]) == (503, "Kafka can't be reached")
        assert (await client.get("/healthz")).status == 200
        own_kafka.restart()  # in this thread: the broker ends with the thread that started it

    assert (await client.get("/readyz")).status == 200
    assert {one["scan_id"].replace("-", "") for one in sent} <= set(_scan_ids(own_kafka))


async def test_stopping_answers_what_is_in_progress_and_ends_without_error(
    client: Client, own_kafka: Broker, gateway: Child
) -> None:
    batch = [event() for _ in range(2_000)]

    async with asyncio.TaskGroup() as group:
        reply = group.create_task(client.post(json=batch))
        while "inflight_events 2000.0" not in (await client.get("/metrics")).body:
            assert not reply.done()
        gateway._process.send_signal(signal.SIGTERM)

    assert reply.result().body["accepted"] == 2_000
    assert await asyncio.to_thread(gateway._process.wait, 20) == 0
    assert {one["scan_id"].replace("-", "") for one in batch} <= set(_scan_ids(own_kafka))


def test_a_taken_port_is_explained_in_a_sentence(own_kafka: Broker, gateway: Child) -> None:
    ready = ready_line(gateway)
    assert ready is not None

    with pytest.raises(CannotServe, match=r"can't listen on .*; stop what listens there, or choose another port"):
        run(config(kafka_bootstrap=own_kafka.bootstrap, port=ready["port"]), contacts=InMemoryContactStore())
