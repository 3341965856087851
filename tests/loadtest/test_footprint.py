"""What a run left behind: bytes in Kafka as on its disk, bytes of parts, memory."""

import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from deploy.kafka.broker import Broker
from loadtest.footprint import disk_bytes_per_row, machine_seconds, resident_bytes, stored_bytes
from loadtest.offsets import end_offsets


class _Parts:
    """Answers with a sum of bytes and rows."""

    def __init__(self, size_bytes: int, rows: int) -> None:
        self.result_rows = [(size_bytes, rows)]
        self.table: object = None

    def query(self, query: str, parameters: dict[str, Any] | None = None) -> Any:
        assert "system.parts" in query
        self.table = (parameters or {})["table"]
        return self


def test_bytes_a_row_are_those_of_active_parts() -> None:
    parts = _Parts(490, 10)
    assert disk_bytes_per_row(parts, "scans") == 49
    assert parts.table == "scans"
    assert disk_bytes_per_row(_Parts(0, 0), "scans") == 0


def test_memory_is_that_of_living_processes() -> None:
    assert resident_bytes(os.getpid()) > 10_000_000
    assert resident_bytes(2**22 + 1) == 0


def test_the_machines_cpu_only_grows() -> None:
    assert 0 < machine_seconds() <= machine_seconds()


@pytest.mark.integration
def test_a_topics_bytes_are_compressed_as_the_broker_keeps_them(
    kafka: Broker, unique_name: Callable[[str], str]
) -> None:
    topic = unique_name("footprint")
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
    admin.create_topics([NewTopic(topic, 2, 1)])[topic].result()
    random = np.random.default_rng(1)
    producer = Producer({"bootstrap.servers": kafka.bootstrap, "compression.type": "lz4", "linger.ms": 100})
    for number in range(2_000):
        producer.produce(topic, random.bytes(100) + bytes(900), partition=number % 2)
    producer.flush()
    stored = stored_bytes(kafka.bootstrap, topic, ends=end_offsets(kafka.bootstrap, topic))
    assert 2_000 * 100 < stored < 2_000 * 200
