"""Details are sealed for a person, opened again, and never again after they were erased."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from schemas.key_ring import KeyRing, Secret
from schemas.vault import CannotOpen, Contact, Details
from sinks.vault.contacts import ContactVault
from sinks.vault.memory_store import MemoryVaultStore

_MASTERS = KeyRing((Secret(version=1, value=b"m" * 32),))
_NOW = datetime(2021, 9, 1, tzinfo=UTC)
_ONE, _OTHER = b"1" * 16, b"2" * 16
_FIRST, _SECOND = Contact(name="first"), Contact(name="second", phone="x")


def vault(store: MemoryVaultStore, masters: KeyRing = _MASTERS) -> ContactVault:
    """Return a vault over a store."""
    return ContactVault(store, masters, now=lambda: _NOW)


def details(subject: bytes, contact: Contact) -> Details:
    """Return details to seal."""
    return Details(subject=subject, key_version=1, contact=contact)


@pytest.fixture(name="store")
def _store() -> MemoryVaultStore:
    store = MemoryVaultStore()
    vault(store).seal([details(_ONE, _FIRST), details(_OTHER, _FIRST)])
    vault(store).seal([details(_ONE, _SECOND)])
    return store


def test_all_that_was_sealed_for_a_person_opens_oldest_first(store: MemoryVaultStore) -> None:
    found = vault(store).open([_ONE])
    assert [it.contact for it in found.opened] == [_FIRST, _SECOND]
    assert found.erased == 0
    assert len(store.keys([_ONE])) == 1
    assert store.keys([_ONE])[0].key_id != store.keys([_OTHER])[0].key_id


def test_nothing_opens_after_a_person_was_erased_whoever_asks(store: MemoryVaultStore) -> None:
    assert vault(store).erase([_ONE]) == 1
    found = vault(store).open([_ONE])
    assert (found.opened, found.erased) == ((), 2)
    assert len(vault(store).open([_OTHER]).opened) == 1


def test_details_given_after_an_erasure_have_a_key_of_their_own(store: MemoryVaultStore) -> None:
    vault(store).erase([_ONE])
    vault(store).seal([details(_ONE, _SECOND)])
    found = vault(store).open([_ONE])
    assert ([it.contact for it in found.opened], found.erased) == ([_SECOND], 2)


def test_two_processes_that_make_a_persons_key_at_once_lose_no_details() -> None:
    first, second, store = MemoryVaultStore(), MemoryVaultStore(), MemoryVaultStore()
    for part, contact in ((first, _FIRST), (second, _SECOND)):
        vault(part).seal([details(_ONE, contact)])
        store.add_keys(part.keys([_ONE]))
        store.add_contacts(part.contacts([_ONE]))
    assert [it.contact for it in vault(store).open([_ONE]).opened] == [_FIRST, _SECOND]
    assert vault(store).erase([_ONE]) == 2
    assert vault(store).open([_ONE]).erased == 2


def test_details_moved_to_another_person_do_not_open(store: MemoryVaultStore) -> None:
    """Whoever can write to the tables gives a person their own key, and another's details."""
    (moved,) = store.contacts([_OTHER])
    store.add_contacts([replace(moved, subject=_ONE, key_id=store.keys([_ONE])[0].key_id)])
    with pytest.raises(CannotOpen, match="the details sealed at 2021-09-01 00:00:00 don't open"):
        vault(store).open([_ONE])


def test_without_its_master_key_nothing_opens(store: MemoryVaultStore) -> None:
    with pytest.raises(CannotOpen, match="master key it was wrapped with is missing"):
        vault(store, KeyRing((Secret(version=2, value=b"m" * 32),))).open([_ONE])


def test_what_was_opened_does_not_show_in_a_log(store: MemoryVaultStore) -> None:
    found = vault(store).open([_ONE])
    assert "first" not in repr(found)
    assert "first" not in repr(details(_ONE, _FIRST))
