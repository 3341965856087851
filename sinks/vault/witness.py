"""The audit log's witness in ClickHouse: hashes of its entries, where whoever can write the log's file can't."""

from collections.abc import Sequence
from typing import Protocol

from clickhouse_connect.driver.client import Client

from schemas.audit import Entry


class Witness(Protocol):
    """Remembers which entries there are. Methods raise what the database's client does."""

    def seen(self) -> list[tuple[int, str]]:
        """Return number and hash of every entry seen; twice where it was told twice."""

    def tell(self, entries: Sequence[Entry]) -> None:
        """Remember entries; they are safe when it returns."""


class MemoryWitness:
    """`Witness` in memory."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._seen: list[tuple[int, str]] = []

    def seen(self) -> list[tuple[int, str]]:
        return list(self._seen)

    def tell(self, entries: Sequence[Entry]) -> None:
        self._seen.extend((entry.number, entry.hash) for entry in entries)


class ClickHouseWitness:
    """`Witness` over the client's database."""

    def __init__(self, client: Client) -> None:
        """Take a client; its tables must be there (`migrate`)."""
        self._client = client

    def seen(self) -> list[tuple[int, str]]:
        found = self._client.query("SELECT number, lower(hex(hash)) FROM audit_witness ORDER BY number")
        return [(int(number), str(hash_)) for number, hash_ in found.result_rows]

    def tell(self, entries: Sequence[Entry]) -> None:
        rows = [[entry.number, bytes.fromhex(entry.hash)] for entry in entries]
        if rows:
            self._client.insert("audit_witness", rows, column_names=("number", "hash"), settings={"async_insert": "0"})
