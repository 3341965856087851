"""One column of every type the product's tables use, and values at their edges."""

import datetime as dt
import ipaddress
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

_UTC = dt.UTC

# ClickHouse type -> values; every column has four, one of them ordinary, the others at the edges.
COLUMNS: Mapping[str, Sequence[Any]] = {
    "UInt8": [0, 1, 200, 255],
    "Int64": [-(2**63), -1, 0, 2**63 - 1],
    "UInt64": [0, 1, 2**63, 2**64 - 1],
    "UInt128": [0, 1, 2**64, 2**128 - 1],
    "Float32": [0.0, -1.5, 0.25, 2.0**100],
    "Float64": [0.0, -1e300, 1e-300, 0.1],
    "Bool": [True, False, True, False],
    "String": ["", "Đà Nẵng", "tab\tnew\nline\\", "x" * 10_000],
    "FixedString(16)": [b"\x00" * 16, b"\xff" * 16, bytes(range(16)), b"sixteen bytes ok"],
    "LowCardinality(String)": ["a", "b", "a", "Quảng Nam"],
    "Nullable(String)": [None, "", "x", None],
    "Nullable(Int32)": [None, -(2**31), 2**31 - 1, 0],
    "LowCardinality(Nullable(String))": [None, "a", "a", "b"],
    "Enum8('rescan' = -1, 'accepted' = 1)": ["rescan", "accepted", "accepted", "rescan"],
    "Enum16('low' = 1, 'high' = 1000)": ["low", "high", "low", "high"],
    "UUID": [uuid.UUID(int=0), uuid.UUID(int=2**128 - 1), uuid.UUID(int=2**64), uuid.UUID(int=12345)],
    "Date": [dt.date(1970, 1, 1), dt.date(2149, 6, 6), dt.date(2021, 8, 1), dt.date(2000, 2, 29)],
    "DateTime('UTC')": [
        dt.datetime(1970, 1, 1, tzinfo=_UTC),
        dt.datetime(2106, 2, 7, 6, 28, 15, tzinfo=_UTC),
        dt.datetime(2021, 8, 1, 12, tzinfo=_UTC),
        dt.datetime(2000, 2, 29, 23, 59, 59, tzinfo=_UTC),
    ],
    "DateTime64(3, 'UTC')": [
        dt.datetime(1970, 1, 1, tzinfo=_UTC),
        dt.datetime(2021, 8, 1, 12, 0, 0, 1000, tzinfo=_UTC),
        dt.datetime(2021, 8, 1, 12, 0, 0, 999000, tzinfo=_UTC),
        dt.datetime(2262, 4, 11, tzinfo=_UTC),
    ],
    "DateTime64(6, 'Asia/Ho_Chi_Minh')": [
        dt.datetime(2021, 8, 1, 12, 0, 0, microsecond, tzinfo=_UTC) for microsecond in (0, 1, 999_999, 123_456)
    ],
    "Decimal(18, 4)": [Decimal(0), Decimal("-0.0001"), Decimal("99999999999999.9999"), Decimal("1.5")],
    "IPv4": [ipaddress.IPv4Address(value) for value in (0, 1, 2**32 - 1, 2130706433)],
    "IPv6": [ipaddress.IPv6Address(value) for value in (1, 2, 2**128 - 1, 2**64)],
    "Array(UInt32)": [[], [1], [1, 2, 3], [2**32 - 1]],
    "Array(Nullable(String))": [[], [None], ["a", None], [""]],
    "Array(Array(Int8))": [[], [[]], [[1], [-1, 2]], [[], [3]]],
    "Map(String, UInt64)": [{}, {"a": 1}, {"a": 1, "b": 2}, {"": 0}],
    "Tuple(UInt8, String)": [(0, ""), (1, "a"), (2, "b"), (255, "ă")],
}


def create_table(name: str) -> str:
    """Return the statement that makes a table with a column c0, c1, … for each type."""
    columns = ", ".join(f"c{number} {type_name}" for number, type_name in enumerate(COLUMNS))
    return f"CREATE TABLE {name} ({columns}) ENGINE = MergeTree ORDER BY tuple()"


def rows() -> list[tuple[Any, ...]]:
    """Return the four rows of the table."""
    return list(zip(*COLUMNS.values(), strict=True))


def comparable(row: Sequence[Any]) -> list[Any]:
    """Return a row whose times are compared as instants: a client may give them in the column's zone."""
    return [value.astimezone(_UTC) if isinstance(value, dt.datetime) else value for value in row]
