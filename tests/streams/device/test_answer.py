"""Only an answer that is about the batch settles anything."""

from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.device.answer import Reply, verdict_of
from streams.device.queue import Waiting
from tests.streams.device.kiosk_parts import START, accepted, scan

BATCH = [
    Waiting(device_seq=number, scan_id=scan(number).scan_id, event_time_ms=0, event=b"{}") for number in range(1, 4)
]
IDS = [str(one.scan_id) for one in BATCH]


def _reply(*events: dict[str, Any], status: int = 200, retry_after: str | None = None) -> Reply:
    return Reply(status=status, body=msgspec.json.encode({"events": events}), retry_after=retry_after)


def test_each_scan_gets_its_own_outcome() -> None:
    reply = _reply(
        {"status": "accepted", "scan_id": IDS[0]},
        {"status": "rejected", "index": 1, "reason": "direction is missing"},
        {"status": "rejected", "index": 2, "reason": "not_stored", "scan_id": IDS[2]},
        status=503,
        retry_after="7",
    )
    verdict = verdict_of(reply, BATCH, now=START)
    assert verdict.delivered == [BATCH[0]]
    assert [(one.device_seq, one.reason) for one in verdict.refused] == [(2, "direction is missing")]
    assert verdict.trouble is not None
    assert verdict.trouble.wait_seconds == 7


def test_a_whole_success_is_no_trouble() -> None:
    verdict = verdict_of(accepted(IDS), BATCH, now=START)
    assert (verdict.delivered, verdict.refused, verdict.trouble) == (BATCH, [], None)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=200, body=b"<html>Welcome to the airport</html>"),
        Reply(status=200, body=b""),
        Reply(status=200, body=b"\xff"),
        Reply(status=302),
        Reply(status=404),
        accepted(IDS[:2]),
        accepted([*IDS, IDS[0]]),
        accepted(IDS[::-1]),
        _reply(*({"status": "rejected", "index": index, "reason": "x"} for index in (0, 2, 1))),
        _reply(*({"status": "fine", "scan_id": scan_id} for scan_id in IDS)),
        Reply(status=201, body=accepted(IDS).body),
    ],
)
def test_what_is_not_about_the_batch_settles_nothing(reply: Reply) -> None:
    verdict = verdict_of(reply, BATCH, now=START)
    assert (verdict.delivered, verdict.refused) == ((), ())
    assert verdict.trouble is not None
    assert "is no gateway" in verdict.trouble.sentence


@given(st.integers(200, 599), st.binary(max_size=40) | st.sampled_from([accepted(IDS).body, accepted(IDS[1:]).body]))
def test_no_answer_raises_or_settles_what_it_does_not_name(status: int, body: bytes) -> None:
    verdict = verdict_of(Reply(status=status, body=body), BATCH, now=START)
    names_all = status in (200, 503) and body == accepted(IDS).body
    assert (len(verdict.delivered) == 3) == names_all
    assert names_all or verdict.trouble is not None


def test_the_gateways_own_sentence_is_told_and_cannot_disturb_the_terminal() -> None:
    body = msgspec.json.encode({"detail": "The device's token is not valid; \x1b[2Jenrol again." + "x" * 500})
    verdict = verdict_of(Reply(status=401, body=body), BATCH, now=START)
    assert verdict.trouble is not None
    assert verdict.trouble.sentence.startswith("the gateway says: The device's token is not valid; [2Jenrol again.")
    assert len(verdict.trouble.sentence) < 250


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        (None, 0),
        ("3", 3),
        (" 3 ", 3),
        ("99999", 300),
        ("-5", 0),
        ("soon", 0),
        (format_datetime(START + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(START - timedelta(seconds=90), usegmt=True), 0),
        ("Thu, 05 Aug 2021 00:31:00 -0000", 0),
    ],
)
def test_retry_after_is_seconds_or_a_date(retry_after: str | None, seconds: float) -> None:
    verdict = verdict_of(Reply(status=429, retry_after=retry_after), BATCH, now=START)
    assert verdict.trouble is not None
    assert verdict.trouble.wait_seconds == seconds


def test_too_large_a_batch_is_told_apart() -> None:
    verdict = verdict_of(Reply(status=413), BATCH, now=START)
    assert verdict.trouble is not None
    assert verdict.trouble.too_large
