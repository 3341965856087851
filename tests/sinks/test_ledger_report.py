"""The ledger's report finds whatever does not add up."""

from collections.abc import Callable
from dataclasses import asdict, replace

import pytest

from schemas.enums import Verdict
from schemas.kinds import CHECKPOINT, VENUE
from schemas.landing import Counts, encode_block
from sinks.clickhouse_writer import ClickHouseWriter
from sinks.ledger import LedgerRow
from sinks.ledger_report import FeedReport, render, report
from sinks.writer import Insert
from tests.sinks.conftest import Database
from tests.sinks.landing_log import Event, message_of, rejects_table, rows_table


def account(**changes: int) -> FeedReport:
    """Return a balanced account, changed."""
    balanced = FeedReport(
        feed="venue",
        seen=10,
        accepted=6,
        rescan=1,
        retry=2,
        rejected=1,
        late=1,
        landed=7,
        landed_unique=7,
        dead_letters=1,
        dead_letters_unique=1,
    )
    return FeedReport(**{**asdict(balanced), **changes})


def test_an_account_that_adds_up_balances() -> None:
    assert account().balanced
    assert FeedReport(feed="venue").balanced


@pytest.mark.parametrize(
    "name",
    [
        "seen", "accepted", "rescan", "retry", "rejected", "landed", "landed_unique", "dead_letters",
        "dead_letters_unique", "holes", "overlaps", "unbalanced",
    ],
)  # fmt: skip
def test_one_off_anywhere_does_not_balance(name: str) -> None:
    assert not account(**{name: getattr(account(), name) + 1}).balanced


def test_the_table_names_the_feeds_that_are_wrong() -> None:
    text = render([account(), replace(account(), feed="vehicle", holes=3)])
    assert text.splitlines()[-1] == "The ledger does not balance: vehicle."
    assert "holes" in text


def test_the_table_says_how_many_events_balance() -> None:
    assert render([account(), account()]).endswith("The ledger balances: 20 events, each with exactly one outcome.")


def test_json_has_the_verdict_too() -> None:
    assert account().as_dict()["balanced"] is True


EVENTS = [
    *(Event(offset=offset, person=offset) for offset in range(8)),
    Event(offset=8, verdict=Verdict.REJECTED),
    Event(offset=9, verdict=Verdict.RETRY),
]
Land = Callable[[int, int], None]


@pytest.fixture
def land(database: Database) -> Land:
    """Return a function that lands a range of EVENTS: rows, rejects and a ledger row."""
    writer = ClickHouseWriter(database.client, database.name)

    def land_range(first: int, last: int) -> None:
        events = EVENTS[first : last + 1]
        for table, block in (
            ("scans", encode_block(rows_table(events))),
            ("dead_letter_log", encode_block(rejects_table(events))),
        ):
            if block:
                writer.insert(Insert(table=table, block=block))
        writer.record([ledger_row(first, last, message_of(events).counts)])

    return land_range


def ledger_row(first: int, last: int, counts: Counts) -> LedgerRow:
    """Return a row of partition 0."""
    return LedgerRow(feed=VENUE, partition=0, first=first, last=last, landing_offset=first, counts=counts)


def venue(database: Database) -> FeedReport:
    """Return the venue feed's account."""
    return report(database.client)[0]


@pytest.mark.integration
def test_what_landed_once_balances(database: Database, land: Land) -> None:
    land(0, 4)
    land(5, 9)
    found = venue(database)
    assert found.balanced
    assert (found.seen, found.accepted, found.retry, found.rejected, found.landed) == (10, 8, 1, 1, 8)
    assert not any(other.seen for other in report(database.client)[1:])


@pytest.mark.integration
def test_a_hole_between_ranges_is_counted_in_events(database: Database, land: Land) -> None:
    land(0, 1)
    land(5, 9)
    assert venue(database).holes == 3
    assert not venue(database).balanced


@pytest.mark.integration
def test_ranges_that_overlap_are_counted_in_events(database: Database, land: Land) -> None:
    land(0, 7)
    land(2, 4)
    land(6, 9)
    found = venue(database)
    assert found.overlaps == 3 + 2
    assert found.holes == 0
    assert found.landed - found.landed_unique == 5


@pytest.mark.integration
def test_the_same_message_recorded_twice_is_one(database: Database, land: Land) -> None:
    land(0, 9)
    ClickHouseWriter(database.client, database.name).record([ledger_row(0, 9, message_of(EVENTS).counts)])
    assert venue(database).balanced


@pytest.mark.integration
def test_a_row_of_another_partition_or_feed_does_not_stand_in_for_a_missing_one(database: Database) -> None:
    writer = ClickHouseWriter(database.client, database.name)
    writer.insert(Insert(table="scans", block=encode_block(rows_table([Event(offset=0)], feed=CHECKPOINT))))
    writer.record([ledger_row(0, 0, Counts(seen=1, accepted=1))])
    venue, checkpoint, *_ = report(database.client)
    assert not venue.balanced
    assert (checkpoint.landed, checkpoint.under_way) == (0, 1)


@pytest.mark.integration
def test_rows_the_ledger_does_not_cover_yet_are_under_way_and_do_not_unbalance_it(database: Database) -> None:
    writer = ClickHouseWriter(database.client, database.name)
    writer.insert(Insert(table="scans", block=encode_block(rows_table([Event(offset=0), Event(offset=1, person=2)]))))
    writer.record([ledger_row(0, 0, Counts(seen=1, accepted=1))])
    venue, *_ = report(database.client)
    assert venue.balanced
    assert (venue.landed, venue.under_way) == (1, 1)


@pytest.mark.integration
def test_the_bitmap_counts_as_unique_does(database: Database, land: Land) -> None:
    land(0, 9)
    land(3, 6)
    unique = database.number("SELECT uniqExact(_partition, _offset) FROM {}.scans")
    assert venue(database).landed_unique == unique
