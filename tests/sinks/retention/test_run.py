"""Rows leave when their time has come and not before; the ledger still balances, whenever a run is killed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from schemas.enums import Verdict
from schemas.kinds import LINK, VENUE
from sinks.check import Lookup, decide
from sinks.clickhouse_writer import ClickHouseWriter
from sinks.ledger_report import FeedReport, report
from sinks.retention.days import parse_days
from sinks.retention.proof import Account, Proof
from sinks.retention.proofs import read_proofs
from sinks.retention.run import Run
from sinks.scans import Scans
from tests.sinks.conftest import Database
from tests.sinks.retention.landing import NOW, Scan, cover, identity, land_case, land_scans, subject

pytestmark = pytest.mark.integration

DAYS = parse_days("28,64=14")


def run(database: Database, *, later_days: float = 0) -> Proof:
    """Run retention at NOW, or so many days later."""
    return Run(database.client, days=DAYS, now=NOW + timedelta(days=later_days)).do()


def offsets(database: Database, table: str = "scans") -> list[int]:
    """Return the offsets of a table's rows."""
    return [int(str(offset)) for (offset,) in database.rows(f"SELECT _offset FROM {{}}.{table} ORDER BY _offset")]  # noqa: S608 -- our names


def account(proof: Proof, province: int, table: str = "scans") -> Account:
    """Return the proof's account of a table and province."""
    (found,) = [it for it in proof.accounts if (it.table, it.province) == (table, province)]
    return found


def venue(database: Database) -> FeedReport:
    """Return the venue feed's account in the ledger."""
    return report(database.client)[0]


def test_each_province_keeps_its_days_and_the_clock_takes_the_rest(landed: Database) -> None:
    land_scans(
        landed,
        [
            Scan(offset=0, age_days=28.01),
            Scan(offset=1, age_days=27.99),
            Scan(offset=2, age_days=14.01, province=64),
            Scan(offset=3, age_days=13.99, province=64),
            Scan(offset=4, age_days=30, late_days=25),
        ],
    )
    proof = run(landed)
    assert offsets(landed) == [1, 3]
    assert (account(proof, 42).rows_before, account(proof, 42).deleted, account(proof, 42).rows_after) == (3, 2, 1)
    assert (account(proof, 64).days, account(proof, 64).deleted) == (14, 1)
    assert account(proof, 42).oldest == Scan(offset=1, age_days=27.99).event_time
    found = venue(landed)
    assert (found.balanced, found.landed, found.deleted) == (True, 2, 3)
    assert run(landed).deleted == 0
    assert run(landed, later_days=1).deleted == 2
    assert (venue(landed).balanced, venue(landed).landed, venue(landed).deleted) == (True, 0, 5)
    assert read_proofs(landed.client, since=NOW, until=NOW + timedelta(days=2))[-1].complete


def test_what_the_ledger_does_not_cover_waits(landed: Database) -> None:
    land_scans(landed, [Scan(offset=0, age_days=40), Scan(offset=1, age_days=40)], covered=1)
    proof = run(landed)
    assert offsets(landed) == [1]
    assert (account(proof, 42).deleted, account(proof, 42).waiting, proof.complete) == (1, 1, True)


class KilledAt:
    """A client whose process ends before a statement that begins like this."""

    def __init__(self, client: Any, statement: str) -> None:
        self._client, self._statement = client, statement

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def command(self, text: str, **more: Any) -> Any:
        """Die or do it."""
        if text.startswith(self._statement):
            raise KeyboardInterrupt
        return self._client.command(text, **more)


def test_killed_anywhere_the_ledger_balances_and_the_next_run_ends_it(landed: Database) -> None:
    land_scans(landed, [Scan(offset=offset, age_days=20 + offset) for offset in range(12)])
    for statement in (
        "INSERT INTO tombstones",
        "INSERT INTO retention_deletions",
        "ALTER TABLE scans",
        "ALTER TABLE retention_needed",
    ):
        with pytest.raises(KeyboardInterrupt):
            Run(KilledAt(landed.client, statement), days=DAYS, now=NOW).do()  # type: ignore[arg-type]  # a client for this test
    found = venue(landed)
    assert (found.balanced, found.landed, found.deleted) == (True, 9, 3)
    assert read_proofs(landed.client, since=NOW, until=NOW + timedelta(days=1)) == []
    assert run(landed).complete
    assert venue(landed) == found


