"""Whether merges keep up, as metrics: how many parts partitions have."""

from collections.abc import Callable
from dataclasses import dataclass

from clickhouse_connect.driver.client import Client
from prometheus_client import CollectorRegistry

from schemas import metrics
from sinks.clickhouse_writer import translated
from sinks.watch.look import Look

_PARTS = """
SELECT table, max(parts) AS most, maxIf(parts, is_past) AS most_past
FROM
(
    SELECT
        table, partition, count() AS parts,
        table IN ('scans', 'scans_local') AND partition < toString(toMonday(now(), 'Asia/Ho_Chi_Minh')) AS is_past
    FROM system.parts
    WHERE active AND database = currentDatabase()
    GROUP BY table, partition
)
GROUP BY table
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Active parts of one table: of the partition that has most, and of the past week of scans that has, 0 without."""

    table: str
    most: int
    most_of_a_past_week: int


def read_parts(client: Client) -> list[Parts]:
    """Return the parts of every table of the client's database that has any; raises TryAgain and SinkStopped."""
    with translated():
        rows = client.query(_PARTS).result_rows
    return [Parts(table=table, most=int(most), most_of_a_past_week=int(past)) for table, most, past in rows]


class PartGauges:
    """Gauges of the parts; call `step` again and again."""

    def __init__(
        self, registry: CollectorRegistry, *, read: Callable[[], list[Parts]], clock: Callable[[], float]
    ) -> None:
        """Register them; `read` may raise TryAgain, `clock` gives seconds that only grow."""
        self._table = metrics.gauge(metrics.TABLE_PARTS, registry)
        self._past_week = metrics.gauge(metrics.PAST_WEEK_PARTS, registry)
        self._look = Look(what="parts of tables", read=read, show=self._show, clock=clock)

    def step(self) -> float:
        """Read the parts if it is time, and return the seconds until it is next."""
        return self._look.step()

    def _show(self, found: list[Parts]) -> None:
        self._table.clear()
        for each in found:
            self._table.labels(each.table).set(each.most)
        self._past_week.set(max((each.most_of_a_past_week for each in found), default=0))
