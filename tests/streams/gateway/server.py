"""A gateway on a free port of this machine, over fakes or the real thing, and a client that speaks to it."""

import io
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec
from aiohttp import web

from schemas.kinds import FEEDS, Feed
from streams.gateway.app import create_app, create_runner
from streams.gateway.config import GatewayConfig
from streams.gateway.contacts.store import ContactStore, InMemoryContactStore
from streams.gateway.devices import DeviceDirectory
from streams.gateway.public import PublicDocuments
from streams.gateway.publisher import Publisher
from tests.streams.gateway.samples import AUTHORIZED, KEY, NOW_MS

JSON = {"Content-Type": "application/json"}


def config(**changes: Any) -> GatewayConfig:
    """Return settings for a gateway on a free port."""
    settings: dict[str, Any] = {"kafka_bootstrap": "127.0.0.1:1", "pseudonym_key": KEY, "port": 0}
    return GatewayConfig(**(settings | changes))


@dataclass(frozen=True)
class Reply:
    """An answer of the gateway."""

    status: int
    headers: Any
    body: Any


@dataclass(frozen=True)
class Client:
    """Speaks to one gateway."""

    session: aiohttp.ClientSession
    url: str

    async def post(self, *, json: Any = None, data: Any = None, headers: Any = None, query: str = "") -> Reply:
        """Send scans with a valid token, as JSON unless `headers` say otherwise."""
        if data is None:
            data = io.BytesIO(msgspec.json.encode(json))
        all_headers = AUTHORIZED | JSON | (headers or {})
        async with self.session.post(f"{self.url}/v1/scans{query}", headers=all_headers, data=data) as response:
            return Reply(response.status, response.headers, await response.json(content_type=None))

    async def get(self, path: str) -> Reply:
        """Ask for a page; the body is parsed if it is JSON."""
        async with self.session.get(self.url + path) as response:
            is_json = "json" in response.content_type
            return Reply(
                response.status,
                response.headers,
                await (response.json(content_type=None) if is_json else response.text()),
            )


@asynccontextmanager
async def serving(
    settings: GatewayConfig,
    *,
    directory: DeviceDirectory,
    publisher: Publisher,
    contacts: ContactStore | None = None,
    documents: PublicDocuments | None = None,
    feeds: Sequence[Feed] = FEEDS,
    now_ms: Any = lambda: NOW_MS,
) -> AsyncIterator[Client]:
    """Serve over the given parts for the time of the block."""
    app = create_app(
        settings,
        directory=directory,
        publisher=publisher,
        contacts=contacts or InMemoryContactStore(),
        documents=documents,
        feeds=feeds,
        now_ms=now_ms,
    )
    runner = create_runner(app, settings)
    await runner.setup()
    await web.TCPSite(runner, settings.host, settings.port).start()
    async with aiohttp.ClientSession() as session:
        yield Client(session, f"http://{settings.host}:{runner.addresses[0][1]}")
    await runner.cleanup()
