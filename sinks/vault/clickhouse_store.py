"""The real store: two tables of ClickHouse, of which one forgets for good."""

import time
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from clickhouse_connect.driver.client import Client

from schemas.vault import SealedContact, WrappedKey
from sinks.vault.store import NotErased

_KEY_COLUMNS = ("subject", "key_id", "master_version", "wrapped", "made_at")
_CONTACT_COLUMNS = ("subject", "key_version", "key_id", "sealed", "sealed_at")
#: Uses the tables' order.
_OF_SUBJECTS = "subject IN (SELECT toFixedString(unhex(arrayJoin({subjects:Array(String)})), 16))"
_AS_BYTES = {"FixedString": "bytes", "String": "bytes"}
#: The table's old parts are removed about a second after a deletion; a busy server may take longer.
_PATIENCE_SECONDS = 60.0
_STEP_SECONDS = 0.2
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ClickHouseVaultStore:
    """`VaultStore` over the client's database, whose tables must be there (`migrate`)."""

    def __init__(
        self,
        client: Client,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Take a client; `clock` (seconds) and `sleep` serve the wait for files to be removed."""
        self._client, self._clock, self._sleep = client, clock, sleep

    def add_keys(self, keys: Sequence[WrappedKey]) -> None:
        self._insert("vault_keys", _KEY_COLUMNS, keys)

    def add_contacts(self, contacts: Sequence[SealedContact]) -> None:
        self._insert("vault_contacts", _CONTACT_COLUMNS, contacts)

    def keys(self, subjects: Collection[bytes]) -> list[WrappedKey]:
        found = self._client.query(
            "SELECT subject, key_id, master_version, wrapped, toUnixTimestamp64Milli(made_at) FROM vault_keys FINAL "  # noqa: S608 -- our own condition; subjects are parameters
            f"WHERE {_OF_SUBJECTS} ORDER BY made_at",
            parameters={"subjects": _hexadecimal(subjects)},
            query_formats=_AS_BYTES,
        )
        return [WrappedKey(**_named(_KEY_COLUMNS, row)) for row in found.result_rows]

    def contacts(self, subjects: Collection[bytes]) -> list[SealedContact]:
        found = self._client.query(
            "SELECT subject, key_version, key_id, sealed, toUnixTimestamp64Milli(sealed_at) FROM vault_contacts "  # noqa: S608 -- the same condition
            f"WHERE {_OF_SUBJECTS} ORDER BY sealed_at",
            parameters={"subjects": _hexadecimal(subjects)},
            query_formats=_AS_BYTES,
        )
        return [SealedContact(**_named(_CONTACT_COLUMNS, row)) for row in found.result_rows]

    def destroy_keys(self, subjects: Collection[bytes]) -> int:
        """Rewrite every part without the subjects' rows, and wait until the files of the old parts are removed.

        A lightweight DELETE would not do: it hides rows, and their bytes stay until some merge. Once the rewriting is
        done, the rows can only be in parts that are out of use, also those that were replaced but not merged yet.
        """
        destroyed = len(self.keys(subjects))
        if destroyed:
            self._client.command(
                "ALTER TABLE vault_keys DELETE WHERE hex(subject) IN {subjects:Array(String)}",
                parameters={"subjects": _hexadecimal(subjects)},
                settings={"mutations_sync": "2"},
            )
        self._wait_until_gone(self._out_of_use())
        return destroyed

    def _insert(self, table: str, columns: Sequence[str], kept: Sequence[WrappedKey] | Sequence[SealedContact]) -> None:
        """Insert rows, which are on the disk and can be read when it returns."""
        rows = [[getattr(it, name) for name in columns] for it in kept]
        if rows:
            self._client.insert(table, rows, column_names=columns, settings={"async_insert": "0"})

    def _wait_until_gone(self, parts: set[str]) -> None:
        deadline = self._clock() + _PATIENCE_SECONDS
        while left := parts & self._out_of_use():
            if self._clock() > deadline:
                raise NotErased(f"The keys are deleted, but {len(left)} old parts of vault_keys are still there.")
            self._sleep(_STEP_SECONDS)

    def _out_of_use(self) -> set[str]:
        """Return the names of all parts that are not in use and whose files may be there.

        Asking for `_state` makes the server name those, too, that it is just deleting.
        """
        found = self._client.query(
            "SELECT name FROM system.parts "
            "WHERE database = currentDatabase() AND table = 'vault_keys' AND _state != 'Active' UNION ALL "
            "SELECT name FROM system.detached_parts WHERE database = currentDatabase() AND table = 'vault_keys'"
        )
        return {str(name) for (name,) in found.result_rows}


def _hexadecimal(subjects: Collection[bytes]) -> list[str]:
    return sorted(subject.hex().upper() for subject in subjects)


def _named(columns: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    """Return a row by its columns, its last being milliseconds that become an aware time."""
    *values, milliseconds = row
    return dict(zip(columns, [*values, _time(milliseconds)], strict=True))


def _time(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)
