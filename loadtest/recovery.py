"""How far the ledger is behind the topics, and how long it takes to catch up after a fault."""

from collections.abc import Callable, Mapping

from clickhouse_connect.driver.exceptions import ClickHouseError
from confluent_kafka import Consumer, KafkaException, TopicPartition

from loadtest.ledger import Asks, read_marks
from schemas.kinds import Feed

PERIOD_SECONDS = 0.25
#: A fault that hurts only when it is over (a killed process whose partitions nobody has for a while) shows by then.
STEADY_SECONDS = 3.0
_REQUEST_SECONDS = 2.0


class Lag:
    """Called again and again: how many published events have no outcome in the ledger yet."""

    def __init__(self, bootstrap: str, client: Asks, partitions: Mapping[Feed, int]) -> None:
        """Take Kafka's address, a client of ClickHouse that outlives its restarts, and numbers of partitions."""
        # One that subscribes to nothing, not the admin client: once a broker died while a request was under way,
        # librdkafka 2.16 answers none of its later ones, or aborts the process.
        self._kafka = Consumer({"bootstrap.servers": bootstrap, "group.id": "loadtest-lag", "log_level": 0})
        self._client = client
        self._places = {
            feed: [TopicPartition(feed.topic, partition) for partition in range(count)]
            for feed, count in partitions.items()
        }

    def __call__(self) -> int | None:
        """Return the number over all feeds, or None while Kafka or ClickHouse doesn't answer."""
        try:
            return sum(map(self._behind, self._places))
        except (KafkaException, ClickHouseError, OSError):
            return None

    def _behind(self, feed: Feed) -> int:
        marks = read_marks(self._client, feed)  # first: what is published in between counts
        ends = {place.partition: self._end(place) for place in self._places[feed]}
        return sum(end - marks.get(partition, 0) for partition, end in ends.items())

    def _end(self, place: TopicPartition) -> int:
        _, end = self._kafka.get_watermark_offsets(place, timeout=_REQUEST_SECONDS)
        return int(end)


def wait_recovered(
    lag: Callable[[], int | None],
    *,
    usual: int,
    most_seconds: float,
    now: Callable[[], float],
    sleep: Callable[[float], None],
    each_time: Callable[[], None],
) -> float | None:
    """Return after how many seconds the lag was `usual` or less, for STEADY_SECONDS at least.

    Call it when the fault is over, while the load goes on. Returns None if that takes more than `most_seconds`; a lag
    that isn't known counts as too much. `each_time` is called after every look.
    """
    began, since = now(), None
    while now() - began <= most_seconds + STEADY_SECONDS:
        looked = now()
        behind = lag()
        each_time()
        if behind is None or behind > usual:
            since = None
        elif since is None:
            since = looked - began
        elif looked - began - since >= STEADY_SECONDS:
            return since
        sleep(PERIOD_SECONDS)
    return None
