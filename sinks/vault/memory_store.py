"""A store in memory, for tests and trials."""

from collections.abc import Collection, Sequence

from schemas.vault import SealedContact, WrappedKey


class MemoryVaultStore:
    """`VaultStore` in memory."""

    def __init__(self) -> None:
        """Begin empty."""
        self._keys: dict[tuple[bytes, bytes], WrappedKey] = {}
        self._contacts: list[SealedContact] = []

    def add_keys(self, keys: Sequence[WrappedKey]) -> None:
        for key in keys:
            known = self._keys.get((key.subject, key.key_id))
            if known is None or known.master_version <= key.master_version:
                self._keys[key.subject, key.key_id] = key

    def add_contacts(self, contacts: Sequence[SealedContact]) -> None:
        self._contacts.extend(contacts)

    def keys(self, subjects: Collection[bytes]) -> list[WrappedKey]:
        return sorted((key for key in self._keys.values() if key.subject in subjects), key=lambda key: key.made_at)

    def contacts(self, subjects: Collection[bytes]) -> list[SealedContact]:
        found = (contact for contact in self._contacts if contact.subject in subjects)
        return sorted(found, key=lambda contact: contact.sealed_at)

    def destroy_keys(self, subjects: Collection[bytes]) -> int:
        doomed = [place for place in self._keys if place[0] in subjects]
        for place in doomed:
            del self._keys[place]
        return len(doomed)
