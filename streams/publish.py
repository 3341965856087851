"""Append a landing message to its log, and alerts to their topic."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Protocol

from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from faust.exceptions import ProducerSendError

from schemas.kinds import ALERT
from schemas.landing import LandingMessage
from streams.alerts.scan_alerts import AlertMessage

logger = logging.getLogger(__name__)

_ALERTS_AT_A_TIME = 1_000
_FIRST_PAUSE_SECONDS, _MOST_PAUSE_SECONDS = 0.1, 5.0


class Producer(Protocol):
    """The part of Faust's producer that is used."""

    async def send_and_wait(  # noqa: PLR0917 -- Faust's signature
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        partition: int | None,
        timestamp: float | None,
        headers: list[tuple[str, bytes]] | None,
    ) -> object:
        """Send and wait for the broker's acknowledgement."""


async def publish_for_ever(producer: Producer, message: LandingMessage) -> None:
    """Append `message` to its landing log, trying again with a growing pause until the broker acknowledges it.

    A try that failed may have been stored: then the log holds the range twice, and readers trim the second. There is at
    most one message of a partition under way, so ranges are never out of order. A message larger than the broker takes
    will never be stored: MessageSizeTooLargeError is raised.
    """
    topic, headers = message.feed.landing_topic, message.headers()
    await _until_stored(
        lambda: producer.send_and_wait(topic, message.key, message.value, message.partition, None, headers),
        what=message.key.decode(),
    )


async def raise_alerts(producer: Producer, alerts: Sequence[AlertMessage]) -> None:
    """Put alerts into their topic, each in the partition of its key; each is tried again until it is stored.

    One that was stored without our knowing is there twice; the alerts' own windows drop the second.
    """
    for start in range(0, len(alerts), _ALERTS_AT_A_TIME):
        some = alerts[start : start + _ALERTS_AT_A_TIME]
        await asyncio.gather(*(_until_stored(partial(_send_alert, producer, alert), what="an alert") for alert in some))


def _send_alert(producer: Producer, alert: AlertMessage) -> Awaitable[object]:
    return producer.send_and_wait(ALERT.topic, alert.key, alert.value, None, None, None)


async def _until_stored(send: Callable[[], Awaitable[object]], *, what: str) -> None:
    pause = _FIRST_PAUSE_SECONDS
    while True:
        try:
            await send()
        except MessageSizeTooLargeError:
            raise
        except (KafkaError, ProducerSendError) as error:
            logger.warning("%s is not stored yet: %r", what, error)
            await asyncio.sleep(pause)
            pause = min(2 * pause, _MOST_PAUSE_SECONDS)
        else:
            return
