"""A key of pseudonyms that links people to what older keys made of them."""

from dataclasses import dataclass, field
from typing import Self

from schemas.enums import TokenKind
from schemas.key_ring import KeyRing
from schemas.pseudonym import PseudonymKey
from schemas.rotation import current_key
from streams.links.linker import Linker


@dataclass(frozen=True, slots=True)
class LinkingKey(PseudonymKey):
    """The current key: the same pseudonyms, and the linker learns of every person's and vehicle's."""

    linker: Linker = field(repr=False, compare=False)

    @classmethod
    def of(cls, ring: KeyRing, linker: Linker) -> Self:
        """Return the current key of a ring; `linker` is one of the same ring."""
        key = current_key(ring)
        return cls(key.version, key.secret, linker)

    def subject(self, *, kind: TokenKind, identity: str) -> bytes:
        return self.linker.subject(kind=kind, identity=identity)

    def vehicle(self, *, plate: str) -> bytes:
        return self.linker.vehicle(plate=plate)
