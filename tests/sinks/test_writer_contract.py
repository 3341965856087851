"""What every `Writer` promises of what it inserts and records, over the real engine and the shipped fake."""

from dataclasses import replace

import pyarrow as pa
import pytest

from schemas.enums import Verdict
from schemas.kinds import CHECKPOINT, FEEDS, VEHICLE, VENUE, Feed
from schemas.landing import Counts, encode_block
from sinks.ledger import LedgerRow, Mark
from sinks.writer import Insert, Writer
from tests.sinks.landing_log import NOON_MS, Event, rejects_table, rows_table
from tests.sinks.written import DAY_MS, EVERYTHING, landed, put

#: What tokens are made of.
POSITION, AGAIN = "landing:0:0", "landing:0:0:again1"


def test_rows_land_and_are_visible_at_once(writer: Writer) -> None:
    put(writer, Event(offset=3), Event(offset=1))
    assert landed(writer) == [1, 3]


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_rows_of_every_feed_land_in_its_table(writer: Writer, feed: Feed) -> None:
    put(writer, Event(offset=1), feed=feed)
    assert landed(writer, replace(EVERYTHING, feed=feed), feed.table) == [1]


def test_the_same_token_lands_once(writer: Writer) -> None:
    for _ in range(3):
        put(writer, Event(offset=1), token=POSITION)
    assert landed(writer) == [1]


def test_rows_of_a_week_that_is_missing_land_under_the_token_of_the_others(writer: Writer) -> None:
    # A row is logged as many ms after noon as its offset says.
    now, next_week = Event(offset=1), Event(offset=7 * DAY_MS)
    put(writer, now, token=POSITION)
    put(writer, now, next_week, token=POSITION)
    assert landed(writer, replace(EVERYTHING, to_ms=NOON_MS + 8 * DAY_MS)) == [1, 7 * DAY_MS]


def test_rows_of_any_event_time_are_one_part(writer: Writer) -> None:
    now, before = Event(offset=1), Event(offset=2, time_ms=NOON_MS - 27 * DAY_MS)
    put(writer, now, token=POSITION)
    put(writer, now, before, token=POSITION)
    assert landed(writer) == [1]


def test_a_used_token_drops_other_rows_too(writer: Writer) -> None:
    put(writer, Event(offset=1), token=POSITION)
    put(writer, Event(offset=2), token=POSITION)
    assert landed(writer) == [1]


def test_another_token_lands_again(writer: Writer) -> None:
    put(writer, Event(offset=1), token=POSITION)
    put(writer, Event(offset=1), token=AGAIN)
    assert landed(writer) == [1, 1]


def test_a_block_of_several_batches_is_one_insert(writer: Writer) -> None:
    batches = [*rows_table([Event(offset=1)]).to_batches(), *rows_table([Event(offset=2)]).to_batches()]
    block = encode_block(pa.Table.from_batches(batches))
    for _ in range(2):
        writer.insert(Insert(table="scans", block=block, token=POSITION))
    assert landed(writer) == [1, 2]


def test_landed_keeps_to_its_span(writer: Writer) -> None:
    put(writer, *(Event(offset=offset) for offset in range(5)))
    put(writer, Event(offset=2), partition=1)
    put(writer, Event(offset=2), feed=VEHICLE)
    assert landed(writer, replace(EVERYTHING, first=1, last=3)) == [1, 2, 3]


def test_dead_letters_are_recorded_once_with_their_ledger_rows(writer: Writer) -> None:
    rows = [rejecting(4), rejecting(7), ledger_row(8, 9, 8)]
    for _ in range(2):
        writer.record(rows)
    writer.record([rejecting(7)])
    assert landed(writer, table="dead_letters") == [4, 7]


def rejecting(offset: int) -> LedgerRow:
    """Return the ledger row of one rejected event."""
    block = encode_block(rejects_table([Event(offset=offset, verdict=Verdict.REJECTED)]))
    return replace(ledger_row(offset, offset, offset), counts=Counts(seen=1, rejected=1), rejects=block)


def ledger_row(first: int, last: int, landing_offset: int, *, partition: int = 0) -> LedgerRow:
    """Return a ledger row of accepted events."""
    counts = Counts(seen=last - first + 1, accepted=last - first + 1)
    return LedgerRow(
        feed=VENUE, partition=partition, first=first, last=last, landing_offset=landing_offset, counts=counts
    )


def test_an_empty_ledger_has_no_mark(writer: Writer) -> None:
    assert writer.mark(VENUE, 0) is None


def test_the_mark_is_the_ledgers_end_of_one_partition(writer: Writer) -> None:
    writer.record([ledger_row(0, 4, 0), ledger_row(5, 9, 2)])
    writer.record([ledger_row(0, 99, 7, partition=1)])
    assert writer.mark(VENUE, 0) == Mark(last=9, next_landing=3)
    assert writer.mark(CHECKPOINT, 0) is None


def test_a_ledger_row_recorded_again_changes_nothing(writer: Writer) -> None:
    rows = [ledger_row(0, 4, 0), ledger_row(5, 9, 2)]
    writer.record(rows)
    writer.record(rows[:1])
    assert writer.mark(VENUE, 0) == Mark(last=9, next_landing=3)


def test_recording_nothing_is_allowed(writer: Writer) -> None:
    writer.record([])
    assert writer.mark(VENUE, 0) is None


def test_a_reference_table_without_rows_has_offset_minus_one(writer: Writer) -> None:
    assert writer.reference_offset("places", 0) == -1
