"""Read topics back, and wait for conditions with a deadline."""

from confluent_kafka import Consumer, Message, TopicPartition


def read_topic(bootstrap: str, topic: str) -> list[Message]:
    """Return all messages of a topic up to its end now; those of one partition are in order."""
    settings = {"bootstrap.servers": bootstrap, "group.id": "unused", "enable.auto.commit": False, "log_level": 0}
    consumer = Consumer(settings)
    try:
        starts = [TopicPartition(topic, number, 0) for number in consumer.list_topics(topic).topics[topic].partitions]
        count = sum(consumer.get_watermark_offsets(start)[1] for start in starts)
        consumer.assign(starts)
        found: list[Message] = consumer.consume(count, timeout=20) if count else []
    finally:
        consumer.close()
    assert len(found) == count
    return found
