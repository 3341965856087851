"""Events of a batch that are rejected: why, with which bytes, and that their neighbours land."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.enums import Reason, Stage
from schemas.kinds import ISOLATION, VENUE
from schemas.landing import Counts
from schemas.wire import encode, header
from streams.window.rules import DAY_MS, MINUTE_MS
from tests.schemas.samples import damaged, messages_of
from tests.streams.one_batch import PERSON, landed, ms, record_of, rejects_of, rows_of, sent_of
from tests.streams.transport.batches import Sent
from tests.streams.window.events import START_MS


def test_a_text_that_is_no_utf8_is_rejected_and_its_neighbours_land() -> None:
    broken = sent_of(ISOLATION, decision_ref="??")
    sent = [replace(broken, value=(broken.value or b"").replace(b"??", b"\xff\xfe")), sent_of(ISOLATION)]
    message = landed(*sent, feed=ISOLATION)
    (reject,) = rejects_of(message)
    assert (reject["reason"], reject["stage"], reject["value"]) == (Reason.BAD_TEXT, Stage.DECODE, sent[0].value)
    assert message.counts == Counts(seen=2, accepted=1, rejected=1)


@pytest.mark.parametrize(
    ("change", "logged_ms", "reason"),
    [
        ({"subject": bytes(16)}, START_MS, Reason.NO_SUBJECT),
        ({"scan_id": bytes(16)}, START_MS, Reason.NO_SCAN_ID),
        ({}, START_MS - 5 * MINUTE_MS - 1, Reason.CLOCK_FUTURE),
        ({}, START_MS + 28 * DAY_MS + 1, Reason.TOO_OLD),
        ({"sent_at": START_MS - DAY_MS - 1, "received_at": START_MS}, START_MS, Reason.CLOCK_SKEW),
        ({"sent_at": START_MS + DAY_MS + 1, "received_at": START_MS}, START_MS, Reason.CLOCK_SKEW),
    ],
)
def test_an_event_that_breaks_a_rule_is_rejected_with_its_bytes(
    change: dict[str, Any], logged_ms: int, reason: Reason
) -> None:
    sent = sent_of(**change)
    message = landed(sent, logged_ms=logged_ms)
    (reject,) = rejects_of(message)
    assert (reject["reason"], reject["stage"]) == (reason, Stage.VALIDATE)
    assert (reject["key"], reject["value"]) == (sent.key, sent.value)
    assert (reject["_partition"], reject["_offset"], ms(reject, "logged_at")) == (3, 100, logged_ms)
    assert message.counts == Counts(seen=1, rejected=1)
    assert message.value == b""


@pytest.mark.parametrize("key", [None, b"", b"short", bytes(16), PERSON[::-1], PERSON + b"\0"])
def test_a_key_that_is_not_the_subject_is_rejected(key: bytes | None) -> None:
    (reject,) = rejects_of(landed(Sent(key, encode(VENUE, record_of())), sent_of(scan_id=b"another scan ID."), first=0))
    assert (reject["reason"], reject["key"]) == (Reason.KEY_MISMATCH, key or b"")


def test_malformed_events_are_dead_letters_and_their_neighbours_land() -> None:
    whole = encode(VENUE, record_of())
    malformed = [b"", b"\1", header(102) + whole[5:], whole[:-1], whole + b"\0", whole[:-1] + b"\2"]
    sent = [record for value in malformed for record in (Sent(PERSON, value), sent_of(scan_id=PERSON))]
    message = landed(*sent, Sent(PERSON, None))
    reasons = [Reason(reject["reason"]) for reject in rejects_of(message)]
    assert reasons == [
        Reason.EMPTY, Reason.BAD_MAGIC, Reason.UNKNOWN_SCHEMA, Reason.TRUNCATED, Reason.TRAILING_BYTES,
        Reason.OUT_OF_RANGE, Reason.EMPTY,
    ]  # fmt: skip
    assert {reject["stage"] for reject in rejects_of(message)} == {Stage.DECODE}
    assert [reject["value"] for reject in rejects_of(message)] == [*malformed, b""]
    assert message.counts == Counts(seen=13, accepted=1, retry=5, rejected=7)
    assert message.retries.tolist() == [3, 5, 7, 9, 11]


@given(st.lists(damaged(messages_of(VENUE)), min_size=1, max_size=8))
def test_whatever_comes_every_event_has_one_outcome(values: list[bytes]) -> None:
    message = landed(*(Sent(value[5:21], value) for value in values))
    offsets = [row["_offset"] for row in (*rows_of(message), *rejects_of(message))]
    retries = (message.retries.astype(int) + message.first).tolist()
    assert sorted(offsets + retries) == list(range(100, 100 + len(values)))
    assert message.counts.balanced
