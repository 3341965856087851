"""A gateway over the shipped fakes."""

from collections.abc import AsyncIterator

import pytest

from streams.gateway.devices import InMemoryDeviceDirectory
from streams.gateway.publisher import InMemoryPublisher
from tests.streams.gateway.samples import DEVICE_ID, TOKEN_SHA256
from tests.streams.gateway.server import Client, config, serving


@pytest.fixture
def directory() -> InMemoryDeviceDirectory:
    """Return a directory with the one device of the samples."""
    directory = InMemoryDeviceDirectory()
    directory.enrol(DEVICE_ID, TOKEN_SHA256)
    return directory


@pytest.fixture
def publisher() -> InMemoryPublisher:
    """Return a publisher that keeps events in memory."""
    return InMemoryPublisher()


@pytest.fixture
async def client(directory: InMemoryDeviceDirectory, publisher: InMemoryPublisher) -> AsyncIterator[Client]:
    """Return a client of a gateway over both, with its limits as shipped."""
    async with serving(config(), directory=directory, publisher=publisher) as client:
        yield client
