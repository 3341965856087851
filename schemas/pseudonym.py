"""Turn raw identities into keyed pseudonyms, before anything is stored or logged."""

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass, field

from schemas.enums import TokenKind

SUBJECT_BYTES = 16
# No token kind has this name, so no person and no vehicle share a pseudonym.
_PLATE = "PLATE"
# A landline's number has ten digits after the country's 84, a mobile phone's nine.
_WITH_COUNTRY = re.compile(r"(?:00)?84(\d{9,10})", re.ASCII)


@dataclass(frozen=True, slots=True)
class PseudonymKey:
    """A secret key and its version; the secret never shows in `repr`."""

    version: int
    secret: bytes = field(repr=False)

    def subject(self, *, kind: TokenKind, identity: str) -> bytes:
        """Return the pseudonym of a person's number of this kind: 16 bytes.

        HMAC-SHA256 over the kind's name, a zero byte and the normalised number (domain.md 3.8): an unkeyed hash
        of a 12-digit number could be reversed by trying them all. Raise ValueError for an empty number.
        """
        normalised = normalise(identity)
        return self._pseudonym(kind.name, national(normalised) if kind is TokenKind.PHONE else normalised)

    def vehicle(self, *, plate: str) -> bytes:
        """Return the pseudonym of a number plate: 16 bytes, made as a person's is, never equal to one.

        Raise ValueError for a plate without letters and digits.
        """
        return self._pseudonym(_PLATE, normalise(plate))

    def _pseudonym(self, domain: str, normalised: str) -> bytes:
        if not normalised:
            raise ValueError("an identity can't be empty")
        text = f"{domain}\0{normalised}".encode()
        return hmac.digest(self.secret, text, hashlib.sha256)[:SUBJECT_BYTES]


def normalise(identity: str) -> str:
    """Return `identity` in the one form that is hashed: NFKC, upper case, letters and digits only."""
    if identity.isascii() and identity.isalnum():
        return identity.upper()
    folded = unicodedata.normalize("NFKC", identity).upper()
    return "".join(character for character in folded if character.isalnum())


def national(phone: str) -> str:
    """Return a normalised phone number as it is dialled in Viet Nam: +84 and 0084 become 0; others stay."""
    found = _WITH_COUNTRY.fullmatch(phone)
    return f"0{found[1]}" if found else phone
