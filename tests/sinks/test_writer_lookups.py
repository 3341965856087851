"""What every `Writer` finds of what landed before, over the real engine and the shipped fake."""

import random
import re
from dataclasses import replace

import numpy as np
import pytest

from schemas.enums import Verdict
from schemas.kinds import CHECKPOINT, FEEDS, PASS, REPORTS, VENUE, Feed
from sinks.check import MOST_SKEW_MS, Lookup
from sinks.clickhouse_queries import NEAR_MS
from sinks.clickhouse_writer import ClickHouseWriter
from sinks.scans import Scans
from sinks.writer import Writer
from tests.sinks.conftest import Database
from tests.sinks.landing_log import NOON_MS, Event, rows_table
from tests.sinks.written import DAY_MS, lookup, put, verdicts


@pytest.mark.parametrize("feed", REPORTS, ids=lambda feed: feed.name)
def test_a_report_sent_again_weeks_later_is_found(writer: Writer, feed: Feed) -> None:
    put(writer, Event(offset=1, scan=5), Event(offset=2, scan=6), Event(offset=3, person=2), feed=feed)
    wanted = Scans.of_feed(rows_table([Event(offset=9, scan=5)], feed=feed), feed)
    no, yes = np.zeros(1, np.bool_), np.ones(1, np.bool_)
    asked = replace(lookup(), feed=feed, scans=wanted, skewed=no, aged=yes, rescan_window_ms=0)
    (found,) = writer.earlier([asked])
    assert 1 in found.offset.tolist()
    assert verdicts(found, wanted) == [(Verdict.RETRY, -1)]


def test_lookups_of_several_tables_are_answered_in_order(writer: Writer) -> None:
    put(writer, Event(offset=1, scan=5))
    put(writer, Event(offset=2, scan=5), feed=PASS)
    wanted = Scans.of_feed(rows_table([Event(offset=9, scan=5)], feed=PASS), PASS)
    of_pass = replace(lookup(Event(offset=9, scan=5)), feed=PASS, scans=wanted)
    found = writer.earlier([of_pass, lookup(Event(offset=9, scan=5)), of_pass])
    assert [scans.offset.tolist() for scans in found] == [[2], [1], [2]]


def test_earlier_finds_what_may_make_a_scan_a_retry_or_a_rescan(writer: Writer) -> None:
    first = Event(offset=1, person=7, place=9, direction=2, time_ms=NOON_MS - 1000, skew_ms=300, scan=5)
    rescan = Event(offset=2, person=7, place=9, verdict=Verdict.RESCAN)
    put(writer, first, rescan)
    (found,) = writer.earlier([lookup(Event(offset=9, person=7, place=9))])
    order = np.argsort(found.offset)
    expected = Scans.of(rows_table([first, rescan]))
    assert found.offset[order].tolist() == [1, 2]
    for name in ("scan_id", "subject", "place_id", "device_id", "direction", "event_ms", "device_ms", "accepted"):
        assert getattr(found, name)[order].tolist() == getattr(expected, name).tolist()


def test_earlier_leaves_out_later_offsets_and_other_partitions_and_feeds(writer: Writer) -> None:
    put(writer, Event(offset=5))
    put(writer, Event(offset=1), partition=1)
    put(writer, Event(offset=2), feed=CHECKPOINT)
    assert [len(found) for found in writer.earlier([lookup(Event(offset=9), before=5)])] == [0]


def test_earlier_finds_a_retry_whose_corrected_time_differs_by_the_greatest_skew(writer: Writer) -> None:
    put(writer, Event(offset=1, time_ms=NOON_MS - MOST_SKEW_MS, skew_ms=-MOST_SKEW_MS))
    put(writer, Event(offset=2, time_ms=NOON_MS + MOST_SKEW_MS, skew_ms=MOST_SKEW_MS))
    (found,) = writer.earlier([lookup(Event(offset=9))])
    assert sorted(found.offset.tolist()) == [1, 2]


def test_earlier_takes_thousands_of_scans_at_once(writer: Writer) -> None:
    people = [Event(offset=number, person=number, place=number % 50) for number in range(9000)]
    put(writer, *people)
    wanted = [replace(person, offset=20_000 + person.offset) for person in people]
    (found,) = writer.earlier([lookup(*wanted)])
    assert len(found) == len(people)


