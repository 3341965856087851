"""Run a gateway as a process of its own: python -m tests.streams.gateway.gateway_process BOOTSTRAP PORT."""

import logging
import sys

from streams.gateway.contacts.store import InMemoryContactStore
from streams.gateway.main import run
from tests.streams.gateway.server import config

if __name__ == "__main__":
    logging.basicConfig(level=logging.DEBUG)
    settings = config(kafka_bootstrap=sys.argv[1], port=int(sys.argv[2]), delivery_timeout_seconds=3.0)
    run(settings, contacts=InMemoryContactStore())
