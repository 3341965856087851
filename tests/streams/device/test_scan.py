"""A scan's identity is unique and ordered by time; its event is what the gateway takes."""

import uuid

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.enums import Direction, Role
from schemas.kinds import CHECKPOINT, FEEDS, VENUE, Feed
from schemas.wire import decode
from streams.device.decoded import typed
from streams.device.queue import Waiting
from streams.device.scan import ID_RANDOM_BYTES, Station, make_scan, milliseconds_of, uuid7
from streams.device.sender import sendable
from streams.gateway.feed_parser import Stamp
from streams.gateway.outcome import Ready
from streams.gateway.parse import Parser
from tests.streams.device.kiosk_parts import START, line
from tests.streams.gateway.samples import DEVICE_ID, KEY, NOW_MS, raw_number

_RANDOM = st.binary(min_size=ID_RANDOM_BYTES, max_size=ID_RANDOM_BYTES)
_TIMES = st.integers(0, (1 << 48) - 1)


@given(_TIMES, _RANDOM)
def test_an_identity_is_a_uuid_of_version_7_with_its_time(now_ms: int, randomness: bytes) -> None:
    made = uuid7(now_ms, randomness)
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == now_ms


@given(_TIMES, _RANDOM, _RANDOM)
def test_74_random_bits_tell_identities_of_a_millisecond_apart(now_ms: int, one: bytes, other: bytes) -> None:
    used = [int.from_bytes(randomness, "big") & ~(0b111111 << 62) for randomness in (one, other)]
    assert (uuid7(now_ms, one) == uuid7(now_ms, other)) == (used[0] == used[1])


def test_an_event_says_where_when_and_who() -> None:
    station = Station(place_id=7, gate=3, direction=Direction.OUT, feed="checkpoint")
    made = make_scan(typed(line("a")), station, now_ms=milliseconds_of(START), randomness=bytes(10))
    assert made.event_time_ms == 1_628_123_400_000
    assert msgspec.json.decode(made.event) == {
        "feed": "checkpoint",
        "identity": {"kind": "CCCD", "number": raw_number("a")},
        "place_id": 7,
        "gate": 3,
        "direction": "OUT",
        "credential": "MANUAL",
        "scan_mode": "GUARD_SCAN",
        "capture_mode": "SELF_APP",
        "source_app": "OTHER",
    }
    assert raw_number("a") not in repr(made)


@pytest.mark.parametrize("feed", [VENUE, CHECKPOINT])
def test_the_gateway_takes_the_event_of_each_feed(feed: Feed) -> None:
    pass_id = b"p" * 16 if feed is CHECKPOINT else None
    made = make_scan(
        typed(line("a")), Station(place_id=7, feed=feed.name), now_ms=NOW_MS, randomness=bytes(10), pass_id=pass_id
    )
    waiting = Waiting(device_seq=9, scan_id=made.scan_id, event_time_ms=made.event_time_ms, event=made.event)
    outcome = Parser(FEEDS, KEY).json(
        msgspec.json.encode(sendable(waiting, NOW_MS + 1)), Stamp(DEVICE_ID, NOW_MS + 2, Role.SCANNER), FEEDS[0].name
    )
    assert isinstance(outcome, Ready)
    kind, event = decode(outcome.value)
    assert kind is feed
    assert (event["scan_id"], event["device_seq"], event["place_id"]) == (made.scan_id.bytes, 9, 7)
    assert event.get("pass_id") == pass_id
