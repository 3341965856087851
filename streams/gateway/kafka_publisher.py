"""Publish to Kafka with librdkafka, idempotent and acknowledged by all replicas, inside an asyncio event loop.

librdkafka does its network work in threads of its own; only its reports need somebody to fetch them. The event loop
does that itself, every millisecond while anything is in flight: no thread of ours, no wake-up across threads, and one
future a request however many events it has.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer

from streams.gateway.cloud_events import CloudEvents
from streams.gateway.config import GatewayConfig
from streams.gateway.kafka_watch import KafkaWatch
from streams.gateway.outcome import Ready

_BUSY_POLL_SECONDS = 0.001
_IDLE_POLL_SECONDS = 0.1
_PROBE_SECONDS = 2.0
_LOG = logging.getLogger(__name__)


class _Request:
    """The events of one `publish`: how many reports are still to come, and which values were not stored."""

    def __init__(self, done: asyncio.Future[None]) -> None:
        self.pending = 0
        self.not_stored: set[bytes] = set()
        self._done = done

    def report(self, error: KafkaError | None, message: Any) -> None:
        if error is not None:
            self.not_stored.add(message.value())
        self.pending -= 1
        if self.pending == 0 and not self._done.done():
            self._done.set_result(None)


class KafkaPublisher:
    """A `Publisher` over confluent-kafka. `start` it in the event loop that publishes, and `close` it there.

    `fatal` is done when librdkafka has met an error it can't go on after: the process must then be started anew.
    """

    def __init__(self, config: GatewayConfig) -> None:
        """Make the producer without waiting for a connection."""
        self._producer = Producer({**_settings(config), "error_cb": self._on_error}, logger=_LOG)
        self._close_seconds = config.delivery_timeout_seconds
        self._cloud_events = CloudEvents() if config.cloud_events else None
        self._requests = 0
        self._watch = KafkaWatch(self._answers)
        self._timer: asyncio.TimerHandle | None = None

    @property
    def reachable(self) -> bool:
        return self._watch.reachable

    async def start(self) -> None:
        """Begin to fetch reports and to watch whether Kafka can be reached."""
        self._loop = asyncio.get_running_loop()
        self.fatal: asyncio.Future[str] = self._loop.create_future()
        self._watch.start()
        self._fetch_reports()

    async def close(self) -> None:
        """Wait until everything in flight is stored or given up, then stop."""
        deadline = self._loop.time() + self._close_seconds
        while len(self._producer) and self._loop.time() < deadline:  # noqa: ASYNC110 -- librdkafka sets no event
            await asyncio.sleep(_BUSY_POLL_SECONDS)
        if self._timer is not None:
            self._timer.cancel()
        await self._watch.close()
        self._producer.close()

    async def publish(self, events: Sequence[Ready]) -> list[bool]:
        if not events:
            return []
        done: asyncio.Future[None] = self._loop.create_future()
        request = _Request(done)
        self._produce(events, request)
        self._requests += 1
        self._fetch_sooner()
        try:
            await done
        finally:
            self._requests -= 1
        if not request.not_stored:
            return [True] * len(events)
        self._watch.doubt()
        return [event.value not in request.not_stored for event in events]

    def _produce(self, events: Sequence[Ready], request: _Request) -> None:
        request.pending = len(events) + 1  # the last one is ours, so that no report ends the request before its time
        produce, report = self._producer.produce, request.report
        headers_of = self._cloud_events.at_once() if self._cloud_events else None
        for event in events:
            try:
                headers = headers_of(event) if headers_of else None
                produce(event.topic, event.value, event.key, on_delivery=report, headers=headers)
            except (BufferError, KafkaException) as error:
                _LOG.warning("an event could not be queued for Kafka: %s", error)
                request.not_stored.add(event.value)
                request.pending -= 1
        request.report(None, None)

    def _fetch_reports(self) -> None:
        self._producer.poll(0)
        pause = _BUSY_POLL_SECONDS if self._requests else _IDLE_POLL_SECONDS
        self._timer = self._loop.call_later(pause, self._fetch_reports)

    def _fetch_sooner(self) -> None:
        if self._requests == 1 and self._timer is not None:
            self._timer.cancel()
            self._timer = self._loop.call_later(_BUSY_POLL_SECONDS, self._fetch_reports)

    def _on_error(self, error: KafkaError) -> None:
        _LOG.warning("Kafka: %s", error.str())
        if error.fatal() and not self.fatal.done():
            self.fatal.set_result(error.str())
        self._watch.doubt()

    def _answers(self) -> bool:
        try:
            return bool(self._producer.list_topics(timeout=_PROBE_SECONDS).brokers)
        except KafkaException:
            return False


def _settings(config: GatewayConfig) -> dict[str, Any]:
    return {
        "bootstrap.servers": config.kafka_bootstrap,
        "client.id": "scanstream-gateway",
        "enable.idempotence": True,
        "acks": "all",
        "compression.type": "lz4",
        # Java's default, and every other producer's here: one person's scans meet in one partition.
        "partitioner": "murmur2_random",
        "linger.ms": config.linger_ms,
        "delivery.timeout.ms": int(config.delivery_timeout_seconds * 1000),
        # Admission bounds what is in flight; librdkafka's own queue must not refuse before it.
        "queue.buffering.max.messages": 2 * config.max_inflight_events,
        "queue.buffering.max.kbytes": 1_048_576,
        "socket.nagle.disable": True,
        "log_level": 3,
        "reconnect.backoff.max.ms": 1_000,
    }
