"""Where sealed contact details and their wrapped keys are."""

from collections.abc import Collection, Sequence
from typing import Protocol

from schemas.vault import SealedContact, WrappedKey


class NotErased(Exception):
    """The store could not prove in time that erased keys are gone; erase again."""


class VaultStore(Protocol):
    """Keeps what it is given; it can't open any of it. Methods raise what the database's client does."""

    def add_keys(self, keys: Sequence[WrappedKey]) -> None:
        """Keep wrapped keys. Of two with the same `key_id` the one with the higher `master_version` counts."""

    def add_contacts(self, contacts: Sequence[SealedContact]) -> None:
        """Keep sealed details beside those that are there."""

    def keys(self, subjects: Collection[bytes]) -> list[WrappedKey]:
        """Return the subjects' keys, oldest first."""

    def contacts(self, subjects: Collection[bytes]) -> list[SealedContact]:
        """Return the subjects' sealed details, oldest first."""

    def destroy_keys(self, subjects: Collection[bytes]) -> int:
        """Destroy the subjects' keys and return how many there were; done twice, it destroys nothing.

        When it returns they can't be read any more, neither through the store nor from its files. What the disk, copies
        and backups keep of deleted files is beyond it. Raises NotErased where that can't be proved: then they may still
        be in files.
        """
