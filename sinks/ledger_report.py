"""Does every event that was seen have exactly one outcome, and every outcome its row? Computed in ClickHouse."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from clickhouse_connect.driver.client import Client

from schemas.kinds import FEEDS
from sinks.marks import Marks, covered, read_marks

#: Ranges of a partition in order: `before` is the greatest offset any earlier range covers.
_LEDGER = """
SELECT
    feed,
    sum(seen) AS seen,
    sum(accepted) AS accepted,
    sum(rescan) AS rescan,
    sum(retry) AS retry,
    sum(rejected) AS rejected,
    sum(late) AS late,
    sum(greatest(first - before - 1, 0)) AS holes,
    sum(greatest(least(before, last) - first + 1, 0)) AS overlaps,
    sum(last - first + 1 - seen) AS gaps,
    sum(seen != accepted + rescan + retry + rejected) AS unbalanced
FROM
(
    SELECT
        *,
        if(row_number() OVER ranges = 1, first - 1, max(last) OVER earlier) AS before
    FROM (SELECT * EXCEPT (ts) FROM ledger FINAL WHERE {covered})
    WINDOW
        ranges AS (PARTITION BY feed, partition ORDER BY first),
        earlier AS (PARTITION BY feed, partition ORDER BY first ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
GROUP BY feed
SETTINGS prefer_column_name_to_alias = 1
"""

#: A bitmap counts distinct offsets exactly, as uniqExact would, in a hundredth of its memory: they are dense. What
#: retention deleted counts where it is not there any more: a run that was killed had written down more than it deleted.
_ROWS = """
SELECT
    code,
    sum(rows) AS rows,
    sum(positions) AS offsets,
    sum(ahead) AS under_way,
    sum(everything - positions) AS deleted
FROM
(
    SELECT
        code,
        sum(landed) AS rows,
        sum(all_rows) - rows AS ahead,
        bitmapCardinality(groupBitmapMergeStateIf(offsets, NOT gone)) AS positions,
        bitmapCardinality(groupBitmapMergeState(offsets)) AS everything
    FROM
    (
        SELECT
            toInt8(feed) AS code,
            _partition,
            countIf({covered}) AS landed,
            count() AS all_rows,
            groupBitmapStateIf(toUInt64(_offset), {covered}) AS offsets,
            false AS gone
        FROM {table}
        GROUP BY feed, _partition
        UNION ALL
        SELECT feed, _partition, 0, 0, groupBitmapMergeState(offsets), true
        FROM retention_deletions
        WHERE name = '{stored}'
        GROUP BY feed, _partition
    )
    GROUP BY code, _partition
)
GROUP BY code
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedReport:
    """One feed's account.

    `landed` and `dead_letters` count rows, `landed_unique` and `dead_letters_unique` their distinct positions.
    `holes` are source offsets between ranges that no range covers, `overlaps` such that two cover, `gaps` offsets
    inside ranges at which Kafka had no record (normal after compaction or transactions), `unbalanced` ranges whose
    outcomes don't add up. `under_way` are rows behind the ledger's end: a sink records them within a second. `deleted`
    and `letters_deleted` count the positions of rows that landed, of dead letters that were kept, until retention
    deleted them.
    """

    feed: str
    seen: int = 0
    accepted: int = 0
    rescan: int = 0
    retry: int = 0
    rejected: int = 0
    late: int = 0
    landed: int = 0
    landed_unique: int = 0
    dead_letters: int = 0
    dead_letters_unique: int = 0
    holes: int = 0
    overlaps: int = 0
    gaps: int = 0
    unbalanced: int = 0
    under_way: int = 0
    deleted: int = 0
    letters_deleted: int = 0

    @property
    def balanced(self) -> bool:
        """True when every event has one outcome, every accepted scan, re-scan and reject its row or its deletion."""
        return (
            not (self.holes or self.overlaps or self.unbalanced)
            and self.seen == self.accepted + self.rescan + self.retry + self.rejected
            and self.landed == self.landed_unique == self.accepted + self.rescan - self.deleted
            and self.dead_letters == self.dead_letters_unique == self.rejected - self.letters_deleted
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the account for JSON, `balanced` included."""
        return {**asdict(self), "balanced": self.balanced}


def report(client: Client) -> list[FeedReport]:
    """Return the account of every feed, from the client's database, also while sinks run.

    It is that of the source offsets the ledger covers when it is asked first; what lands meanwhile is `under_way`.
    Raises the client's exceptions.
    """
    marks = read_marks(client)
    ledger = {row["feed"]: row for row in client.query(_LEDGER.format(covered=_ranges(marks))).named_results()}
    landed: dict[str, dict[str, Any]] = {}
    for table in sorted({feed.table for feed in FEEDS}):
        landed |= _rows(client, marks, table=table, stored=table)
    rejects = _rows(client, marks, table="dead_letters", stored="dead_letter_log")
    return [_account(feed.name, ledger, landed, rejects) for feed in FEEDS]


def render(reports: Sequence[FeedReport]) -> str:
    """Return the accounts as a plain table, one line for each feed and one below for the verdict."""
    names = [field.name for field in fields(FeedReport) if not field.name.endswith("_unique")]
    lines = [[*names, "balanced"]]
    lines += [
        [str(getattr(report, name)) for name in names] + ["yes" if report.balanced else "NO"] for report in reports
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = ["  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
    return "\n".join([*text, _verdict(reports)])


def _verdict(reports: Sequence[FeedReport]) -> str:
    wrong = [report.feed for report in reports if not report.balanced]
    if wrong:
        return f"The ledger does not balance: {', '.join(wrong)}."
    return f"The ledger balances: {sum(report.seen for report in reports):,} events, each with exactly one outcome."


def _ranges(marks: Marks) -> str:
    """Return what is true of a ledger row within the marks."""
    return covered(marks, partition="partition", offset="last")


def _rows(client: Client, marks: Marks, *, table: str, stored: str) -> dict[str, dict[str, Any]]:
    """Return by feed what `table` shows of the rows stored in `stored`, and how many of those were deleted."""
    names = {feed.code: feed.name for feed in FEEDS}
    answer = client.query(_ROWS.format(table=table, stored=stored, covered=covered(marks)))
    return {names[row["code"]]: row for row in answer.named_results()}


def _account(feed: str, *parts: dict[str, dict[str, Any]]) -> FeedReport:
    ledger, scans, rejects = (part.get(feed, {}) for part in parts)
    return FeedReport(
        **{"feed": feed, **ledger},
        landed=scans.get("rows", 0),
        landed_unique=scans.get("offsets", 0),
        dead_letters=rejects.get("rows", 0),
        dead_letters_unique=rejects.get("offsets", 0),
        under_way=scans.get("under_way", 0) + rejects.get("under_way", 0),
        deleted=scans.get("deleted", 0),
        letters_deleted=rejects.get("deleted", 0),
    )
