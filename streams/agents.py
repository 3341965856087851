"""The Faust agents: one a feed, each a loop that hands batches to the lanes."""

from typing import TYPE_CHECKING

from faust import StreamT

from schemas.kinds import Feed
from streams.gather import Delivery
from streams.transport.fetcher import RawBatch

if TYPE_CHECKING:
    from streams.app import WorkerApp


def add_agent(app: "WorkerApp", feed: Feed) -> None:
    """Register the agent of `feed`.

    The stream does not acknowledge by itself: Faust acks on exceptions, too, and a batch is done only when its landing
    message is stored.
    """
    topic = app.topic(feed.topic, value_type=bytes, value_serializer="raw")

    @app.agent(topic, name=f"{feed.name}-agent")
    async def scans(stream: StreamT[RawBatch]) -> None:
        async for event in stream.noack().events():
            await app.lanes.submit(Delivery(event.value, event.ack))
