"""One batch to one landing message: what lands, what is rejected with which bytes, what is flagged."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.enums import Flag, Lateness, Reason, Stage, Verdict
from schemas.kinds import CHECKPOINT, FEEDS, ISOLATION, UPDATE, VEHICLE, VENUE, Feed
from schemas.landing import Counts, LandingMessage, decode_block, landed_rows
from schemas.plan import plan_of
from schemas.rows import REJECT_SCHEMA, row_schema
from schemas.wire import encode, header
from streams.batch import BatchProcessor, Timer
from streams.registry.snapshot import Snapshot
from streams.transport.record_batch import read_records
from streams.window.rules import DAY_MS, HOUR_MS, MINUTE_MS, WindowRules
from streams.window.state import WindowState
from tests.schemas.samples import damaged, messages_of, plain_record
from tests.streams.registry.records import area, device, place
from tests.streams.rules.sound import SOUND
from tests.streams.transport.batches import Sent, batch_of
from tests.streams.window.events import START_MS

_PERSON, _ID = bytes(range(1, 17)), bytes(range(17, 33))
_REGISTRY = Snapshot.build(places={1: place(1)}, areas={14_755: area(risk=[(0, 3)])}, devices={7: device(7)})


def _record(feed: Feed = VENUE, **change: Any) -> dict[str, Any]:
    plain = plain_record(feed)
    usual = {
        plan_of(feed).identity: _ID,
        "subject": _PERSON,
        "place_id": 1,
        "commune_code": 14_755,
        "device_id": 7,
        "event_time": START_MS,
        "source_app": "PC_COVID",
        "direction": "IN",
    }
    sound = SOUND.get(feed.name, {}) | {"subject": _PERSON, "event_time": START_MS}
    return plain | {name: value for name, value in usual.items() if name in plain} | sound | change


def _sent(feed: Feed = VENUE, **change: Any) -> Sent:
    record = _record(feed, **change)
    return Sent(record["subject"], encode(feed, record))


def _landed(
    *sent: Sent, feed: Feed = VENUE, logged_ms: int = START_MS, first: int = 100, **more: Any
) -> LandingMessage:
    records = read_records(batch_of(sent, base=first, appended_ms=logged_ms))
    state = WindowState(WindowRules(rescan_ms=feed.rescan_window_ms))
    return (
        BatchProcessor(feed=feed, **more)
        .process(state=state, snapshot=_REGISTRY, records=records, partition=3, first=first, last=first + len(sent) - 1)
        .message
    )


def _rows(message: LandingMessage) -> list[dict[str, Any]]:
    table = landed_rows(message)
    table.validate(full=True)
    rows: list[dict[str, Any]] = table.to_pylist()
    return sorted(rows, key=lambda row: row["_offset"])


def _rejects(message: LandingMessage) -> list[dict[str, Any]]:
    table = decode_block(message.rejects, REJECT_SCHEMA)
    table.validate(full=True)
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def _ms(row: dict[str, Any], column: str) -> int:
    instant: datetime = row[column]
    return round(instant.timestamp() * 1000)


def test_a_scan_lands_with_its_own_fields_and_what_the_registry_knows() -> None:
    (row,) = _rows(_landed(_sent(gate=2, device_seq=1 << 32 - 1), logged_ms=START_MS + 5))
    assert (row["scan_id"], row["subject"], row["place_id"], row["gate"]) == (_ID, _PERSON, 1, 2)
    assert (_ms(row, "event_time"), _ms(row, "logged_at")) == (START_MS, START_MS + 5)
    assert (row["feed"], row["_partition"], row["_offset"]) == (1, 3, 100)
    assert (row["verdict"], row["rescan_of"], row["lateness"]) == (Verdict.ACCEPTED, -1, Lateness.ON_TIME)
    assert (row["commune"], row["district"], row["province"], row["risk_level"]) == (14_755, 380, 38, 3)
    assert (row["flags"], row["skew_ms"]) == (0, 0)


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_rows_of_every_feed_have_its_schema(feed: Feed) -> None:
    message = _landed(_sent(feed), feed=feed)
    assert landed_rows(message).schema == row_schema(feed)
    assert _rows(message)[0]["feed"] == feed.code


def test_a_report_lands_with_its_texts_and_what_is_known_of_its_commune() -> None:
    (row,) = _rows(_landed(_sent(ISOLATION, decision_ref="Quyết định 12", days=14), feed=ISOLATION))
    assert (row["event_id"], row["subject"], row["decision_ref"]) == (_ID, _PERSON, "Quyết định 12".encode())
    assert (row["district"], row["province"], row["risk_level"], row["flags"]) == (380, 38, 3, 0)
    assert "category" not in row


def test_a_report_has_retries_but_no_rescans() -> None:
    again, another = _sent(UPDATE), _sent(UPDATE, event_id=b"o" * 16)
    message = _landed(again, again, another, feed=UPDATE)
    assert message.counts == Counts(seen=3, accepted=2, retry=1)


def test_a_text_that_is_no_utf8_is_rejected_and_its_neighbours_land() -> None:
    broken = _sent(ISOLATION, decision_ref="??")
    sent = [replace(broken, value=(broken.value or b"").replace(b"??", b"\xff\xfe")), _sent(ISOLATION)]
    message = _landed(*sent, feed=ISOLATION)
    (reject,) = _rejects(message)
    assert (reject["reason"], reject["stage"], reject["value"]) == (Reason.BAD_TEXT, Stage.DECODE, sent[0].value)
    assert message.counts == Counts(seen=2, accepted=1, rejected=1)


def test_a_checkpoints_fields_land() -> None:
    sent = _sent(
        CHECKPOINT,
        decision="DENY",
        decision_reason="NO_PASS",
        pass_id=b"p" * 16,
        temperature_c10=385,
        declared_ahead=True,
    )
    (row,) = _rows(_landed(sent, feed=CHECKPOINT))
    assert (row["decision"], row["decision_reason"], row["pass_id"], row["temperature_c10"]) == (2, 1, b"p" * 16, 385)
    assert row["flags"] == Flag.DECLARED_AHEAD


def test_a_vehicles_position_lands() -> None:
    (row,) = _rows(_landed(_sent(VEHICLE, latitude=19.5, longitude=105.75, route_id=9), feed=VEHICLE))
    assert (row["latitude"], row["longitude"], row["route_id"]) == (19.5, 105.75, 9)


@pytest.mark.parametrize(
    ("change", "flags"),
    [
        ({"offline": True}, Flag.OFFLINE),
        ({"source_app": "OTHER"}, Flag.APP_UNKNOWN),
        ({"device_id": 8}, Flag.DEVICE_UNKNOWN),
        ({"place_id": 9}, Flag.PLACE_UNKNOWN | Flag.AREA_UNKNOWN),
        ({"sent_at": START_MS - 9_000, "received_at": START_MS, "event_time": START_MS - 9_000}, Flag.SKEW_CORRECTED),
        ({"sent_at": START_MS - 2_000, "received_at": START_MS}, 0),
    ],
)
def test_what_has_to_be_read_with_care_is_flagged(change: dict[str, Any], flags: int) -> None:
    assert _rows(_landed(_sent(**change)))[0]["flags"] == flags


def test_a_skewed_clock_is_corrected_and_both_times_are_kept() -> None:
    (row,) = _rows(_landed(_sent(event_time=START_MS + HOUR_MS, sent_at=START_MS + HOUR_MS, received_at=START_MS)))
    assert (_ms(row, "event_time"), row["skew_ms"]) == (START_MS, -HOUR_MS)


@pytest.mark.parametrize(
    ("delay_ms", "lateness"),
    [
        (-5 * MINUTE_MS, Lateness.ON_TIME),
        (10 * MINUTE_MS, Lateness.ON_TIME),
        (10 * MINUTE_MS + 1, Lateness.LATE),
        (72 * HOUR_MS, Lateness.LATE),
        (72 * HOUR_MS + 1, Lateness.VERY_LATE),
        (28 * DAY_MS, Lateness.VERY_LATE),
    ],
)
def test_lateness_is_the_delay_from_event_to_broker(delay_ms: int, lateness: Lateness) -> None:
    message = _landed(_sent(), logged_ms=START_MS + delay_ms)
    assert _rows(message)[0]["lateness"] == lateness
    assert message.counts.late == (lateness > Lateness.ON_TIME)


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
    sent = _sent(**change)
    message = _landed(sent, logged_ms=logged_ms)
    (reject,) = _rejects(message)
    assert (reject["reason"], reject["stage"]) == (reason, Stage.VALIDATE)
    assert (reject["key"], reject["value"]) == (sent.key, sent.value)
    assert (reject["_partition"], reject["_offset"], _ms(reject, "logged_at")) == (3, 100, logged_ms)
    assert message.counts == Counts(seen=1, rejected=1)
    assert message.value == b""


@pytest.mark.parametrize("key", [None, b"", b"short", bytes(16), _PERSON[::-1], _PERSON + b"\0"])
def test_a_key_that_is_not_the_subject_is_rejected(key: bytes | None) -> None:
    (reject,) = _rejects(_landed(Sent(key, encode(VENUE, _record())), _sent(scan_id=b"another scan ID."), first=0))
    assert (reject["reason"], reject["key"]) == (Reason.KEY_MISMATCH, key or b"")


def test_malformed_events_are_dead_letters_and_their_neighbours_land() -> None:
    whole = encode(VENUE, _record())
    malformed = [b"", b"\1", header(102) + whole[5:], whole[:-1], whole + b"\0", whole[:-1] + b"\2"]
    sent = [record for value in malformed for record in (Sent(_PERSON, value), _sent(scan_id=_PERSON))]
    message = _landed(*sent, Sent(_PERSON, None))
    reasons = [Reason(reject["reason"]) for reject in _rejects(message)]
    assert reasons == [
        Reason.EMPTY, Reason.BAD_MAGIC, Reason.UNKNOWN_SCHEMA, Reason.TRUNCATED, Reason.TRAILING_BYTES,
        Reason.OUT_OF_RANGE, Reason.EMPTY,
    ]  # fmt: skip
    assert {reject["stage"] for reject in _rejects(message)} == {Stage.DECODE}
    assert [reject["value"] for reject in _rejects(message)] == [*malformed, b""]
    assert message.counts == Counts(seen=13, accepted=1, retry=5, rejected=7)
    assert message.retries.tolist() == [3, 5, 7, 9, 11]


@given(st.lists(damaged(messages_of(VENUE)), min_size=1, max_size=8))
def test_whatever_comes_every_event_has_one_outcome(values: list[bytes]) -> None:
    message = _landed(*(Sent(value[5:21], value) for value in values))
    offsets = [row["_offset"] for row in (*_rows(message), *_rejects(message))]
    retries = (message.retries.astype(int) + message.first).tolist()
    assert sorted(offsets + retries) == list(range(100, 100 + len(values)))
    assert message.counts.balanced


def test_rows_are_in_the_tables_order() -> None:
    sent = [
        _sent(scan_id=bytes([number] * 16), subject=bytes([number] * 16), place_id=place_id, event_time=START_MS - late)
        for number, (place_id, late) in enumerate([(2, 0), (1, 5), (2, 9), (1, 60_000), (2**31 - 1, 3), (1, 0)], 1)
    ]
    rows = landed_rows(_landed(*sent)).to_pylist()
    order = [(row["place_id"], row["event_time"]) for row in rows]
    assert order == sorted(order)


def test_rows_over_a_month_are_in_the_tables_order_too() -> None:
    sent = [
        _sent(scan_id=bytes([number] * 16), subject=bytes([number] * 16), place_id=2, event_time=START_MS - late)
        for number, late in enumerate((0, 27 * DAY_MS, 3 * DAY_MS), 1)
    ]
    rows = landed_rows(_landed(*sent)).to_pylist()
    assert [row["_offset"] for row in rows] == [101, 102, 100]


def test_a_batch_of_no_events_is_a_message_of_no_events() -> None:
    records = read_records(b"")
    state = WindowState(WindowRules(rescan_ms=VENUE.rescan_window_ms))
    message, alerts, captured = BatchProcessor(feed=VENUE).process(
        state=state, snapshot=_REGISTRY, records=records, partition=0, first=5, last=9
    )
    assert not alerts
    assert captured is not None
    assert captured.sum() == 0
    assert (message.first, message.last, message.counts, message.value, message.rejects) == (5, 9, Counts(), b"", b"")


def _recording(steps: list[str]) -> Timer:
    @contextmanager
    def timer(step: str) -> Iterator[None]:
        steps.append(step)
        yield

    return timer


def test_the_time_of_each_step_is_told() -> None:
    steps: list[str] = []
    _landed(_sent(), time=_recording(steps))
    assert steps == ["decode", "window", "enrich", "encode"]


def test_the_plan_is_the_feeds() -> None:
    assert BatchProcessor(feed=VENUE).plan is plan_of(VENUE)


@pytest.mark.parametrize(("count", "settled", "unsettled"), [(9_000, 8_990, 10), (900, 0, 900)])
def test_rows_the_sink_decides_have_a_block_of_their_own_unless_there_are_few_rows(
    count: int, settled: int, unsettled: int
) -> None:
    late_every = count // 10
    sent = [
        _sent(
            scan_id=number.to_bytes(16, "big"),
            subject=number.to_bytes(16, "big"),
            event_time=START_MS - (HOUR_MS if number % late_every == 2 else 0),
        )
        for number in range(1, count + 1)
    ]
    message = _landed(*sent)
    blocks = [decode_block(block, row_schema(VENUE)) for block in (message.settled, message.unsettled)]
    assert [block.num_rows for block in blocks] == [settled, unsettled]
    assert [_checked(block) for block in blocks] == [0, 10]
    assert message.checked == 10
    for block in blocks:
        order = list(zip(block["place_id"].to_pylist(), block["event_time"].to_pylist(), strict=True))
        assert order == sorted(order)


def _checked(rows: pa.Table) -> int:
    return sum(flags & Flag.CHECKED != 0 for flags in rows["flags"].to_pylist())


def test_a_message_names_the_devices_whose_time_was_corrected() -> None:
    wrong = _sent(received_at=START_MS, sent_at=START_MS - 60_000, device_id=7)
    right = _sent(scan_id=bytes([9] * 16), device_id=8)
    assert _landed(wrong, right).skewed.tolist() == [7]
