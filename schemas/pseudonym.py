"""Turn raw identities into keyed pseudonyms, before anything is stored or logged."""

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass, field

from schemas.enums import TokenKind

SUBJECT_BYTES = 16


@dataclass(frozen=True, slots=True)
class PseudonymKey:
    """A secret key and its version; the secret never shows in `repr`."""

    version: int
    secret: bytes = field(repr=False)

    def subject(self, *, kind: TokenKind, identity: str) -> bytes:
        """Return the pseudonym of an identity document's number: 16 bytes.

        HMAC-SHA256 over the kind's name, a zero byte and the normalised number (domain.md 3.8): an unkeyed hash
        of a 12-digit number could be reversed by trying them all. Raise ValueError for an empty number.
        """
        normalised = normalise(identity)
        if not normalised:
            raise ValueError("an identity can't be empty")
        text = f"{kind.name}\0{normalised}".encode()
        return hmac.new(self.secret, text, hashlib.sha256).digest()[:SUBJECT_BYTES]


def normalise(identity: str) -> str:
    """Return `identity` in the one form that is hashed: NFKC, upper case, letters and digits only."""
    if identity.isascii() and identity.isalnum():
        return identity.upper()
    folded = unicodedata.normalize("NFKC", identity).upper()
    return "".join(character for character in folded if character.isalnum())
