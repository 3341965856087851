"""Where the gateway hands people's contact details over."""

from collections.abc import Sequence
from typing import Protocol

from schemas.vault import Details


class ContactStore(Protocol):
    """Seals contact details and keeps them. Called in a thread, one call at a time."""

    def keep(self, details: Sequence[Details]) -> list[bool]:
        """Seal and keep details, and return for each whether it is kept: durably, and so that nobody reads it there.

        May raise whatever the store's client does; then none is known to be kept. Details given twice are kept twice.
        """


class InMemoryContactStore:
    """A store that keeps details as they are, in a list. Set `away`, and `refuse` to the subjects it shall not keep."""

    def __init__(self) -> None:
        """Start empty and there."""
        self.away = False
        self.kept: list[Details] = []
        self.refuse: set[bytes] = set()

    def keep(self, details: Sequence[Details]) -> list[bool]:
        if self.away:
            raise ConnectionError("the store is away")
        outcome = [it.subject not in self.refuse for it in details]
        self.kept.extend(it for it, is_kept in zip(details, outcome, strict=True) if is_kept)
        return outcome
