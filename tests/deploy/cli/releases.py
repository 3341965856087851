"""Devices of two releases at one running system: one publishes to Kafka itself, one through the gateway."""

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from http.client import OK, UNAUTHORIZED
from typing import Any

from confluent_kafka import Producer

from schemas.kinds import VENUE, Feed
from schemas.wire import encode
from tests.deploy.cli.up import Up
from tests.schemas.samples import plain_record

_SECONDS = 60.0
#: The feed as a device knows it that was not updated for a release.
FORMER = replace(VENUE, schema_id=VENUE.history[-1].schema_id, avro=VENUE.history[-1].avro, history=())


class Devices:
    """Both devices, at place 7, of one running system; wait for what they sent with `until_seen`."""

    def __init__(self, up: Up) -> None:
        """Enrol the one that goes through the gateway."""
        self._up = up
        self._producer = Producer(
            {"bootstrap.servers": f"127.0.0.1:{up.port_base + 92}", "partitioner": "murmur2_random"}
        )
        enrolled = up.run("devices", "enrol", "--place", "7", "--label", "north gate")
        assert enrolled.returncode == 0, enrolled.stderr
        self._token = enrolled.stdout.strip()

    def to_kafka(self, feed: Feed, *, scan_id: bytes, subject: bytes, credential: str) -> None:
        """Publish a scan as a device that knows `feed` does, and wait until Kafka has it."""
        now_ms = round(time.time() * 1_000)
        scan = {"scan_id": scan_id, "subject": subject, "place_id": 7, "device_id": 1, "credential": credential}
        times = {"event_time": now_ms, "sent_at": now_ms}
        self._producer.produce(feed.topic, encode(feed, plain_record(feed) | scan | times), subject)
        assert self._producer.flush(_SECONDS) == 0

    def to_gateway(self, **fields: Any) -> None:
        """Send a scan as JSON, again while the gateway does not know the device yet."""
        now = datetime.now(UTC).isoformat()
        usual = {"scan_id": str(uuid.uuid4()), "place_id": 7, "device_seq": 1, "direction": "IN", "event_time": now}
        body = json.dumps([usual | {"sent_at": now} | fields]).encode()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        address = f"http://127.0.0.1:{self._up.gateway_port}/v1/scans"
        request = urllib.request.Request(address, body, headers)
        self._until(lambda: _status(request, meanwhile=UNAUTHORIZED) == OK)

    def until_seen(self, events: int) -> None:
        """Wait until the ledger has accounted for so many venue scans."""
        self._until(lambda: self.ask("SELECT sum(seen) FROM ledger WHERE feed = 'venue'") == [[events]])

    def _until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _SECONDS
        while not condition():
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(0.1)

    def ask(self, query: str) -> list[list[Any]]:
        """Return the rows of a query."""
        address = f"http://127.0.0.1:{self._up.port_base + 123}/?database=scanstream&default_format=JSONCompactEachRow"
        address += "&output_format_json_quote_64bit_integers=0"
        with urllib.request.urlopen(urllib.request.Request(address, query.encode()), timeout=10) as answer:  # noqa: S310 -- our own server
            return [json.loads(line) for line in answer]


def _status(request: urllib.request.Request, *, meanwhile: int) -> int:
    """Return the answer's status; one that is neither 2xx nor `meanwhile` is a failure."""
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 -- our own gateway
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        if refused.code != meanwhile:
            raise
        return refused.code
