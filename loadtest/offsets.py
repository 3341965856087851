"""Where a topic begins and ends, by the broker's own account."""

import time
from collections.abc import Mapping

import numpy as np
from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from loadtest.draw import Ints

Offsets = dict[int, int]

_REQUEST_SECONDS, _PAUSE_SECONDS = 30.0, 0.05


class CouldNotCheck(RuntimeError):
    """The run says nothing about the pipeline: what was published is not known for certain."""


def end_offsets(bootstrap: str, topic: str) -> Offsets:
    """Return the next offset of each partition of `topic`; raise CouldNotCheck if the broker doesn't tell."""
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
    deadline = time.monotonic() + _REQUEST_SECONDS
    while True:
        try:
            return _ask(admin, topic)
        except KafkaException as problem:  # a topic that was just made is unknown or has no leader for a moment
            if time.monotonic() > deadline:
                raise CouldNotCheck(f"the end offsets of {topic} are unknown: {problem}") from problem
            time.sleep(_PAUSE_SECONDS)


def _ask(admin: AdminClient, topic: str) -> Offsets:
    found = admin.list_topics(topic, timeout=_REQUEST_SECONDS).topics[topic]
    if found.error:  # one the broker asked doesn't know yet: it has no partitions, which is not the same as none
        raise KafkaException(found.error)
    asked = {TopicPartition(topic, partition): OffsetSpec.latest() for partition in found.partitions}
    answers = admin.list_offsets(asked, request_timeout=_REQUEST_SECONDS)
    return {asked.partition: answer.result().offset for asked, answer in answers.items()}


def require_published(*, before: Mapping[int, int], after: Mapping[int, int], partitions: Ints) -> None:
    """Raise CouldNotCheck unless each partition grew by exactly the events acknowledged for it.

    `partitions` holds the partition of each acknowledged event.
    """
    counts = np.bincount(partitions, minlength=len(after)).tolist()
    wrong = {
        partition: (after[partition] - before.get(partition, 0), counts[partition])
        for partition in after
        if after[partition] - before.get(partition, 0) != counts[partition]
    }
    if wrong:
        raise CouldNotCheck(
            "the broker's end offsets differ from what it acknowledged (partition: grown by, acknowledged): "
            f"{wrong}; does somebody else publish to this topic?"
        )
