"""What is sealed opens for its person with its key, and in no other way."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.key_ring import KeyRing, Secret
from schemas.vault import CannotOpen, Contact, SealedContact, WrappedKey, new_data_key, open_contact, seal, unwrap, wrap

_NOW = datetime(2021, 9, 1, tzinfo=UTC)
_MASTERS = KeyRing((Secret(version=1, value=b"m" * 32),))
_SUBJECT, _OTHER = b"s" * 16, b"o" * 16
_KEY = new_data_key()
_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
_contacts = st.builds(Contact, name=_texts, phone=_texts, address=_texts)


def sealed(contact: Contact) -> SealedContact:
    """Return details sealed for the subject of these tests."""
    return seal(_KEY, contact, subject=_SUBJECT, key_version=3, now=_NOW)


def wrapped() -> WrappedKey:
    """Return the key of these tests as it is stored."""
    return wrap(_MASTERS, _KEY, subject=_SUBJECT, now=_NOW)


@given(_contacts)
def test_details_open_as_they_were_sealed(contact: Contact) -> None:
    assert open_contact(unwrap(_MASTERS, wrapped()), sealed(contact)) == contact


@given(_contacts, st.data())
def test_details_changed_anywhere_do_not_open(contact: Contact, data: st.DataObject) -> None:
    whole = sealed(contact)
    at = data.draw(st.integers(0, len(whole.sealed) - 1))
    bit = data.draw(st.integers(0, 7))
    changed = bytearray(whole.sealed)
    changed[at] ^= 1 << bit
    with pytest.raises(CannotOpen):
        open_contact(_KEY, replace(whole, sealed=bytes(changed)))


@given(st.integers(0, 60))
def test_details_cut_short_do_not_open(length: int) -> None:
    whole = sealed(Contact(name="a name"))
    with pytest.raises(CannotOpen):
        open_contact(_KEY, replace(whole, sealed=whole.sealed[:length]))


@pytest.mark.parametrize("moved", [{"subject": _OTHER}, {"key_version": 4}, {"key_id": b"k" * 16}])
def test_details_put_beside_another_subject_version_or_key_do_not_open(moved: dict[str, object]) -> None:
    with pytest.raises(CannotOpen, match="sealed for another subject"):
        open_contact(_KEY, replace(sealed(Contact(name="a name")), **moved))  # type: ignore[arg-type]  # of their types


@pytest.mark.parametrize("moved", [{"subject": _OTHER}, {"key_id": b"k" * 16}, {"wrapped": b"", "key_id": _KEY.key_id}])
def test_a_key_put_beside_another_subject_does_not_open(moved: dict[str, object]) -> None:
    with pytest.raises(CannotOpen):
        unwrap(_MASTERS, replace(wrapped(), **moved))  # type: ignore[arg-type]  # of their types


def test_another_persons_key_opens_nothing() -> None:
    with pytest.raises(CannotOpen):
        open_contact(new_data_key(), sealed(Contact(name="a name")))


def test_a_rotated_master_key_opens_what_the_older_one_wrapped_and_wraps_what_is_new() -> None:
    rotated = _MASTERS.rotated(random_bytes=lambda size: b"n" * size, now=_NOW)
    assert unwrap(rotated, wrapped()) == _KEY
    newer = wrap(rotated, _KEY, subject=_SUBJECT, now=_NOW)
    assert newer.master_version == 2
    assert unwrap(rotated, newer) == _KEY
    with pytest.raises(CannotOpen, match="master key it was wrapped with is missing: there is no key of version 2"):
        unwrap(_MASTERS, newer)


def test_a_master_key_of_the_same_version_and_another_secret_opens_nothing() -> None:
    with pytest.raises(CannotOpen):
        unwrap(KeyRing((Secret(version=1, value=b"x" * 32),)), wrapped())


@given(_contacts)
def test_what_is_stored_shows_nothing_of_the_details(contact: Contact) -> None:
    whole = sealed(contact)
    for text in (contact.name, contact.phone, contact.address):
        assert len(text) < 8 or text.encode() not in whole.sealed
    assert repr(contact) == repr(Contact())
    assert "sealed=" not in repr(whole)
    assert _KEY.value not in wrapped().wrapped
    assert len(whole.sealed) % 256 == 12 + 16


def test_the_same_details_sealed_again_look_different() -> None:
    assert sealed(Contact(name="a name")).sealed != sealed(Contact(name="a name")).sealed
