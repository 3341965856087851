"""A gateway an operator may enter forms at."""

from collections.abc import AsyncIterator

import pytest

from schemas.enums import Role
from streams.gateway.devices import InMemoryDeviceDirectory
from streams.gateway.publisher import InMemoryPublisher
from tests.streams.gateway.forms.browser import Browser
from tests.streams.gateway.samples import DEVICE_ID, TOKEN_SHA256
from tests.streams.gateway.server import config, serving


@pytest.fixture
def directory() -> InMemoryDeviceDirectory:
    """Return a directory with an operator."""
    directory = InMemoryDeviceDirectory()
    directory.enrol(DEVICE_ID, TOKEN_SHA256, Role.OPERATOR)
    return directory


@pytest.fixture
async def browser(directory: InMemoryDeviceDirectory, publisher: InMemoryPublisher) -> AsyncIterator[Browser]:
    """Return a browser nobody has logged in with."""
    async with serving(config(), directory=directory, publisher=publisher) as client:
        yield Browser(client)
