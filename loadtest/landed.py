"""What ClickHouse holds of a feed, as arrays: rows and dead letters with an offset from the run's first on."""

from dataclasses import dataclass, fields
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from loadtest.draw import Ints
from schemas.kinds import Feed

#: Enumerations as their numbers, identities as their 16 bytes.
_ROW_COLUMNS = "_offset, scan_id, toInt8(verdict) AS verdict, rescan_of, toInt8(lateness) AS lateness"
_REJECT_COLUMNS = "_offset, toInt8(reason) AS reason, key, value"


class Asks(Protocol):
    """The one method of a clickhouse-connect client that is needed here."""

    def query_arrow(self, query: str, parameters: dict[str, Any] | None = None) -> pa.Table:
        """Return the answer of a query."""


@dataclass(frozen=True, slots=True)
class LandedRows:
    """Rows of one partition in order of offset; one that is there twice is in it twice."""

    offset: Ints
    scan_id: npt.NDArray[np.uint8]
    verdict: Ints
    rescan_of: Ints
    lateness: Ints

    def __len__(self) -> int:
        return len(self.offset)

    def take(self, rows: npt.NDArray[Any]) -> "LandedRows":
        """Return the chosen rows."""
        return LandedRows(*(getattr(self, column.name)[rows] for column in fields(self)))


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A rejected event: reason and original bytes (empty where there were none)."""

    reason: int
    key: bytes
    value: bytes


def read_rows(client: Asks, feed: Feed, *, partition: int, first_offset: int) -> LandedRows:
    """Return the landed rows of one partition from `first_offset` on."""
    table = _ask(client, _ROW_COLUMNS, feed.table, feed=feed.name, partition=partition, first=first_offset)
    ids = table["scan_id"].cast(pa.binary(16)).combine_chunks()
    rows = LandedRows(
        offset=_ints(table, "_offset"),
        scan_id=np.frombuffer(b"".join(ids.to_pylist()), np.uint8).reshape(-1, 16),
        verdict=_ints(table, "verdict"),
        rescan_of=_ints(table, "rescan_of"),
        lateness=_ints(table, "lateness"),
    )
    return rows.take(np.argsort(rows.offset, kind="stable"))


def read_dead_letters(client: Asks, feed: Feed, *, partition: int, first_offset: int) -> list[tuple[int, DeadLetter]]:
    """Return offset and content of the dead letters of one partition from `first_offset` on, in order of offset."""
    table = _ask(client, _REJECT_COLUMNS, "dead_letters", feed=feed.name, partition=partition, first=first_offset)
    found = zip(
        _ints(table, "_offset").tolist(),
        _ints(table, "reason").tolist(),
        _binary(table, "key"),
        _binary(table, "value"),
        strict=True,
    )
    return sorted((offset, DeadLetter(reason, key, value)) for offset, reason, key, value in found)


def _ask(client: Asks, columns: str, table: str, **which: int | str) -> pa.Table:
    return client.query_arrow(
        f"SELECT {columns} FROM {table} WHERE feed = {{feed:String}} AND _partition = {{partition:UInt16}} "  # noqa: S608 -- our own names
        "AND _offset >= {first:Int64}",
        parameters=which,
    )


def _ints(table: pa.Table, name: str) -> Ints:
    column: Ints = table[name].cast(pa.int64()).combine_chunks().to_numpy(zero_copy_only=False)
    return column


def _binary(table: pa.Table, name: str) -> list[bytes]:
    return [value or b"" for value in table[name].cast(pa.binary()).to_pylist()]
