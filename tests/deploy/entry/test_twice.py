"""A file that is imported twice, through a real gateway and Kafka, is the same events for the worker."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.cli import main
from deploy.kafka.broker import Broker
from deploy.kafka.topics import TopicSpec, create_topics
from schemas.enums import Role
from schemas.kinds import DECLARATION
from schemas.wire import decode
from streams.batch import BatchProcessor
from streams.gateway.devices import InMemoryDeviceDirectory
from streams.gateway.kafka_publisher import KafkaPublisher
from streams.registry.snapshot import Snapshot
from streams.transport.record_batch import read_records
from streams.window.rules import WindowRules
from streams.window.state import WindowState
from tests.deploy.entry.forms import declaration, table_of
from tests.streams.gateway.kafka_topics import read_topic
from tests.streams.gateway.samples import DEVICE_ID, TOKEN, TOKEN_SHA256, raw_number
from tests.streams.gateway.server import config, serving
from tests.streams.transport.batches import Sent, batch_of

pytestmark = pytest.mark.integration


async def test_nothing_is_doubled_and_no_number_is_in_kafka(
    kafka: Broker, unique_name: Callable[[str], str], tmp_path: Path
) -> None:
    feed = replace(DECLARATION, topic=unique_name("declarations"))
    create_topics(kafka.bootstrap, [TopicSpec(name=feed.topic, partitions=1)])
    now = datetime.now(UTC)
    days_ago = [f"{now - timedelta(days=days):%d/%m/%Y %H:%M}" for days in (1, 2, 20)]
    (tmp_path / "forms.csv").write_bytes(table_of(*(declaration(time, time=time) for time in days_ago)))
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "token").chmod(0o600)
    directory, settings = InMemoryDeviceDirectory(), config(kafka_bootstrap=kafka.bootstrap)
    directory.enrol(DEVICE_ID, TOKEN_SHA256, Role.OPERATOR)
    publisher = KafkaPublisher(settings)
    await publisher.start()
    async with serving(settings, directory=directory, publisher=publisher, feeds=[feed]) as client:
        own = ["--feed", "declaration", "--gateway", client.url, "--token-file", str(tmp_path / "token")]
        for _ in range(2):
            ended = await asyncio.to_thread(
                CliRunner().invoke, main, ["reports", "import", str(tmp_path / "forms.csv"), *own]
            )
            assert ended.exit_code == 0, ended.stderr
    await publisher.close()
    messages = read_topic(kafka.bootstrap, feed.topic)
    assert not any(raw_number(time).encode() in message.value() for time in days_ago for message in messages)
    sent = [Sent(message.key(), message.value()) for message in messages]
    records = read_records(batch_of(sent, base=0, appended_ms=int(now.timestamp() * 1_000)))
    processed = BatchProcessor(feed=DECLARATION).process(
        state=WindowState(WindowRules(rescan_ms=0)),
        snapshot=Snapshot.build(places={}, areas={}, devices={}),
        records=records,
        partition=0,
        first=0,
        last=5,
    )
    counts = processed.message.counts
    assert counts.accepted + counts.retry == counts.seen == 6
    # What the worker leaves to the sink is accepted until that has looked.
    assert 3 <= counts.accepted <= 3 + processed.message.checked
    assert len({decode(message.value())[1]["event_id"] for message in messages}) == 3
