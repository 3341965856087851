"""How far the ledger is in each source partition, as SQL that tells a row it covers."""

from collections.abc import Mapping

from clickhouse_connect.driver.client import Client

_MARKS = "SELECT toInt8(feed), partition, max(last) + 1 FROM ledger GROUP BY feed, partition"
_PARTITIONS = 65_536

#: The next offset the ledger does not cover, by feed code and partition.
Marks = Mapping[tuple[int, int], int]


def read_marks(client: Client) -> Marks:
    """Return the ledger's end in each partition; one it does not have is not in it. Raises the client's exceptions."""
    found = client.query(_MARKS).result_rows
    return {(int(feed), int(partition)): int(end) for feed, partition, end in found}


def covered(marks: Marks, *, partition: str = "_partition", offset: str = "_offset") -> str:
    """Return a condition that is true of a row the ledger covers: with `feed`, and columns of these names."""
    if not marks:
        return "false"
    keys = ",".join(str(feed * _PARTITIONS + number) for feed, number in marks)
    ends = ",".join(map(str, marks.values()))
    key = f"toUInt32(toInt8(feed) * {_PARTITIONS} + {partition})"
    return f"{offset} < transform({key}, CAST([{keys}], 'Array(UInt32)'), CAST([{ends}], 'Array(Int64)'), toInt64(0))"
