"""Rows as the sink would have landed them, and times in Vietnam."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.sinks.conftest import Database

#: Midnight in Vietnam, of a Sunday.
MIDNIGHT = datetime(2021, 7, 31, 17, tzinfo=UTC)


def hour(hours: float) -> datetime:
    """Return the moment so many hours after `MIDNIGHT`, to the millisecond."""
    return MIDNIGHT + timedelta(milliseconds=round(hours * 3_600_000))


def identity(number: int) -> bytes:
    """Return an identity of 16 bytes."""
    return number.to_bytes(16, "big")


def land(database: Database, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows with the same fields; they were logged at their event time unless they say otherwise.

    What they don't name is at its default: accepted, of the table's first feed.
    """
    if not rows:
        return
    whole = [{"logged_at": row["event_time"], "_offset": at, **row} for at, row in enumerate(rows)]
    database.client.insert(
        table, [list(row.values()) for row in whole], column_names=list(whole[0]), database=database.name
    )


def land_links(database: Database, *pairs: tuple[int, int]) -> None:
    """Land the links of the documents of these numbers, two at a time."""
    rows = [
        {"event_id": identity(80_000 + at), "subject": identity(one), "other": identity(other), "event_time": MIDNIGHT}
        for at, (one, other) in enumerate(pairs)
    ]
    land(database, "identity_links", rows)


def aware(at: object) -> datetime:
    """Return a moment of an answer in UTC."""
    assert isinstance(at, datetime)
    return at.replace(tzinfo=UTC)


def asked(at: datetime) -> str:
    """Return a moment as a view takes it."""
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def land_ledger(database: Database, rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of the ledger: feed, partition, range, landing offset, counts and time."""
    columns = [
        "feed",
        "partition",
        "first",
        "last",
        "landing_offset",
        "seen",
        "accepted",
        "rescan",
        "retry",
        "rejected",
        "ts",
    ]
    database.client.insert("ledger", rows, column_names=columns, database=database.name)
