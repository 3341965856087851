"""Run one worker process."""

import json
import logging
import sys
from typing import Any

import faust
from prometheus_client import CollectorRegistry, start_http_server

from streams.app import create_app
from streams.config import WorkerConfig


def run(config: WorkerConfig) -> None:
    """Work until SIGTERM or SIGINT.

    Prints one line of JSON, ``{"ready": true, "metrics_port": …}``, when the first assignment has been recovered and
    processing begins. Exits with a non-zero status when Faust crashes; whoever supervises starts it again.
    """
    logging.basicConfig(
        level=config.log_level.upper(), stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s"
    )
    registry = CollectorRegistry()
    app = create_app(config, registry=registry)
    server, _ = start_http_server(config.metrics_port, addr=config.metrics_host, registry=registry)
    said = False

    @app.on_rebalance_complete.connect
    async def say_ready(_app: faust.App, **_: Any) -> None:
        nonlocal said
        if not said:
            said = True
            await app.prepared()
            print(json.dumps({"ready": True, "metrics_port": server.server_port}), flush=True)  # noqa: T201 (the protocol with the supervisor)

    worker = faust.Worker(app, loglevel=config.log_level, redirect_stdouts=False, stdout=sys.stderr, quiet=True)
    worker.spinner = None  # above level INFO, Faust would write a terminal's codes in front of our line
    worker.execute_from_commandline()
