"""Merge each week of scans into one part: a question about weeks costs by the part (docs/performance.md).

Inserts make parts all day and the server merges them sparingly, for the sake of inserts (0001). Past weeks it makes one
part each by itself (0082), the running one only where nothing lands for three hours. So that is asked for once a night.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import OperationalError

from sinks.retention.servers import Servers

#: The server itself makes no larger parts (its max_bytes_to_merge_at_max_space_in_pool): who has such weeks has to have
#: more shards, and rewriting one would take most of a night.
_MOST_BYTES = 150 * 2**30
_TABLE = "scans"
_PAUSE_SECONDS = 1.0


def merge_weeks(
    client: Client,
    *,
    made_before: datetime,
    say: Callable[[str], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
    servers: Servers | None = None,
) -> int:
    """Merge the weeks of scans that lie in several parts, the largest of which was made before a moment (aware).

    Returns how many weeks that were, when the last is merged. Where the server merges a week already, that is waited
    for, so it may still be due. Rows stay as they are, and inserts go on meanwhile. Without `servers` there is one.
    Raises the client's exceptions and what `sleep` raises, which a merge under way survives.
    """
    servers = servers or Servers()
    weeks = _due(client, made_before, servers)
    for week, parts in weeks:
        say(f"merging {parts} parts of week {week}")
        with suppress(OperationalError):  # it takes longer than a client waits for an answer, and goes on
            client.command(servers.merged(_TABLE, week), settings=dict(servers.merging()))
        while _under_way(client, week, servers):
            sleep(_PAUSE_SECONDS)
    return len(weeks)


def _due(client: Client, made_before: datetime, servers: Servers) -> list[tuple[str, int]]:
    found = client.query(
        "SELECT partition_id, max(parts) FROM ("  # noqa: S608 -- our own table's name
        f"SELECT hostName(), partition_id, count() AS parts FROM {servers.everywhere('system.parts')} "
        "WHERE database = currentDatabase() AND table = {table:String} AND active GROUP BY ALL "
        "HAVING parts > 1 AND toUnixTimestamp(argMax(modification_time, rows)) < {made_before:Int64} "
        "AND sum(bytes_on_disk) < {most:UInt64}) GROUP BY partition_id ORDER BY partition_id",
        {"table": servers.stored(_TABLE), "made_before": int(made_before.timestamp()), "most": _MOST_BYTES},
    )
    return [(str(week), int(parts)) for week, parts in found.result_rows]


def _under_way(client: Client, week: str, servers: Servers) -> bool:
    found = client.query(
        f"SELECT count() FROM {servers.everywhere('system.merges')} "  # noqa: S608 -- our own table's name
        "WHERE database = currentDatabase() AND table = {table:String} AND partition_id = {week:String}",
        {"table": servers.stored(_TABLE), "week": week},
    )
    return bool(found.result_rows[0][0])
