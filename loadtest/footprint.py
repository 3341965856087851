"""What a run left behind: bytes an event in Kafka's logs, bytes a row in ClickHouse, memory of the processes."""

import json
from typing import Any

import psutil
from confluent_kafka import Consumer, TopicPartition

from loadtest.ledger import Asks
from loadtest.offsets import CouldNotCheck, Offsets, end_offsets
from loadtest.system import ROLES, System
from schemas.kinds import Feed

_BATCH_MESSAGES = 20_000
_WAIT_SECONDS = 10.0
_STATISTICS_MS = 100
_DISK_BYTES = (
    "SELECT sum(bytes_on_disk), sum(rows) FROM system.parts "
    "WHERE active AND database = currentDatabase() AND table = {table:String}"
)


class _Received:
    """librdkafka's statistics: bytes that came from brokers, which are compressed as they are on the broker's disk."""

    def __init__(self) -> None:
        self.total_bytes, self.reports = 0, 0

    def __call__(self, statistics: str) -> None:
        brokers = json.loads(statistics)["brokers"].values()
        self.total_bytes = sum(broker["rxbytes"] for broker in brokers)
        self.reports += 1


def footprint(system: System, feed: Feed, *, ends: Offsets) -> dict[str, Any]:
    """Return what a drained run of one feed takes: `ends` are the ends of its raw topic, which began empty.

    Keys: `raw_bytes_per_event` and `landing_bytes_per_event` (in Kafka's logs, one replica), `landing_messages`,
    `disk_bytes_per_row` (active parts of the feed's table, whatever merges are still to come), `rss_bytes` by role.
    Raises `CouldNotCheck` when the broker doesn't deliver a topic to its end.
    """
    events = max(1, sum(ends.values()))
    landing_ends = end_offsets(system.kafka, feed.landing_topic)
    return {
        "raw_bytes_per_event": round(stored_bytes(system.kafka, feed.topic, ends=ends) / events, 1),
        "landing_bytes_per_event": round(stored_bytes(system.kafka, feed.landing_topic, ends=landing_ends) / events, 1),
        "landing_messages": sum(landing_ends.values()),
        "disk_bytes_per_row": round(disk_bytes_per_row(system.clickhouse(), feed.table), 1),
        "rss_bytes": {role: sum(map(resident_bytes, system.pids(role))) for role in ROLES if system.pids(role)},
    }


def stored_bytes(bootstrap: str, topic: str, *, ends: Offsets) -> int:
    """Read a topic from its beginning to `ends` and return the bytes that took, to within some kilobytes."""
    received = _Received()
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "loadtest-footprint",
            "enable.auto.commit": False,
            "log_level": 0,
            "statistics.interval.ms": _STATISTICS_MS,
            "stats_cb": received,
        }
    )
    consumer.assign([TopicPartition(topic, partition, 0) for partition in ends])
    missing = sum(ends.values())
    while missing > 0:
        messages = consumer.consume(min(_BATCH_MESSAGES, missing), timeout=_WAIT_SECONDS)
        if not messages or messages[0].error():
            raise CouldNotCheck(f"{topic} can't be read: {missing} messages are missing")
        missing -= len(messages)
    seen = received.reports
    while received.reports == seen:  # the next report has all that came before
        consumer.poll(_WAIT_SECONDS)
    consumer.close()
    return received.total_bytes


def disk_bytes_per_row(client: Asks, table: str) -> float:
    """Return the size of the table's active parts by their rows; 0 when there are none."""
    ((size_bytes, rows),) = client.query(_DISK_BYTES, parameters={"table": table}).result_rows
    return size_bytes / rows if rows else 0.0


def machine_seconds() -> float:
    """Return the CPU all processes have used since the machine started, and what its host took from it."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - times.iowait - times.guest - times.guest_nice)


def resident_bytes(pid: int) -> int:
    """Return the memory a process holds now, children included; 0 if it has ended."""
    try:
        process = psutil.Process(pid)
        resident: int = sum(one.memory_info().rss for one in (process, *process.children(recursive=True)))
    except psutil.NoSuchProcess:
        return 0
    return resident
