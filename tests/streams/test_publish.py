import pytest
from aiokafka.errors import KafkaError, KafkaTimeoutError, NotLeaderForPartitionError
from faust.exceptions import ProducerSendError

from schemas.kinds import VENUE
from schemas.landing import Counts, LandingMessage
from streams import publish
from streams.alerts.scan_alerts import AlertMessage
from streams.publish import publish_for_ever, raise_alerts

_MESSAGE = LandingMessage(feed=VENUE, partition=3, first=5, last=9, counts=Counts(), watermark_ms=7, settled=b"rows")


class FailingProducer:
    """A producer that fails with the given errors in turn, then stores."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.tried: list[tuple[object, ...]] = []

    async def send_and_wait(self, *arguments: object) -> object:
        self.tried.append(arguments)
        if self.errors:
            raise self.errors.pop(0)
        return None


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "_FIRST_PAUSE_SECONDS", 0.0)


async def test_a_message_goes_to_its_own_log_and_partition() -> None:
    producer = FailingProducer()
    await publish_for_ever(producer, _MESSAGE)
    assert producer.tried == [
        ("scans.venue.v1.landing", b"venue:3:5-9", b"rows", 3, None, _MESSAGE.headers()),
    ]


@pytest.mark.parametrize(
    "error", [KafkaError(), KafkaTimeoutError(), NotLeaderForPartitionError(), ProducerSendError("no broker")]
)
async def test_a_failed_try_is_repeated_with_the_same_bytes(error: Exception) -> None:
    producer = FailingProducer(error, error, error)
    await publish_for_ever(producer, _MESSAGE)
    assert len(producer.tried) == 4
    assert all(tried == producer.tried[0] for tried in producer.tried)


async def test_any_other_failure_is_not_hidden() -> None:
    with pytest.raises(TypeError):
        await publish_for_ever(FailingProducer(TypeError("a mistake of ours")), _MESSAGE)


async def test_alerts_go_to_their_topic_by_their_keys_until_each_is_stored() -> None:
    producer = FailingProducer(KafkaError())
    alerts = [AlertMessage(b"one", b"first"), AlertMessage(b"two", b"second")]
    await raise_alerts(producer, alerts)
    assert sorted(set(producer.tried), key=str) == [
        ("alerts.v1", b"one", b"first", None, None, None),
        ("alerts.v1", b"two", b"second", None, None, None),
    ]
    assert len(producer.tried) == 3
