"""Wire the worker: the one place where its parts are made and joined."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from typing import Any

import faust
from faust.types import TP
from prometheus_client import CollectorRegistry

from schemas.kinds import Feed
from streams.agents import add_agent
from streams.batch import BatchProcessor
from streams.config import WorkerConfig
from streams.gather import Pace
from streams.landing_log import LandingLog, PromptTableManager
from streams.lanes import LaneKey, Lanes
from streams.metrics import WorkerMetrics
from streams.people.enrich import PeopleLookup
from streams.people.loader import PeopleLoader
from streams.people.population import FilePopulation
from streams.publish import publish_for_ever, raise_alerts
from streams.registry.loader import RegistryLoader
from streams.store_lag import StoreLag
from streams.tail import TailReader
from streams.warm_up import warm_up
from streams.window.rules import MINUTE_MS, WindowRules

logger = logging.getLogger(__name__)

_MIB = 1024 * 1024
#: A whole processed batch in one message; the broker's limit is the same.
_MOST_MESSAGE_BYTES = 32 * _MIB
#: Far above what a linger brings, so that at low load only the linger ends a fetch.
_LEAST_FETCH_BYTES = 16 * _MIB
#: Batches, not events: each is some megabytes.
_BUFFERED_BATCHES = 16
_THREADS, _QUIET_THREADS = 2, 1
_REGISTRY_SECONDS = 60
_REPORT_SECONDS = 1.0


class BatchPositions:
    """What the batch transport asks: topics in batches, and positions taken from the landing log."""

    def __init__(self, config: WorkerConfig, lanes: Lanes) -> None:
        self.batch_topics = frozenset(feed.topic for feed in config.feeds)
        self.linger_ms = config.linger_ms
        self.least_fetch_bytes = _LEAST_FETCH_BYTES
        self._lanes = lanes

    def next_offset(self, tp: TP) -> int | None:
        """Return the first source offset that the landing log does not cover."""
        return self._lanes.next_offset((tp.topic, tp.partition))


class WorkerApp(faust.App):
    """A Faust app that knows its lanes; `batch_source` is what the transport reads."""

    batch_source: BatchPositions
    lanes: Lanes
    registry: RegistryLoader
    people: PeopleLoader
    store_lag: StoreLag
    tail: TailReader
    metrics: WorkerMetrics
    _preparation: asyncio.Task[None]

    async def on_start(self) -> None:
        """Begin to load the registry, what is known of people and the kernels, and meanwhile join the group."""
        self.prepare()
        await super().on_start()

    def prepare(self) -> None:
        """Begin; `prepared` tells the end."""
        self.registry.start()
        self.people.start()
        self.store_lag.start()
        self._preparation = asyncio.create_task(self._prepare())

    async def prepared(self) -> None:
        """Return when registry, people and kernels are there; lanes wait for it. Raises RuntimeError if one is not."""
        await asyncio.shield(self._preparation)

    async def _prepare(self) -> None:
        loop = asyncio.get_running_loop()
        warm = loop.run_in_executor(None, warm_up)
        loaded = await loop.run_in_executor(None, self.registry.ready.wait, _REGISTRY_SECONDS)
        await warm
        if not loaded:
            raise RuntimeError(f"the registry could not be read from Kafka within {_REGISTRY_SECONDS} s")
        await loop.run_in_executor(None, self._know_people)

    def _know_people(self) -> None:
        """Wait while what was said of people is being read: it may be millions of events."""
        taken = -1
        while not self.people.ready.wait(_REGISTRY_SECONDS):
            if self.people.taken == taken:
                raise RuntimeError(f"nothing of what is known of people was read from Kafka for {_REGISTRY_SECONDS} s")
            taken = self.people.taken

    async def on_stop(self) -> None:
        """Stop lanes before the producer, so that nothing is published half."""
        await self.lanes.close()
        await super().on_stop()
        self.registry.stop()
        self.people.stop()
        self.store_lag.stop()


def _faust_settings(config: WorkerConfig) -> dict[str, Any]:
    brokers = ";".join(f"scanstream://{address}" for address in config.bootstrap.split(","))
    timeout = config.session_timeout_s
    return {
        "broker": brokers,
        "datadir": config.data_dir,
        "store": "memory://",
        "TableManager": PromptTableManager,
        "web_enabled": False,
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        "broker_session_timeout": timeout,
        "broker_heartbeat_interval": timeout / 3,
        "broker_request_timeout": max(30.0, timeout + 1),
        "broker_commit_interval": 2.0,
        "consumer_max_fetch_size": config.fetch_bytes,
        "consumer_auto_offset_reset": "earliest",
        "producer_max_request_size": _MOST_MESSAGE_BYTES,
        "producer_acks": -1,
        "stream_buffer_maxsize": _BUFFERED_BATCHES,
        "stream_recovery_delay": 0.0,
        "stream_wait_empty": False,
        "stream_publish_on_commit": False,
        "worker_redirect_stdouts": False,
    }


def create_app(config: WorkerConfig, *, registry: CollectorRegistry | None = None) -> WorkerApp:
    """Return the worker of `config`, not started: one agent and one landing log for each feed.

    Several workers with the same `group` share the partitions. `registry` collects the metrics.
    """
    app = WorkerApp(config.group, **_faust_settings(config))
    app.metrics = WorkerMetrics(registry or CollectorRegistry())
    app.registry = RegistryLoader(config.bootstrap, logger.warning)
    app.store_lag = StoreLag(config.bootstrap, config.sink_group, config.feeds)
    app.tail = TailReader(config.bootstrap, _MOST_MESSAGE_BYTES)
    app.people = PeopleLoader(config.bootstrap, config.feeds, logger.warning)
    lookup = PeopleLookup(people=lambda: app.people.people, population=_population(config))
    app.lanes = Lanes(
        publish=lambda message: publish_for_ever(app.producer, message),
        alert=lambda alerts: raise_alerts(app.producer, alerts),
        prepared=app.prepared,
        source=ConsumerSource(app),
        snapshot=lambda: app.registry.snapshot,
        fail=lambda failure: asyncio.ensure_future(app.crash(failure)),
        metrics=app.metrics,
        pace=Pace(linger_seconds=config.linger_ms / 1000, now=monotonic, behind=app.store_lag.messages),
        executor=ThreadPoolExecutor(_THREADS, thread_name_prefix="batch"),
        quiet_executor=ThreadPoolExecutor(_QUIET_THREADS, thread_name_prefix="quiet"),
    )
    app.batch_source = BatchPositions(config, app.lanes)
    for feed in config.feeds:
        _add_landing_log(app, config, feed, lookup)
        add_agent(app, feed)

    @app.timer(_REPORT_SECONDS)
    async def report() -> None:
        app.lanes.report()
        app.metrics.knows(app.registry.snapshot, app.people.people)

    return app


def _population(config: WorkerConfig) -> FilePopulation | None:
    return FilePopulation.open(Path(config.population_file)) if config.population_file else None


def _add_landing_log(app: WorkerApp, config: WorkerConfig, feed: Feed, people: PeopleLookup) -> None:
    topic = app.topic(
        feed.landing_topic, value_type=bytes, value_serializer="raw", key_type=bytes, key_serializer="raw"
    )
    table = LandingLog(app, name=f"{feed.name}-landing", changelog_topic=topic)
    table.feed = feed
    table.rules = WindowRules(rescan_ms=feed.rescan_window_ms, horizon_ms=config.horizon_minutes * MINUTE_MS)
    table.processor = BatchProcessor(feed=feed, time=app.metrics.state, people=people)
    table.lanes = app.lanes
    table.tail = app.tail
    table.metrics = app.metrics
    app.tables.add(table)


class ConsumerSource:
    """The raw topics as the app's consumer knows them."""

    def __init__(self, app: WorkerApp) -> None:
        self._app = app

    async def seek(self, key: LaneKey, offset: int) -> None:
        """Seek in the consumer's own thread, and wait until it has."""
        await self._app.consumer.seek_wait({TP(*key): offset})

    async def earliest(self, key: LaneKey) -> int:
        """Ask the broker."""
        offsets = await self._app.consumer.earliest_offsets(TP(*key))
        return int(offsets[TP(*key)])

    def end(self, key: LaneKey) -> int | None:
        """Return what the last fetch told; None also while a rebalance has taken the partition away."""
        if TP(*key) not in self._app.consumer.assignment():
            return None
        end: int | None = self._app.consumer.highwater(TP(*key))
        return end
