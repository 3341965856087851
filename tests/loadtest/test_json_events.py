import pytest

from loadtest.json_events import json_events
from schemas.kinds import SCANS, Feed
from schemas.wire import decode, encode
from tests.loadtest.scenarios import rough_workload


@pytest.mark.parametrize("feed", SCANS, ids=lambda feed: feed.name)
def test_json_says_what_the_message_says(feed: Feed) -> None:
    chunk = next(rough_workload(feed, events=200).chunks())
    events = json_events(feed, chunk.columns)
    for row in (~chunk.malformed).nonzero()[0].tolist():
        event = events[row]
        assert event.pop("feed") == feed.name
        assert event.keys().isdisjoint({"received_at", "device_id"})
        _, record = decode(chunk.values[row] or b"")
        filled = {"received_at": record["received_at"], "device_id": record["device_id"]}
        raw = {name: bytes.fromhex(value) for name, value in event.items() if name in _SIXTEEN_BYTES}
        assert encode(feed, event | raw | filled) == chunk.values[row]


_SIXTEEN_BYTES = {"scan_id", "subject", "pass_id", "vehicle"}
