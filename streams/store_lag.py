"""Know how far the store is behind: what small batches wait for when it is.

What comes out decides nothing but how many events share a landing message. The sink's committed offsets are a hint
(the ledger is its position), and a hint is enough here.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from schemas.kinds import Feed

_PAUSE_SECONDS = 1.0
_ANSWER_SECONDS = 2.0
#: (topic, partition), as in `streams.lanes.LaneKey`.
Place = tuple[str, int]


@dataclass(slots=True)
class StoreLag:
    """Asks Kafka once a second, in a thread, how many landing messages of `feeds` the sink's `group` has not taken.

    Nothing is waited for: while Kafka does not answer, or before the group has committed anything, nobody is behind.
    """

    bootstrap: str
    group: str
    feeds: Sequence[Feed]
    _behind: dict[Place, int] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def messages(self, lane: Place) -> int:
        """Return how many landing messages of a lane, named by its source topic, the store has not taken."""
        return self._behind.get(lane, 0)

    def start(self) -> None:
        """Start asking."""
        self._thread = threading.Thread(target=self._run, name="store-lag", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop asking and wait for the thread's end."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        sources = {feed.landing_topic: feed.topic for feed in self.feeds}
        admin = AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 0})
        while not self._stop.wait(_PAUSE_SECONDS):
            try:
                behind = _messages_behind(admin, self.group)
            except KafkaException:
                behind = {}
            self._behind = {
                (sources[topic], partition): messages
                for (topic, partition), messages in behind.items()
                if topic in sources
            }


def _messages_behind(admin: AdminClient, group: str) -> dict[Place, int]:
    """Return what lies behind each offset the group has committed; raise KafkaException without an answer."""
    asked = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)], request_timeout=_ANSWER_SECONDS)
    committed = {
        (place.topic, place.partition): place.offset
        for place in asked[group].result().topic_partitions or []
        if place.offset >= 0
    }
    if not committed:
        return {}
    ends = admin.list_offsets(
        {TopicPartition(*place): OffsetSpec.latest() for place in committed}, request_timeout=_ANSWER_SECONDS
    )
    return {
        (place.topic, place.partition): max(0, end.result().offset - committed[place.topic, place.partition])
        for place, end in ends.items()
    }
