"""Run one sink: all its parts made and joined in one place."""

import json
import logging
import sys
import threading
import time
from concurrent.futures import Executor, ThreadPoolExecutor

from prometheus_client import CollectorRegistry

from schemas.kinds import FEEDS, REFERENCES
from sinks.caution import Caution
from sinks.clickhouse_writer import ClickHouseWriter
from sinks.config import SinkConfig
from sinks.errors import Abandoned
from sinks.fence import Fence, Permit
from sinks.landing_consumer import LandingConsumer, MakeWork
from sinks.lane import PartitionWork
from sinks.ledger_flush import LedgerFlush
from sinks.lookups import SharedLookups
from sinks.patience import Patience
from sinks.process import connected, metrics_server, stopped_by_signals
from sinks.pump import PartitionPump
from sinks.reference import ReferenceWork
from sinks.sink_metrics import SinkMetrics
from sinks.writer import Writer

_log = logging.getLogger(__name__)

_QUIET_THREADS = 2
#: Not the references: a new register of places keeps a thread busy for seconds.
_QUIET_TOPICS = frozenset(feed.landing_topic for feed in FEEDS if feed.quiet)


def run(config: SinkConfig) -> None:
    """Land everything until SIGTERM or SIGINT; call it in the main thread.

    Prints one JSON line when it has its first partitions. Waits for Kafka and ClickHouse for as long as they are away.
    Raises SinkStopped, whose text is for the person at the terminal, when it can't go on.
    """
    stopping = threading.Event()
    registry = CollectorRegistry()
    metrics = SinkMetrics(registry)
    with stopped_by_signals(stopping), metrics_server(config, registry):
        try:
            client = connected(config, stopping, failed=metrics.count_error)
        except Abandoned:
            return
        _consume(config, ClickHouseWriter(client, config.clickhouse_database), metrics, stopping)
        client.close()


def _consume(config: SinkConfig, writer: Writer, metrics: SinkMetrics, stopping: threading.Event) -> None:
    fence = Fence(time.monotonic, config.fence_seconds)
    ready = _Ready(config)
    with (
        ThreadPoolExecutor(config.insert_threads, "insert") as pool,
        ThreadPoolExecutor(_QUIET_THREADS, "quiet") as quiet_pool,
        ThreadPoolExecutor(config.insert_threads + _QUIET_THREADS, "lookup") as lookup_pool,
        ThreadPoolExecutor(1, "ledger") as ledger_thread,
    ):
        make_work = _make_work(writer, metrics, lookup_pool)
        # A membership ends when the process was paused for too long; the next one starts from the ledger.
        while not stopping.is_set():
            flush = LedgerFlush(
                writer=writer,
                permit=Permit(fence),
                metrics=metrics,
                thread=ledger_thread,
                clock=time.monotonic,
                linger_seconds=config.ledger_linger_ms / 1000,
            )
            LandingConsumer(
                config=config,
                topics=[*(feed.landing_topic for feed in FEEDS), *(reference.topic for reference in REFERENCES)],
                make_work=make_work,
                flush=flush,
                fence=fence,
                pool=pool,
                quiet_pool=quiet_pool,
                quiet_topics=_QUIET_TOPICS,
                metrics=metrics,
                stopping=stopping,
                clock=time.monotonic,
                on_assigned=ready.say,
            ).run()


def _make_work(writer: Writer, metrics: SinkMetrics, lookup_pool: Executor) -> MakeWork:
    feeds = {feed.landing_topic: feed for feed in FEEDS}
    references = {reference.topic: reference for reference in REFERENCES}
    caution = Caution(time.monotonic)
    lookups = SharedLookups(ask=writer.earlier, wait=time.sleep, clock=time.monotonic)

    def make(topic: str, partition: int, patience: Patience) -> PartitionWork:
        if topic in references:
            return ReferenceWork(
                reference=references[topic], partition=partition, writer=writer, patience=patience, metrics=metrics
            )
        return PartitionPump(
            feed=feeds[topic],
            partition=partition,
            writer=writer,
            lookups=lookups,
            lookup_pool=lookup_pool,
            patience=patience,
            caution=caution,
            metrics=metrics,
        )

    return make


class _Ready:
    """Says on stdout, once, that the sink has its partitions."""

    def __init__(self, config: SinkConfig) -> None:
        self._config, self._said = config, False

    def say(self, partitions: int) -> None:
        _log.info("%d partitions are ours", partitions)
        if not self._said:
            self._said = True
            line = {"ready": True, "partitions": partitions, "metrics_port": self._config.metrics_port}
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()
