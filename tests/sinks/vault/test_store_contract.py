"""Both stores keep, return and destroy the same; the real one leaves nothing of a destroyed key in its files."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.local.clickhouse import EmbeddedClickHouse
from schemas.vault import SealedContact, WrappedKey
from sinks.vault.clickhouse_store import ClickHouseVaultStore
from sinks.vault.store import NotErased, VaultStore
from tests.sinks.conftest import Database

_NOW = datetime(2021, 9, 1, 8, 30, 1, 250_000, tzinfo=UTC)


def key(subject: bytes, number: int, *, master: int = 1) -> WrappedKey:
    """Return a wrapped key made `number` seconds later; its bytes are found nowhere else."""
    wrapped = b"wrapped " + bytes([number, master]) + subject + bytes(range(200, 240))
    made_at = _NOW + timedelta(seconds=number)
    return WrappedKey(
        subject=subject, key_id=bytes([number]) * 16, master_version=master, wrapped=wrapped, made_at=made_at
    )


def contact(subject: bytes, number: int) -> SealedContact:
    """Return sealed details, of `number` seconds later."""
    sealed_at = _NOW + timedelta(seconds=number)
    return SealedContact(
        subject=subject, key_version=2, key_id=b"k" * 16, sealed=b"\0\xffsealed" * 40, sealed_at=sealed_at
    )


def test_what_is_kept_is_returned_oldest_first_for_its_subjects_only(
    store: VaultStore, one: bytes, other: bytes
) -> None:
    store.add_keys([key(one, 2), key(other, 3)])
    store.add_keys([key(one, 1)])
    store.add_keys([])
    store.add_contacts([contact(one, 5), contact(other, 4)])
    store.add_contacts([contact(one, 3)])
    store.add_contacts([])
    assert store.keys([one]) == [key(one, 1), key(one, 2)]
    assert store.keys({one, other}) == [key(one, 1), key(one, 2), key(other, 3)]
    assert store.contacts([one]) == [contact(one, 3), contact(one, 5)]
    assert store.keys([]) == []
    assert store.contacts([b"n" * 16]) == []


def test_a_thousand_people_are_kept_and_found_at_once(store: VaultStore, one: bytes) -> None:
    many = [key(one[:12] + number.to_bytes(4, "big"), 1) for number in range(1_000)]
    store.add_keys(many)
    assert {it.subject for it in store.keys([it.subject for it in many])} == {it.subject for it in many}


def test_a_key_wrapped_anew_takes_the_place_of_the_older_one(store: VaultStore, one: bytes) -> None:
    for master in (2, 1):
        store.add_keys([key(one, 1, master=master)])
    assert store.keys([one]) == [key(one, 1, master=2)]


def test_destroying_keys_takes_all_of_these_subjects_and_nobody_elses(
    store: VaultStore, one: bytes, other: bytes
) -> None:
    store.add_keys([key(one, 1), key(one, 2), key(other, 3)])
    store.add_contacts([contact(one, 1)])
    assert store.destroy_keys([one]) == 2
    assert store.keys([one, other]) == [key(other, 3)]
    assert store.contacts([one]) == [contact(one, 1)]
    assert store.destroy_keys([one]) == 0


@pytest.mark.integration
def test_a_destroyed_key_is_in_no_file_any_more(
    vault_database: Database, clickhouse: EmbeddedClickHouse, one: bytes, other: bytes
) -> None:
    store = ClickHouseVaultStore(vault_database.client)
    doomed, replaced, kept = key(one, 2, master=2), key(one, 2, master=1), key(other, 3)
    for it in (replaced, doomed, kept):
        store.add_keys([it])
    assert [bool(_files_with(clickhouse, it.wrapped)) for it in (doomed, replaced, kept)] == [True, True, True]
    store.destroy_keys([one])
    assert [bool(_files_with(clickhouse, it.wrapped)) for it in (doomed, replaced, kept)] == [False, False, True]


@pytest.mark.integration
def test_a_store_that_keeps_old_files_is_told(vault_database: Database, one: bytes) -> None:
    """Old parts live for eight minutes here, as a server's other tables' do."""
    vault_database.client.command("ALTER TABLE vault_keys MODIFY SETTING old_parts_lifetime = 480")
    clock = iter(range(0, 1_000, 50))
    store = ClickHouseVaultStore(vault_database.client, clock=lambda: float(next(clock)), sleep=lambda _seconds: None)
    store.add_keys([key(one, 1)])
    with pytest.raises(NotErased, match=r"The keys are deleted, but \d+ old parts of vault_keys are still there"):
        store.destroy_keys([one])
    vault_database.client.command("ALTER TABLE vault_keys RESET SETTING old_parts_lifetime")
    assert store.keys([one]) == []


def _files_with(clickhouse: EmbeddedClickHouse, wanted: bytes) -> list[Path]:
    tables = clickhouse._directory.rglob("*.bin")
    return [file for file in tables if wanted in _content(file)]


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:  # merged away meanwhile
        return b""
