"""Run the gateway as a process: start the parts, serve, and stop without losing a request."""

import asyncio
import gc
import json
import logging
import signal
import sys
from typing import Any

import uvloop
from aiohttp import web

from streams.gateway.app import create_app, create_runner
from streams.gateway.config import GatewayConfig
from streams.gateway.contacts.store import ContactStore
from streams.gateway.kafka_devices import KafkaDeviceDirectory
from streams.gateway.kafka_publisher import KafkaPublisher
from streams.gateway.public import PublicDocuments

_READY_POLL_SECONDS = 0.02
_LOG = logging.getLogger(__name__)


class CannotServe(Exception):
    """The gateway can't start or go on; the text tells a person in one sentence what to do."""


def run(config: GatewayConfig, *, contacts: ContactStore, documents: PublicDocuments | None = None) -> None:
    """Serve until SIGTERM or SIGINT, then answer what is in progress and return.

    Contact details go into `contacts`; `documents` are there for everybody to read.

    Prints one line ``{"ready": true, "url": …}`` to standard output when it accepts scans: Kafka answers, the devices
    are loaded. Raises CannotServe if the port is taken or Kafka's client can't go on.
    """
    uvloop.run(_serve(config, contacts, documents))


async def _serve(config: GatewayConfig, contacts: ContactStore, documents: PublicDocuments | None) -> None:
    directory = KafkaDeviceDirectory(config.kafka_bootstrap)
    publisher = KafkaPublisher(config)
    app = create_app(config, directory=directory, publisher=publisher, contacts=contacts, documents=documents)
    runner = create_runner(app, config)
    stop = _stop_on_signals()
    await publisher.start()
    directory.start()
    try:
        await _listen(runner, config)
        announcing = asyncio.create_task(_announce(config, directory, publisher))
        endings: list[asyncio.Future[Any]] = [stop, publisher.fatal]
        await asyncio.wait(endings, return_when=asyncio.FIRST_COMPLETED)
        announcing.cancel()
    finally:
        await runner.cleanup()
        await publisher.close()
        await asyncio.to_thread(directory.close)
    if publisher.fatal.done():
        raise CannotServe(f"Kafka's client can't go on ({publisher.fatal.result()}); start the gateway again.")


def _stop_on_signals() -> asyncio.Future[None]:
    loop = asyncio.get_running_loop()
    stop: asyncio.Future[None] = loop.create_future()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, lambda: None if stop.done() else stop.set_result(None))
    return stop


async def _listen(runner: web.AppRunner, config: GatewayConfig) -> None:
    await runner.setup()
    try:
        await web.TCPSite(runner, config.host, config.port).start()
    except OSError as error:
        raise CannotServe(
            f"The gateway can't listen on {config.host}:{config.port} ({error.strerror or error}); "
            "stop what listens there, or choose another port."
        ) from error
    _LOG.info("listening on %s:%d", config.host, config.port)


async def _announce(config: GatewayConfig, directory: KafkaDeviceDirectory, publisher: KafkaPublisher) -> None:
    while not (publisher.reachable and directory.loaded):  # noqa: ASYNC110 -- once, at the start
        await asyncio.sleep(_READY_POLL_SECONDS)
    gc.freeze()  # what is loaded now stays: no collection needs to walk it again
    ready = {"ready": True, "url": f"http://{config.host}:{config.port}", "port": config.port}
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