def test_what_was_written_down_and_not_deleted_counts_as_landed(landed: Database) -> None:
    land_scans(landed, [Scan(offset=0, age_days=40)])
    with pytest.raises(KeyboardInterrupt):
        Run(KilledAt(landed.client, "ALTER TABLE scans"), days=DAYS, now=NOW).do()  # type: ignore[arg-type]  # the same
    found = venue(landed)
    assert (found.balanced, found.landed, found.deleted) == (True, 1, 0)


def test_a_row_that_landed_again_after_its_deletion_counts_once(landed: Database) -> None:
    land_scans(landed, [Scan(offset=0, age_days=40)])
    run(landed)
    land_scans(landed, [Scan(offset=0, age_days=40, place=2)], covered=0)
    assert (venue(landed).landed, venue(landed).deleted, venue(landed).balanced) == (1, 0, True)
    assert run(landed).deleted == 1


def test_dead_letters_leave_after_a_week(landed: Database) -> None:
    columns = ["feed", "_partition", "_offset", "reason", "stage", "logged_at", "key", "value"]
    rows = [
        ["venue", 0, offset, "TRUNCATED", "DECODE", NOW - timedelta(days=age), subject(1), b"\0"]
        for offset, age in ((0, 7.01), (1, 6.99))
    ]
    landed.client.insert("dead_letter_log", rows, column_names=columns, database=landed.name)
    cover(landed, VENUE, first=0, last=1, rejected=2)
    assert run(landed).deleted == 1
    found = venue(landed)
    assert (offsets(landed, "dead_letters"), found.letters_deleted, found.balanced) == ([1], 1, True)


def lookup(scan: Scan, *, before: int, aged: bool) -> Lookup:
    """Ask what landed before a copy of a scan."""
    ms = np.array([round(scan.event_time.timestamp() * 1000)])
    wanted = Scans(
        offset=np.array([before - 1]),
        scan_id=np.frombuffer(identity(scan.offset), np.uint64).reshape(1, 2),
        subject=np.frombuffer(subject(scan.person), np.uint64).reshape(1, 2),
        place_id=np.array([scan.place]),
        device_id=np.array([0]),
        direction=np.array([1]),
        event_ms=ms,
        device_ms=ms,
        accepted=np.array([True]),
    )
    return Lookup(
        feed=VENUE,
        partition=0,
        before=before,
        scans=wanted,
        skewed=np.array([False]),
        rescan_window_ms=300_000,
        aged=np.array([aged]),
    )


def test_a_second_copy_of_a_deleted_scan_is_a_retry_until_it_is_too_old_to_come(landed: Database) -> None:
    scan = Scan(offset=0, age_days=20, province=64)
    land_scans(landed, [scan])
    run(landed)
    assert offsets(landed) == []
    asked = lookup(scan, before=5, aged=True)
    (found,) = ClickHouseWriter(landed.client, landed.name).earlier([asked])
    both = Scans.join(found, asked.scans)
    verdicts = decide(both, checked=np.array([False] * len(found) + [True]), rescan_window_ms=300_000)
    assert verdicts.verdict.tolist()[-1] == Verdict.RETRY
    assert landed.number("SELECT count() FROM {}.tombstones") == 1
    run(landed, later_days=15)
    assert landed.number("SELECT count() FROM {}.tombstones") == 1
    run(landed, later_days=36 - 20 + 8)
    assert landed.number("SELECT count() FROM {}.tombstones") == 0


