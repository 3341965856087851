"""One batch to one landing message: what lands, and what is flagged."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pytest

from schemas.enums import Flag, Lateness, Verdict
from schemas.kinds import CHECKPOINT, FEEDS, ISOLATION, UPDATE, VEHICLE, VENUE, Feed
from schemas.landing import Counts, decode_block, landed_rows
from schemas.plan import plan_of
from schemas.rows import row_schema
from streams.batch import BatchProcessor, Timer
from streams.transport.record_batch import read_records
from streams.window.rules import DAY_MS, HOUR_MS, MINUTE_MS, WindowRules
from streams.window.state import WindowState
from tests.streams.one_batch import ID, PERSON, REGISTRY, landed, ms, rows_of, sent_of
from tests.streams.window.events import START_MS


def test_a_scan_lands_with_its_own_fields_and_what_the_registry_knows() -> None:
    (row,) = rows_of(landed(sent_of(gate=2, device_seq=1 << 32 - 1), logged_ms=START_MS + 5))
    assert (row["scan_id"], row["subject"], row["place_id"], row["gate"]) == (ID, PERSON, 1, 2)
    assert (ms(row, "event_time"), ms(row, "logged_at")) == (START_MS, START_MS + 5)
    assert (row["feed"], row["_partition"], row["_offset"]) == (1, 3, 100)
    assert (row["verdict"], row["rescan_of"], row["lateness"]) == (Verdict.ACCEPTED, -1, Lateness.ON_TIME)
    assert (row["commune"], row["district"], row["province"], row["risk_level"]) == (14_755, 380, 38, 3)
    assert (row["flags"], row["skew_ms"]) == (0, 0)


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_rows_of_every_feed_have_its_schema(feed: Feed) -> None:
    message = landed(sent_of(feed), feed=feed)
    assert landed_rows(message).schema == row_schema(feed)
    assert rows_of(message)[0]["feed"] == feed.code


def test_a_report_lands_with_its_texts_and_what_is_known_of_its_commune() -> None:
    (row,) = rows_of(landed(sent_of(ISOLATION, decision_ref="Quyết định 12", days=14), feed=ISOLATION))
    assert (row["event_id"], row["subject"], row["decision_ref"]) == (ID, PERSON, "Quyết định 12".encode())
    assert (row["district"], row["province"], row["risk_level"], row["flags"]) == (380, 38, 3, 0)
    assert "category" not in row


def test_a_report_has_retries_but_no_rescans() -> None:
    again, another = sent_of(UPDATE), sent_of(UPDATE, event_id=b"o" * 16)
    message = landed(again, again, another, feed=UPDATE)
    assert message.counts == Counts(seen=3, accepted=2, retry=1)


def test_a_checkpoints_fields_land() -> None:
    sent = sent_of(
        CHECKPOINT,
        decision="DENY",
        decision_reason="NO_PASS",
        pass_id=b"p" * 16,
        temperature_c10=385,
        declared_ahead=True,
    )
    (row,) = rows_of(landed(sent, feed=CHECKPOINT))
    assert (row["decision"], row["decision_reason"], row["pass_id"], row["temperature_c10"]) == (2, 1, b"p" * 16, 385)
    assert row["flags"] == Flag.DECLARED_AHEAD


def test_a_vehicles_position_lands() -> None:
    (row,) = rows_of(landed(sent_of(VEHICLE, latitude=19.5, longitude=105.75, route_id=9), feed=VEHICLE))
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
    assert rows_of(landed(sent_of(**change)))[0]["flags"] == flags


def test_a_skewed_clock_is_corrected_and_both_times_are_kept() -> None:
    (row,) = rows_of(landed(sent_of(event_time=START_MS + HOUR_MS, sent_at=START_MS + HOUR_MS, received_at=START_MS)))
    assert (ms(row, "event_time"), row["skew_ms"]) == (START_MS, -HOUR_MS)


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
    message = landed(sent_of(), logged_ms=START_MS + delay_ms)
    assert rows_of(message)[0]["lateness"] == lateness
    assert message.counts.late == (lateness > Lateness.ON_TIME)


def test_rows_are_in_the_tables_order() -> None:
    sent = [
        sent_of(
            scan_id=bytes([number] * 16), subject=bytes([number] * 16), place_id=place_id, event_time=START_MS - late
        )
        for number, (place_id, late) in enumerate([(2, 0), (1, 5), (2, 9), (1, 60_000), (2**31 - 1, 3), (1, 0)], 1)
    ]
    rows = landed_rows(landed(*sent)).to_pylist()
    order = [(row["place_id"], row["event_time"]) for row in rows]
    assert order == sorted(order)


def test_rows_over_a_month_are_in_the_tables_order_too() -> None:
    sent = [
        sent_of(scan_id=bytes([number] * 16), subject=bytes([number] * 16), place_id=2, event_time=START_MS - late)
        for number, late in enumerate((0, 27 * DAY_MS, 3 * DAY_MS), 1)
    ]
    rows = landed_rows(landed(*sent)).to_pylist()
    assert [row["_offset"] for row in rows] == [101, 102, 100]


def test_a_batch_of_no_events_is_a_message_of_no_events() -> None:
    records = read_records(b"")
    state = WindowState(WindowRules(rescan_ms=VENUE.rescan_window_ms))
    message, alerts, captured = BatchProcessor(feed=VENUE).process(
        state=state, snapshot=REGISTRY, records=records, partition=0, first=5, last=9
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
    landed(sent_of(), time=_recording(steps))
    assert steps == ["decode", "window", "enrich", "encode"]


def test_the_plan_is_the_feeds() -> None:
    assert BatchProcessor(feed=VENUE).plan is plan_of(VENUE)


@pytest.mark.parametrize(("count", "settled", "unsettled"), [(9_000, 8_990, 10), (900, 890, 10), (200, 0, 200)])
def test_rows_the_sink_decides_have_a_block_of_their_own_unless_there_are_few_rows(
    count: int, settled: int, unsettled: int
) -> None:
    late_every = count // 10
    sent = [
        sent_of(
            scan_id=number.to_bytes(16, "big"),
            subject=number.to_bytes(16, "big"),
            event_time=START_MS - (HOUR_MS if number % late_every == 2 else 0),
        )
        for number in range(1, count + 1)
    ]
    message = landed(*sent)
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
    wrong = sent_of(received_at=START_MS, sent_at=START_MS - 60_000, device_id=7)
    right = sent_of(scan_id=bytes([9] * 16), device_id=8)
    assert landed(wrong, right).skewed.tolist() == [7]
