"""Know how far the store is behind: what small batches wait for when it is.

What comes out decides nothing but how many events share a landing message. The sink's committed offsets are a hint
(the ledger is its position), and a hint is enough here.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from confluent_kafka import Consumer, KafkaException, TopicPartition

from schemas.kinds import Feed
from streams.background import Background

_PAUSE_SECONDS = 2.0
_ANSWER_SECONDS = 2.0
#: (topic, partition), as in `streams.lanes.LaneKey`.
Place = tuple[str, int]


@dataclass(slots=True)
class StoreLag(Background):
    """Asks Kafka every two seconds, in a thread, how many landing messages of `feeds` the sink's `group` has not taken.

    Nothing is waited for: while Kafka does not answer, or before the group has committed anything, nobody is behind.
    """

    name = "store-lag"
    bootstrap: str
    group: str
    feeds: Sequence[Feed]
    _behind: dict[Place, int] = field(default_factory=dict)

    def messages(self, lane: Place) -> int:
        """Return how many landing messages of a lane, named by its source topic, the store has not taken."""
        return self._behind.get(lane, 0)

    def _run(self) -> None:
        sources = {feed.landing_topic: feed.topic for feed in self.feeds}
        # A consumer that subscribes to nothing, not the admin client: librdkafka 2.16 aborts the process when a broker
        # dies while an admin request waits for it (assertion in rd_kafka_enq_once_del_source_return).
        settings = {"bootstrap.servers": self.bootstrap, "group.id": self.group, "log_level": 0}
        with closing(Consumer(settings)) as consumer:
            while not self._stop.wait(_PAUSE_SECONDS):
                try:
                    behind = _messages_behind(consumer, sources)
                except KafkaException:
                    behind = {}
                self._behind = behind


def _messages_behind(consumer: Consumer, sources: Mapping[str, str]) -> dict[Place, int]:
    """Return what lies behind each offset the group has committed; raise KafkaException without an answer."""
    topics = consumer.list_topics(timeout=_ANSWER_SECONDS).topics
    places = [TopicPartition(name, number) for name in sources if name in topics for number in topics[name].partitions]
    behind = {}
    for place in consumer.committed(places, timeout=_ANSWER_SECONDS) if places else []:
        if place.offset >= 0:
            _, end = consumer.get_watermark_offsets(place, timeout=_ANSWER_SECONDS)
            behind[sources[place.topic], place.partition] = max(0, end - place.offset)
    return behind
