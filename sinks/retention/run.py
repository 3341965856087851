"""One run of retention: hold, count, account for, delete, count again.

For each table, in the order of `classes`:

1. Count what is there by province.
2. Keep tombstones of due rows whose second copy may still come.
3. Write the offsets of due rows into `retention_deletions`.
4. Delete them: ALTER TABLE DELETE rewrites the parts they are in, so that their bytes leave the disk, too.
5. Count again. The proof is written when all tables are done.

Killed anywhere, the next run does what is missing: 2 and 3 may be repeated without effect, and a row that is written
down as deleted and still there counts as landed (`ledger_report`). Only rows the ledger covers go: no sink looks for
one of them to see whether it has landed, and none is added to what 3 wrote down before 4 deletes it.
"""
# ruff: noqa: S608 -- our own tables' names, times and numbers

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from clickhouse_connect.driver.client import Client

from sinks.marks import read_marks
from sinks.retention.classes import Leaves, leaving
from sinks.retention.days import TOMBSTONE_DAYS, RetentionDays
from sinks.retention.deletion import Deletion
from sinks.retention.due import Frame, days_of, instant
from sinks.retention.holds import holds, trace_holds
from sinks.retention.proof import Account, Proof
from sinks.retention.proofs import write_proof
from sinks.retention.servers import Servers

#: A request may take a minute at most, a deletion takes what it takes: so it is asked for.
_LEAST_PAUSE_SECONDS, _MOST_PAUSE_SECONDS = 0.01, 1.0
#: A week ends this long after its Monday; copies of what happened in it may come for TOMBSTONE_DAYS more.
_WEEK = timedelta(days=7)

#: A run that finds no row at all leaves a proof, too: somebody looked.
_NOTHING = Account(
    table="scans",
    province=0,
    days=0,
    rows_before=0,
    deleted=0,
    rows_after=0,
    held=0,
    waiting=0,
    remaining=0,
    oldest=None,
)

#: Told what is going on, in a sentence.
Say = Callable[[str], None]


class RetentionFailed(Exception):
    """The server can't delete; its reason is the text."""


