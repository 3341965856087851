"""Whether Kafka can be reached is asked until it answers, and anew when there is doubt."""

from collections.abc import AsyncIterator

import pytest

from streams.gateway.kafka_watch import KafkaWatch
from tests.waiting import until_async


class _Kafka:
    """Answers, or doesn't, and counts how often it was asked."""

    def __init__(self) -> None:
        self.answers = True
        self.asked = 0

    def ask(self) -> bool:
        self.asked += 1
        return self.answers


@pytest.fixture(name="kafka")
def _kafka() -> _Kafka:
    return _Kafka()


@pytest.fixture(name="watch")
async def _watch(kafka: _Kafka) -> AsyncIterator[KafkaWatch]:
    watch = KafkaWatch(kafka.ask)
    yield watch
    await watch.close()


async def test_before_anything_was_asked_kafka_is_out_of_reach(watch: KafkaWatch, kafka: _Kafka) -> None:
    assert (watch.reachable, kafka.asked) == (False, 0)


async def test_without_doubt_kafka_is_asked_once(watch: KafkaWatch, kafka: _Kafka) -> None:
    watch.start()
    await until_async(lambda: watch.reachable)

    assert kafka.asked == 1


async def test_doubt_finds_out_that_kafka_has_gone_and_that_it_is_back(watch: KafkaWatch, kafka: _Kafka) -> None:
    watch.start()
    await until_async(lambda: watch.reachable)

    kafka.answers = False
    watch.doubt()
    await until_async(lambda: not watch.reachable)
    kafka.answers = True

    await until_async(lambda: watch.reachable)
