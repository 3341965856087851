"""What every process of this room does: stop on a signal, serve its metrics, wait for ClickHouse."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from clickhouse_connect.driver.client import Client
from prometheus_client import CollectorRegistry, start_http_server

from sinks.clickhouse_writer import connect
from sinks.config import SinkConfig
from sinks.errors import Abandoned, SinkStopped, TryAgain
from sinks.patience import Patience


def connected(
    config: SinkConfig, stopping: threading.Event, *, failed: Callable[[TryAgain | SinkStopped], None]
) -> Client:
    """Return a client as soon as ClickHouse answers; `failed` hears of every attempt that did not work.

    Raises Abandoned once `stopping` is set, and SinkStopped where the server refuses.
    """

    def unless_stopping() -> None:
        if stopping.is_set():
            raise Abandoned("told to stop")

    def wait(seconds: float) -> None:
        stopping.wait(seconds)

    return Patience(ours=unless_stopping, wait=wait, failed=failed).answer(lambda: connect(config)).value


@contextmanager
def stopped_by_signals(stopping: threading.Event) -> Iterator[None]:
    """Set `stopping` on SIGTERM and SIGINT while inside; for the main thread."""
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, lambda *_: stopping.set()) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


@contextmanager
def metrics_server(config: SinkConfig, registry: CollectorRegistry) -> Iterator[None]:
    """Serve /metrics while inside; port 0 serves none."""
    if not config.metrics_port:
        yield
        return
    server, thread = start_http_server(config.metrics_port, addr=config.metrics_host, registry=registry)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
