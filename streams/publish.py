"""Append a landing message to its log."""

import asyncio
import logging
from typing import Protocol

from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from faust.exceptions import ProducerSendError

from schemas.landing import LandingMessage

logger = logging.getLogger(__name__)

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
    pause = _FIRST_PAUSE_SECONDS
    while True:
        try:
            await producer.send_and_wait(
                message.feed.landing_topic, message.key, message.value, message.partition, None, message.headers()
            )
        except MessageSizeTooLargeError:
            raise
        except (KafkaError, ProducerSendError) as error:
            logger.warning("%s is not stored yet: %r", message.key.decode(), error)
            await asyncio.sleep(pause)
            pause = min(2 * pause, _MOST_PAUSE_SECONDS)
        else:
            return