class Run:
    """One run at a moment, over the client's database."""

    def __init__(
        self,
        client: Client,
        *,
        days: RetentionDays,
        now: datetime,
        say: Say = lambda _: None,
        sleep: Callable[[float], None] = time.sleep,
        servers: Servers | None = None,
    ) -> None:
        """Take the rule and the moment (aware), which decides what is old; `sleep` serves the wait for the server.

        Two runs at the same time need different moments, to the millisecond. Without `servers` there is one server.
        """
        self._client, self._days, self._now, self._say, self._sleep = client, days, now, say, sleep
        self._servers = servers or Servers()

    def plan(self) -> Proof:
        """Return what a run would do now, as a proof; brings the holds up to date and deletes nothing."""
        accounts = [account for deletion in self._begin() for account in self._planned(deletion)]
        self._forget_needed()
        return self._proof(accounts)

    def do(self) -> Proof:
        """Delete what is due, and return the proof once it is written down; raises the client's exceptions."""
        accounts = [account for deletion in self._begin() for account in self._table(deletion)]
        self._forget_needed()
        self._drop_tombstones()
        proof = self._proof(accounts)
        write_proof(self._client, proof)
        return proof

    def _begin(self) -> list[Deletion]:
        """Bring the holds up to date, and return what there is to look at: tables with rows."""
        trace_holds(self._client, self._now, servers=self._servers)
        self._synchronise("retention_held")
        frame = Frame(now=self._now, days=self._days, marks=read_marks(self._client))
        found = self._client.query(
            f"SELECT DISTINCT table FROM {self._servers.everywhere('system.parts')} "
            "WHERE database = currentDatabase() AND active AND rows > 0"
        ).result_rows
        filled = {str(table) for (table,) in found}
        return [Deletion(it=it, frame=frame) for it in leaving() if self._servers.stored(it.table) in filled]

    def _planned(self, deletion: Deletion) -> Iterator[Account]:
        self._find_needed(deletion)
        for before in self._counted(deletion):
            going = before.remaining
            yield replace(before, deleted=going, rows_after=before.rows_before - going, remaining=0)

    def _table(self, deletion: Deletion) -> Iterator[Account]:
        self._find_needed(deletion)
        before = {account.province: account for account in self._counted(deletion)}
        if going := sum(account.remaining for account in before.values()):
            self._say(f"{deletion.it.table}: {going:,} rows to delete.")
            self._delete(deletion)
            after = {account.province: account for account in self._counted(deletion)}
        else:
            after = before
        for province, old in before.items():
            new = after.get(province) or replace(old, rows_before=0, held=0, waiting=0, remaining=0, oldest=None)
            yield replace(
                new,
                rows_before=old.rows_before,
                deleted=old.rows_before - new.rows_before,
                rows_after=new.rows_before,
            )

    def _find_needed(self, deletion: Deletion) -> None:
        if deletion.it.leaves is Leaves.WITH_PERSON:
            self._client.command(self._servers.asked(deletion.need()))
            self._synchronise("retention_needed")

    def _forget_needed(self) -> None:
        """Forget whom this run needed, and what runs that were killed left a day ago."""
        ours, old = instant(self._now), instant(self._now - timedelta(days=1))
        forget = self._servers.altered("retention_needed", f"DELETE WHERE run_at = {ours} OR run_at < {old}")
        self._client.command(forget, settings={"mutations_sync": "2"})

    def _synchronise(self, table: str) -> None:
        for statement in self._servers.synchronised(table):
            self._client.command(statement)

    def _counted(self, deletion: Deletion) -> Iterator[Account]:
        """Give each province's rows: `rows_before` and `rows_after` both as they are, `remaining` what is due."""
        for province, total, kept, waiting, going, oldest in self._client.query(
            self._servers.asked(deletion.count())
        ).result_rows:
            yield Account(
                table=deletion.it.table,
                province=int(province),
                days=days_of(deletion.it, self._days, int(province)),
                rows_before=int(total),
                deleted=0,
                rows_after=int(total),
                held=int(kept),
                waiting=int(waiting),
                remaining=int(going),
                oldest=datetime.fromtimestamp(oldest / 1000, UTC) if total else None,
            )

    def _delete(self, deletion: Deletion) -> None:
        if deletion.it.source_order:
            if deletion.it.persons:
                self._client.command(self._servers.asked(deletion.tombstones()))
            self._client.command(self._servers.asked(deletion.log()))
        delete = self._servers.altered(deletion.it.table, deletion.delete())
        self._client.command(delete, settings={"mutations_sync": "0", **self._servers.deleting()})
        pause = _LEAST_PAUSE_SECONDS
        while self._under_way(deletion.it.table):
            self._sleep(pause)
            pause = min(2 * pause, _MOST_PAUSE_SECONDS)

    def _under_way(self, table: str) -> bool:
        """Tell whether a mutation of the table is not done yet; raise RetentionFailed where one can't be."""
        found = self._client.query(
            f"SELECT latest_fail_reason FROM {self._servers.everywhere('system.mutations')} "
            "WHERE database = currentDatabase() AND table = {table:String} AND NOT is_done AND NOT is_killed",
            {"table": self._servers.stored(table)},
        ).result_rows
        if failed := [str(reason) for (reason,) in found if reason]:
            raise RetentionFailed(f"ClickHouse can't delete from {table}: {failed[0]}")
        return bool(found)

    def _drop_tombstones(self) -> None:
        last = self._now - timedelta(days=TOMBSTONE_DAYS) - _WEEK
        weeks = self._client.query(
            f"SELECT DISTINCT partition FROM {self._servers.everywhere('system.parts')} "
            f"WHERE database = currentDatabase() AND table = '{self._servers.stored('tombstones')}' "
            f"AND active AND toDate(partition) < toDate('{last:%Y-%m-%d}')"
        ).result_rows
        for (week,) in weeks:
            self._client.command(self._servers.altered("tombstones", f"DROP PARTITION '{week}'"))

    def _proof(self, accounts: Sequence[Account]) -> Proof:
        return Proof(run_at=self._now, accounts=tuple(accounts) or (_NOTHING,), holds=tuple(holds(self._client)))