def test_a_case_holds_its_person_their_other_pseudonyms_and_contacts_until_it_is_closed(landed: Database) -> None:
    case_id = land_case(landed, offset=0, age_days=31, person=1, status="CONFIRMED", infectious_days=33)
    scans = [
        Scan(offset=0, age_days=32, person=1),
        Scan(offset=1, age_days=32.02, person=2),  # half an hour before, at the same place
        Scan(offset=2, age_days=32, person=3, place=2),
        Scan(offset=3, age_days=40, person=4, place=3),  # the case's other pseudonym, before it was infectious
        Scan(offset=4, age_days=32.3, person=5),  # left long before
    ]
    land_scans(landed, scans)
    columns = ["event_id", "subject", "other", "link_action", "event_time", "logged_at", "feed", "verdict", "_offset"]
    row = [identity(9), subject(1), subject(4), "LINK", NOW, NOW, "link", "ACCEPTED", 0]
    landed.client.insert("identity_links", [row], column_names=columns, database=landed.name)
    proof = run(landed)
    assert offsets(landed) == [0, 1, 3]
    assert (account(proof, 42).held, account(proof, 42, "cases").held) == (3, 1)
    (hold,) = proof.holds
    assert (hold.case_id, hold.reason, hold.people, hold.contacts) == (case_id.hex(), "case open", 2, 1)
    land_case(landed, offset=1, age_days=1, person=1, status="RECOVERED")
    proof = run(landed)
    assert (offsets(landed), proof.holds) == ([], ())
    assert landed.number("SELECT count() FROM {}.retention_held") == 0


def test_links_and_contact_details_stay_while_a_row_of_the_person_does(landed: Database) -> None:
    columns = ["event_id", "subject", "other", "link_action", "event_time", "logged_at", "feed", "verdict", "_offset"]
    old = NOW - timedelta(days=50)
    rows = [
        [identity(number), subject(number), subject(number + 1), "LINK", old, old, "link", "ACCEPTED", number]
        for number in (10, 20)
    ]
    landed.client.insert("identity_links", rows, column_names=columns, database=landed.name)
    landed.client.insert(
        "ledger",
        [["link", 0, 0, 30, 0]],
        column_names=["feed", "partition", "first", "last", "landing_offset"],
        database=landed.name,
    )
    for table, at in (("vault_keys", "made_at"), ("vault_contacts", "sealed_at")):
        sealed = [[subject(number), identity(number), old] for number in (11, 21)]
        landed.client.insert(table, sealed, column_names=["subject", "key_id", at], database=landed.name)
    land_scans(landed, [Scan(offset=0, age_days=5, person=11)])
    run(landed)
    assert offsets(landed, "identity_links") == [10]
    for table in ("vault_keys", "vault_contacts"):
        left = landed.rows(f"SELECT lower(hex(subject)) FROM {{}}.{table}")  # noqa: S608 -- our names
        assert left == [(subject(11).hex(),)]


class Meanwhile:
    """A client during whose first statement that begins like this something else happens before it."""

    def __init__(self, client: Any, statement: str, meanwhile: Callable[[], object]) -> None:
        self._client, self._statement, self._meanwhile = client, statement, [meanwhile]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def command(self, text: str, **more: Any) -> Any:
        """Let it happen, then do it."""
        if text.startswith(self._statement) and self._meanwhile:
            self._meanwhile.pop()()
        return self._client.command(text, **more)


def test_a_run_that_ends_during_another_takes_nothing_from_it_that_it_goes_by(landed: Database) -> None:
    land_scans(landed, [Scan(offset=0, age_days=5, person=2)])
    columns = ["event_id", "subject", "other", "link_action", "event_time", "logged_at", "feed", "verdict", "_offset"]
    old = NOW - timedelta(days=40)
    pairs = ((2, 9), (7, 8))  # of the first somebody still has a row
    links = [
        [identity(n), subject(one), subject(two), "LINK", old, old, "link", "ACCEPTED", n]
        for n, (one, two) in enumerate(pairs)
    ]
    landed.client.insert("identity_links", links, column_names=columns, database=landed.name)
    cover(landed, LINK, first=0, last=1, accepted=2)
    other = Meanwhile(landed.client, "ALTER TABLE identity_links", lambda: run(landed, later_days=1e-6))
    Run(other, days=DAYS, now=NOW).do()  # type: ignore[arg-type]  # a client for this test
    assert offsets(landed, "identity_links") == [0]
