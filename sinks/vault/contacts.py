"""Seal, open and erase people's contact details in a store."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from schemas.key_ring import KeyRing
from schemas.vault import (
    CannotOpen,
    Contact,
    DataKey,
    Details,
    SealedContact,
    new_data_key,
    open_contact,
    seal,
    unwrap,
    wrap,
)
from sinks.vault.store import VaultStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Details that were sealed for a subject at some time."""

    subject: bytes
    sealed_at: datetime
    contact: Contact = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What could be opened, oldest first, and how many details can't be opened any more because their key is gone."""

    opened: tuple[Opened, ...]
    erased: int


class ContactVault:
    """Contact details over a store, with the master keys that open them."""

    def __init__(self, store: VaultStore, masters: KeyRing, *, now: Callable[[], datetime]) -> None:
        """Take where things are kept and the keys that are kept elsewhere; `now` is aware."""
        self._store, self._masters, self._now = store, masters, now

    def seal(self, details: Sequence[Details]) -> None:
        """Seal and keep details, with the newest key of each person; people without one get one.

        A thousand or so at a time. Two processes that give a person a key at once both succeed: details say which key
        is theirs. Raises CannotOpen where a person's key was wrapped with a master key that is missing; nothing is kept
        then.
        """
        subjects = {it.subject for it in details}
        keys = {wrapped.subject: unwrap(self._masters, wrapped) for wrapped in self._store.keys(subjects)}
        now = self._now()
        new = {subject: new_data_key() for subject in subjects - keys.keys()}
        self._store.add_keys([wrap(self._masters, key, subject=subject, now=now) for subject, key in new.items()])
        keys |= new
        self._store.add_contacts(
            [
                seal(keys[it.subject], it.contact, subject=it.subject, key_version=it.key_version, now=now)
                for it in details
            ]
        )

    def open(self, subjects: Collection[bytes]) -> Found:
        """Open what was sealed for the subjects; raise CannotOpen for what is there and was tampered with."""
        keys = {wrapped.key_id: unwrap(self._masters, wrapped) for wrapped in self._store.keys(subjects)}
        contacts = self._store.contacts(subjects)
        opened = tuple(_opened(keys[it.key_id], it) for it in contacts if it.key_id in keys)
        return Found(opened=opened, erased=len(contacts) - len(opened))

    def erase(self, subjects: Collection[bytes]) -> int:
        """Destroy the subjects' keys, so that nothing sealed with them opens again; return how many.

        New details given later get a new key. Raises NotErased as the store does.
        """
        return self._store.destroy_keys(subjects)


def _opened(key: DataKey, sealed: SealedContact) -> Opened:
    try:
        contact = open_contact(key, sealed)
    except CannotOpen as problem:
        raise CannotOpen(f"the details sealed at {sealed.sealed_at:%Y-%m-%d %H:%M:%S} don't open: {problem}") from None
    return Opened(subject=sealed.subject, sealed_at=sealed.sealed_at, contact=contact)