def test_devices_whose_clock_was_wrong_are_known_by_partition(writer: Writer) -> None:
    put(writer, Event(offset=1, device=5, skew_ms=3000), Event(offset=2, device=5, skew_ms=-3000))
    put(writer, Event(offset=3, device=6))
    put(writer, Event(offset=1, device=7, skew_ms=3000), partition=1)
    assert writer.skewed_devices(VENUE, 0).tolist() == [5]
    assert writer.skewed_devices(CHECKPOINT, 0).tolist() == []


def test_what_earlier_finds_decides_as_everything_that_landed_would(writer: Writer) -> None:
    decide_random_scans(writer, random.Random(7))


@pytest.mark.integration
def test_the_granules_a_lookup_picks_are_enough(database: Database) -> None:
    """With granules of one row, what the index by person leaves out is missed."""
    made = str(database.client.query(f"SHOW CREATE TABLE `{database.name}`.scans").result_rows[0][0])
    database.client.command(f"DROP TABLE `{database.name}`.scans SYNC")
    fine = re.sub(r"index_granularity = (8192|512)\b", "index_granularity = 1", made)
    assert fine.count("index_granularity = 1") == made.count("index_granularity = ") == 2
    database.client.command(fine)
    decide_random_scans(ClickHouseWriter(database.client, database.name), random.Random(8))


def decide_random_scans(writer: Writer, chance: random.Random) -> None:
    """Land scans of few people at few places, with clocks set between copies; decide others after them.

    The lookups of all partitions go together, as those of busy partitions do.
    """
    lookups, expected = [], []
    for partition in range(8):
        landed = [any_event(chance, offset) for offset in range(600)]
        checked = [any_event(chance, 1000 + index) for index in range(20)]
        copies = [replace(chance.choice(landed), offset=1100 + index) for index in range(15)]
        checked += [clock_set(chance, copy) for copy in copies]
        put(writer, *landed, partition=partition)
        wanted = Scans.of(rows_table(checked))
        lookups.append(
            Lookup(
                feed=VENUE,
                partition=partition,
                before=1000,
                scans=wanted,
                skewed=np.isin(wanted.device_id, writer.skewed_devices(VENUE, partition)),
                aged=np.ones(len(wanted), np.bool_),
                rescan_window_ms=VENUE.rescan_window_ms,
            )
        )
        expected.append(verdicts(Scans.of(rows_table(landed)), wanted))
    found = writer.earlier(lookups)
    assert [verdicts(scans, lookup.scans) for scans, lookup in zip(found, lookups, strict=True)] == expected
    assert {verdict for each in expected for verdict, _ in each} == {
        Verdict.ACCEPTED,
        Verdict.RESCAN,
        Verdict.RETRY,
    }


def any_event(chance: random.Random, offset: int) -> Event:
    """Return a scan at some time of half a day; now and then the device's clock was wrong."""
    device = chance.randrange(1, 5)
    skew_ms = chance.choice([0, 3_600_000, -40_000_000]) if device == 1 else 0
    return Event(
        offset=offset,
        person=chance.randrange(1, 6),
        place=chance.randrange(1, 4),
        device=device,
        direction=chance.randrange(1, 3),
        time_ms=NOON_MS + chance.randrange(DAY_MS // 2) + skew_ms,
        skew_ms=skew_ms,
        verdict=chance.choice([Verdict.ACCEPTED, Verdict.ACCEPTED, Verdict.RESCAN]),
        scan=offset,
    )


def clock_set(chance: random.Random, event: Event) -> Event:
    """Return the same scan sent again, perhaps after its device's clock was set."""
    skew_ms = chance.choice([event.skew_ms, 0, MOST_SKEW_MS, -MOST_SKEW_MS]) if event.device == 1 else 0
    return replace(event, time_ms=event.time_ms - event.skew_ms + skew_ms, skew_ms=skew_ms)


def test_no_rescan_window_is_longer_than_the_times_a_lookup_covers() -> None:
    assert max(feed.rescan_window_ms for feed in FEEDS) <= NEAR_MS
