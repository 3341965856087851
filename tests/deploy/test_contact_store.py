"""What the gateway hands over is in the vault, sealed; a person whose key can't be used holds up nobody else."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.clickhouse import clickhouse_client
from deploy.contact_store import VaultContacts, contact_store
from deploy.keys import key_ring, vault_keys
from deploy.settings import Settings
from schemas.key_ring import KeyRing, Secret
from schemas.vault import Contact, Details
from sinks.errors import TryAgain
from sinks.vault.clickhouse_store import ClickHouseVaultStore
from sinks.vault.contacts import ContactVault
from sinks.vault.memory_store import MemoryVaultStore
from tests.databases import Databases

_ONE, _OTHER = b"1" * 16, b"2" * 16
_NAME = "Trần Văn Mẫu"


def _details(subject: bytes, name: str = _NAME) -> Details:
    return Details(subject=subject, key_version=1, contact=Contact(name=name))


def _vault(store: MemoryVaultStore, *, master: int = 1) -> ContactVault:
    ring = KeyRing((Secret(version=master, value=bytes([master]) * 32),))
    return ContactVault(store, ring, now=lambda: datetime(2021, 9, 1, tzinfo=UTC))


def test_who_has_a_key_of_a_missing_master_is_the_only_one_not_kept() -> None:
    store = MemoryVaultStore()
    _vault(store, master=1).seal([_details(_ONE)])
    new = _vault(store, master=2)

    assert VaultContacts(lambda: new).keep([_details(_ONE), _details(_OTHER)]) == [False, True]

    assert [it.contact.name for it in new.open([_OTHER]).opened] == [_NAME]


def test_it_connects_when_details_come_and_again_until_it_could() -> None:
    store, attempts = MemoryVaultStore(), iter([False, True])

    def connect() -> ContactVault:
        if not next(attempts):
            raise TryAgain("no answer")
        return _vault(store)

    contacts = VaultContacts(connect)
    with pytest.raises(TryAgain):
        contacts.keep([_details(_ONE)])
    many = [_details(number.to_bytes(16, "big")) for number in range(1, 1_102)]
    assert contacts.keep(many) == [True] * 1_101
    assert contacts.keep([_details(_ONE)]) == [True]


@pytest.fixture(name="settings")
def _settings(tmp_path: Path, databases: Databases) -> Iterator[Settings]:
    with databases.lend() as database:
        yield Settings(
            clickhouse_url=database.config.clickhouse_url, clickhouse_database=database.name, data_dir=tmp_path
        )


@pytest.mark.integration
def test_in_clickhouse_they_are_sealed_and_open_with_the_installations_key(settings: Settings) -> None:
    assert contact_store(settings).keep([_details(_ONE)]) == [True]

    with clickhouse_client(settings) as client:
        bytes_kept = client.query("SELECT hex(sealed) FROM vault_contacts").result_rows
        vault = ContactVault(
            ClickHouseVaultStore(client), key_ring(vault_keys(settings)), now=lambda: datetime.now(UTC)
        )
        assert [it.contact.name for it in vault.open([_ONE]).opened] == [_NAME]
    assert len(bytes_kept) == 1
    assert _NAME.encode() not in bytes.fromhex(bytes_kept[0][0])
