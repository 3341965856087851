"""Kafka around the pumps: consume the landing and reference topics, keep order, press back, survive pauses."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, wait

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, Message, TopicPartition

from sinks.config import SinkConfig
from sinks.errors import Abandoned
from sinks.fence import Fence, Permit
from sinks.kafka import MembershipLost, consumer_settings, judge, record_of
from sinks.lane import Lane, PartitionWork
from sinks.ledger_flush import LedgerFlush, Offsets
from sinks.patience import Patience
from sinks.sink_metrics import SinkMetrics

_log = logging.getLogger(__name__)

#: How the work of a topic's partition is made; requests go through the patience.
MakeWork = Callable[[str, int, Patience], PartitionWork]

_POLL_SECONDS = 0.02
#: Quiet topics may hold this part of what the others may.
_QUIET_PART = 4
_CROWDED_SECONDS = 0.005
_BEAT_SECONDS = 0.2
_MEASURE_SECONDS = 1.0
#: A sink that is told to stop lets inserts under way end and records them, for so long.
_FAREWELL_SECONDS = 5.0
#: Two sinks by one name throw each other out; not as fast as they can.
_REJOIN_SECONDS = 1.0
#: Messages taken in one turn before the ledger is looked after.
_MOST_MESSAGES = 200


class LandingConsumer:
    """One consumer group member: a lane for each assigned partition, one thread for Kafka, a pool for the store.

    `run` is one membership. When the process was paused for longer than the fence allows, or Kafka no longer knows
    the member, it ends, and the next one begins as a new member that owns nothing.
    """

    def __init__(
        self,
        *,
        config: SinkConfig,
        topics: Sequence[str],
        make_work: MakeWork,
        flush: LedgerFlush,
        fence: Fence,
        pool: Executor,
        metrics: SinkMetrics,
        stopping: threading.Event,
        clock: Callable[[], float],
        on_assigned: Callable[[int], None],
        quiet_pool: Executor | None = None,
        quiet_topics: frozenset[str] = frozenset(),
    ) -> None:
        """Take all parts; `on_assigned` hears how many partitions each assignment has.

        Lanes of `quiet_topics` have room of their own, and threads where there is a `quiet_pool`, so that a case never
        waits behind a backlog of scans.
        """
        self._config, self._topics, self._make_work = config, list(topics), make_work
        self._flush, self._fence = flush, fence
        self._metrics, self._stopping, self._on_assigned = metrics, stopping, on_assigned
        self._lanes: dict[tuple[str, int], Lane] = {}
        self._pools, self._quiet_topics = {False: pool, True: quiet_pool or pool}, quiet_topics
        self._failure: BaseException | None = None
        self._paused = {False: False, True: False}
        self._clock, self._measured = clock, clock()

    def run(self) -> None:
        """Consume until told to stop or paused for too long; raise SinkStopped when it can't go on."""
        consumer = Consumer(consumer_settings(self._config))
        self._fence.renew()
        try:
            consumer.subscribe(self._topics, on_assign=self._assigned, on_revoke=self._revoked, on_lost=self._revoked)
            while self._fence.beat() and not self._stopping.is_set():
                self._turn(consumer)
            if self._stopping.is_set():
                self._finish(consumer)
        except MembershipLost as lost:
            _log.warning("joining the group anew: %s", lost)
            self._stopping.wait(_REJOIN_SECONDS)
        finally:
            self._flush.drop()
            self._drop_all()
            consumer.close()

    def _turn(self, consumer: Consumer) -> None:
        self._take(consumer)
        self._nudge()
        self._commit(consumer, self._flush.turn(self._lanes.values()))
        self._measure(consumer)
        self._raise_failures()

    def _take(self, consumer: Consumer) -> None:
        """Hand over what has arrived; wait a moment for it, or for room."""
        crowded = True in {self._press_back(consumer, quiet=quiet) for quiet in self._pools}
        with self._metrics.time("wait" if crowded else "poll"):
            message = consumer.poll(_CROWDED_SECONDS if crowded else _POLL_SECONDS)
        for _ in range(_MOST_MESSAGES):
            if message is None:
                return
            self._hand_over(message)
            message = consumer.poll(0)
        if message is not None:
            self._hand_over(message)

    def _nudge(self) -> None:
        for lane in self._lanes.values():
            lane.nudge()

    def _hand_over(self, message: Message) -> None:
        error = message.error()
        if error is not None:
            judge(error, message)
            return
        lane = self._lanes.get((message.topic(), message.partition()))
        if lane:
            lane.put(record_of(message))

    def _press_back(self, consumer: Consumer, *, quiet: bool) -> bool:
        """Stop or go on fetching the quiet topics, or the others; tell whether they are stopped.

        The member stays in the group either way, however long the store is away.
        """
        room = self._config.queue_bytes // (_QUIET_PART if quiet else 1)
        held = sum(lane.held_bytes for lane in self._lanes.values() if self._is_quiet(lane.topic) == quiet)
        crowded = held > (room // 2 if self._paused[quiet] else room)
        if crowded != self._paused[quiet]:
            partitions = [place for place in consumer.assignment() if self._is_quiet(place.topic) == quiet]
            (consumer.pause if crowded else consumer.resume)(partitions)
            self._paused[quiet] = crowded
        return crowded

    def _is_quiet(self, topic: str) -> bool:
        return topic in self._quiet_topics

    def _commit(self, consumer: Consumer, offsets: Offsets) -> None:
        ours = {place: offset for place, offset in offsets.items() if place in self._lanes}
        if not ours:
            return
        # (9) A hint for lag monitors and the workers' pace; the ledger is the position, so a failure means nothing.
        try:
            consumer.commit(
                offsets=[TopicPartition(*place, offset) for place, offset in ours.items()], asynchronous=True
            )
        except KafkaException as failure:
            _log.debug("offsets were not committed: %s", failure)

    def _assigned(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self._drop_all()
        self._paused = dict.fromkeys(self._pools, False)
        self._lanes = {(place.topic, place.partition): self._lane(place) for place in partitions}
        try:
            offsets = self._begin()
        except Abandoned:
            offsets = []
        except Exception as failure:  # noqa: BLE001 -- a callback's exceptions would be lost
            self._failure, offsets = failure, []
        consumer.assign(offsets)
        self._on_assigned(len(offsets))

    def _lane(self, place: TopicPartition) -> Lane:
        permit = Permit(self._fence)
        patience = Patience(ours=permit.check, wait=permit.wait, failed=self._metrics.count_error)
        work = self._make_work(place.topic, place.partition, patience)
        return Lane(topic=place.topic, partition=place.partition, work=work, permit=permit, pool=self._pool_of(place))

    def _pool_of(self, place: TopicPartition) -> Executor:
        return self._pools[self._is_quiet(place.topic)]

    def _begin(self) -> list[TopicPartition]:
        """Return where each lane begins; the store may be away for long, so this thread keeps beating."""
        lanes = [(TopicPartition(*place), lane) for place, lane in self._lanes.items()]
        starts = [(place, self._pool_of(place).submit(lane.start)) for place, lane in lanes]
        while wait([start for _, start in starts], timeout=_BEAT_SECONDS).not_done:
            self._fence.beat()
            if self._stopping.is_set():
                self._drop_all()
        return [
            TopicPartition(place.topic, place.partition, start.result() or OFFSET_BEGINNING) for place, start in starts
        ]

    def _revoked(self, consumer: Consumer, partitions: Iterable[TopicPartition]) -> None:
        del consumer
        for place in partitions:
            lane = self._lanes.pop((place.topic, place.partition), None)
            if lane:
                lane.drop()

    def _drop_all(self) -> None:
        for lane in self._lanes.values():
            lane.drop()
        self._lanes.clear()

    def _raise_failures(self) -> None:
        for failure in (self._failure, *(lane.failure for lane in self._lanes.values())):
            if failure:
                raise failure

    def _finish(self, consumer: Consumer) -> None:
        deadline = self._clock() + _FAREWELL_SECONDS
        for lane in self._lanes.values():
            lane.close()
        while self._clock() < deadline and not all(lane.idle for lane in self._lanes.values()):
            self._fence.beat()
            self._nudge()
            time.sleep(_POLL_SECONDS)
        self._commit(consumer, self._flush.finish(self._lanes.values(), _FAREWELL_SECONDS))

    def _measure(self, consumer: Consumer) -> None:
        """Tell the metrics how far each landing partition is behind."""
        if self._clock() - self._measured < _MEASURE_SECONDS:
            return
        self._measured = self._clock()
        for (topic, partition), lane in self._lanes.items():
            _, high = consumer.get_watermark_offsets(TopicPartition(topic, partition), cached=True)
            self._metrics.measure_lag(topic, partition, max(0, high - lane.next_offset))
