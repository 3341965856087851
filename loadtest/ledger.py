"""The ledger as anybody may read it: how far each partition is done, whether it balances, whether it has holes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from loadtest.expected import Tally
from schemas.kinds import Feed

_COLUMNS = "partition, first, last, seen, accepted, rescan, retry, rejected, late"


class Asks(Protocol):
    """The one method of a clickhouse-connect client that is needed here."""

    def query(self, query: str, parameters: dict[str, Any] | None = None) -> Any:
        """Return the answer of a query."""


class Entry(NamedTuple):
    """One row of the ledger: what became of the offsets `first` to `last` of a partition."""

    partition: int
    first: int
    last: int
    seen: int
    accepted: int
    rescan: int
    retry: int
    rejected: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What the ledger says in total, and every sentence about what is wrong with it."""

    tally: Tally
    faults: tuple[str, ...] = ()

    @property
    def balanced(self) -> bool:
        """True when every offset has exactly one outcome and none is missing."""
        return not self.faults


def read_entries(client: Asks, feed: Feed, *, first_offsets: dict[int, int]) -> list[Entry]:
    """Return the feed's ledger from each partition's first offset on, by partition and offset."""
    answer = client.query(
        f"SELECT {_COLUMNS} FROM ledger FINAL WHERE feed = {{feed:String}} ORDER BY partition, first",  # noqa: S608 -- our own names
        parameters={"feed": feed.name},
    )
    entries = [Entry(*map(int, row)) for row in answer.result_rows]
    return [entry for entry in entries if entry.last >= first_offsets.get(entry.partition, 0)]


def read_marks(client: Asks, feed: Feed) -> dict[int, int]:
    """Return the next offset of each partition the ledger has: everything below can be queried."""
    answer = client.query(
        "SELECT partition, max(last) + 1 FROM ledger WHERE feed = {feed:String} GROUP BY partition",
        parameters={"feed": feed.name},
    )
    return {int(partition): int(mark) for partition, mark in answer.result_rows}


def read_totals(client: Asks) -> Tally:
    """Return the sums over the whole ledger, all feeds."""
    sums = ", ".join(f"sum({name})" for name in ("seen", "accepted", "rescan", "retry", "rejected", "late"))
    answer = client.query(f"SELECT {sums} FROM ledger FINAL")  # noqa: S608 -- our own names
    seen, accepted, rescan, retry, rejected, late = map(int, answer.result_rows[0])
    return Tally(
        published=seen,
        landed=accepted + rescan,
        accepted=accepted,
        rescan=rescan,
        retry=retry,
        rejected=rejected,
        late=late,
    )


def balance(entries: Sequence[Entry], *, first_offsets: dict[int, int], ends: dict[int, int]) -> Balance:
    """Add the entries up and look for holes, overlaps and sums that are not right, up to the partitions' `ends`."""
    faults: list[str] = []
    done = {partition: first_offsets.get(partition, 0) for partition in ends}
    for entry in entries:
        faults += _faults_of(entry, expected_first=done[entry.partition])
        done[entry.partition] = entry.last + 1
    faults += [
        f"partition {partition}: the ledger ends at {done[partition]}, the topic at {end}"
        for partition, end in ends.items()
        if done[partition] != end
    ]
    return Balance(tally=_sum(entries), faults=tuple(faults))


def _faults_of(entry: Entry, *, expected_first: int) -> list[str]:
    where = f"partition {entry.partition}, offsets {entry.first} to {entry.last}"
    faults = []
    if entry.first != expected_first:
        kind = "a hole" if entry.first > expected_first else "an overlap"
        faults.append(f"{where}: {kind}, not from {expected_first}")
    if entry.seen != entry.last - entry.first + 1:
        faults.append(f"{where}: {entry.seen} events seen")
    if entry.seen != entry.accepted + entry.rescan + entry.retry + entry.rejected:
        faults.append(f"{where}: the outcomes don't add up to the {entry.seen} events seen")
    return faults


def _sum(entries: Sequence[Entry]) -> Tally:
    columns = [sum(column) for column in zip(*entries, strict=True)] if entries else [0] * len(Entry._fields)
    total = Entry(*columns)
    return Tally(
        published=total.seen,
        landed=total.accepted + total.rescan,
        accepted=total.accepted,
        rescan=total.rescan,
        retry=total.retry,
        rejected=total.rejected,
        late=total.late,
    )
