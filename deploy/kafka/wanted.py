"""The topics this system needs, from the table of kinds. Pure."""

from datetime import timedelta

from deploy.kafka.properties import MAX_MESSAGE_BYTES
from deploy.kafka.topics import TopicSpec
from schemas.kinds import FEEDS, REFERENCES, Feed, Reference

# The landing log says which raw events are done. It outlives them: where it is empty, so is what it covered.
_LANDING_OUTLIVES = timedelta(days=4)

# An event's "now" is the time the broker took it, whatever clock its device has.
_BROKER_TIME = {"message.timestamp.type": "LogAppendTime"}


def wanted_topics(*, partitions: int) -> list[TopicSpec]:
    """Return all topics; a landing topic has the partitions of its source, one for one."""
    feeds = [spec for feed in FEEDS for spec in _feed_topics(feed, feed.partitions(partitions))]
    return [*feeds, *map(_reference_topic, REFERENCES)]


def _feed_topics(feed: Feed, partitions: int) -> tuple[TopicSpec, TopicSpec]:
    kept = timedelta(days=feed.raw_days)
    raw = TopicSpec(name=feed.topic, partitions=partitions, config={**_BROKER_TIME, "retention.ms": _ms(kept)})
    landing = TopicSpec(
        name=feed.landing_topic,
        partitions=partitions,
        config={
            **_BROKER_TIME,
            "retention.ms": _ms(kept + _LANDING_OUTLIVES),
            "max.message.bytes": str(MAX_MESSAGE_BYTES),
        },
    )
    return raw, landing


def _reference_topic(reference: Reference) -> TopicSpec:
    # One partition: every worker reads all of it, and its order is the order of changes.
    return TopicSpec(name=reference.topic, partitions=1, config={"cleanup.policy": "compact"})


def _ms(duration: timedelta) -> str:
    return str(duration // timedelta(milliseconds=1))
