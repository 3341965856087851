"""Run the watch: all its parts made and joined in one place."""

import json
import logging
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime

from clickhouse_connect.driver.client import Client
from prometheus_client import CollectorRegistry

from schemas.kinds import ALERT
from sinks.config import SinkConfig
from sinks.errors import Abandoned
from sinks.process import connected, metrics_server, stopped_by_signals
from sinks.retention.proofs import last_proof
from sinks.watch.clickhouse_answers import ClickHouseAnswers
from sinks.watch.device_gauges import DeviceGauges, read_backlog_seconds
from sinks.watch.kafka_publisher import KafkaPublisher, new_producer
from sinks.watch.part_gauges import PartGauges, read_parts
from sinks.watch.retention_gauges import RetentionGauges
from sinks.watch.scan_gauges import ScanGauges, read_scans
from sinks.watch.table import RULES
from sinks.watch.watch import Watch
from sinks.watch.watch_metrics import WatchMetrics

_log = logging.getLogger(__name__)


#: What goes on as long as the watch does, and shows its metrics in the same registry.
Beside = Callable[[CollectorRegistry], AbstractContextManager[None]]


def run(config: SinkConfig, *, beside: Beside = lambda _: nullcontext()) -> None:
    """Raise alerts until SIGTERM or SIGINT, with `beside` entered meanwhile; call it in the main thread.

    Prints one JSON line once ClickHouse has answered. Waits for Kafka and ClickHouse for as long as they are away.
    Raises SinkStopped, whose text is for the person at the terminal, when it can't go on.
    """
    stopping = threading.Event()
    registry = CollectorRegistry()
    metrics = WatchMetrics(registry)
    with stopped_by_signals(stopping), metrics_server(config, registry), beside(registry):
        try:
            client = connected(config, stopping, failed=lambda failure: _log.warning("ClickHouse: %s", failure))
            client.database = config.clickhouse_database
            _say_ready(config)
            _watch(config, client, metrics, _looks(client, registry), stopping)
        except Abandoned:
            return
        client.close()


def _looks(client: Client, registry: CollectorRegistry) -> Sequence[Callable[[], float]]:
    """Return what looks at the store if it is time, and tells the seconds until it is next."""
    retention = RetentionGauges(
        registry, last_proof=lambda: last_proof(client), now=lambda: datetime.now(UTC), clock=time.monotonic
    )
    parts = PartGauges(registry, read=lambda: read_parts(client), clock=time.monotonic)
    scans = ScanGauges(registry, read=lambda seen_ms: read_scans(client, seen_ms=seen_ms), clock=time.monotonic)
    devices = DeviceGauges(registry, read=lambda: read_backlog_seconds(client), clock=time.monotonic)
    return retention.step, parts.step, scans.step, devices.step


def _watch(
    config: SinkConfig,
    client: Client,
    metrics: WatchMetrics,
    looks: Sequence[Callable[[], float]],
    stopping: threading.Event,
) -> None:
    watch = Watch(
        RULES,
        answers=ClickHouseAnswers(client),
        publisher=KafkaPublisher(new_producer(config.kafka), topic=ALERT.topic, stopping=stopping.is_set),
        metrics=metrics,
        now=lambda: datetime.now(UTC),
        clock=time.monotonic,
    )
    while not stopping.is_set():
        stopping.wait(min(step() for step in (watch.step, *looks)))


def _say_ready(config: SinkConfig) -> None:
    line = {"ready": True, "rules": len(RULES), "metrics_port": config.metrics_port}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
