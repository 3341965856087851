"""Make the pseudonyms of an event: of the person scanned, and of the vehicle by its number plate; check a contact.

Cards, apps and cameras show numbers with some characters as asterisks. What is left of such a number is shared by many,
and their scans must not run together, so it is refused.
"""

from typing import NamedTuple

from schemas.entered import digits_missing, whole_number
from schemas.enums import TokenKind
from schemas.pseudonym import PseudonymKey
from schemas.vault import Contact
from streams.gateway.event_type import Identity, SentContact
from streams.gateway.field_values import sixteen_nonzero_bytes
from streams.gateway.outcome import Unacceptable


class Subject(NamedTuple):
    """The three Avro fields that say who was scanned."""

    subject: bytes
    token_kind: str
    key_version: int


def pseudonymised(identity: Identity, key: PseudonymKey) -> Subject:
    """Return the subject of a raw identity; raise Unacceptable for a number that can't name one person."""
    if "*" in identity.number:
        raise Unacceptable("identity.number is masked; send the whole number or another document's")
    kind = TokenKind[identity.kind]
    try:
        subject = key.subject(kind=kind, identity=identity.number)
    except ValueError as error:
        raise Unacceptable("identity.number must hold letters or digits") from error
    # Phones may be of any country.
    if kind is not TokenKind.PHONE and (digits := digits_missing(kind, whole_number(kind, identity.number))):
        raise Unacceptable(f"identity.number must have {digits} digits for a {kind.name}; send it whole, as text")
    return Subject(subject, identity.kind, key.version)


def vehicle_of(plate: str, key: PseudonymKey) -> bytes:
    """Return the pseudonym of a number plate; raise Unacceptable for one that can't name one vehicle."""
    if "*" in plate:
        raise Unacceptable("plate is masked; send the whole plate or none")
    try:
        return key.vehicle(plate=plate)
    except ValueError as error:
        raise Unacceptable("plate must hold letters or digits") from error


def contact_of(sent: SentContact, token_kind: str) -> Contact:
    """Return the details to seal, without blanks around them; raise Unacceptable for none, or for those of nobody."""
    contact = Contact(name=sent.name.strip(), phone=sent.phone.strip(), address=sent.address.strip())
    if contact == Contact():
        raise Unacceptable("contact must hold a name, a phone or an address; or leave it out")
    if token_kind == TokenKind.ANON.name:
        raise Unacceptable("contact needs a person's document beside it; send identity")
    return contact


def already_pseudonymous(subject: str | None, token_kind: str | None, key_version: int | None) -> Subject:
    """Return the subject an app server sent; raise Unacceptable if part of it is missing."""
    if subject is None:
        raise Unacceptable("identity is missing; send identity {kind, number} or subject, token_kind and key_version")
    if token_kind is None or key_version is None:
        raise Unacceptable("subject needs token_kind and key_version beside it")
    return Subject(sixteen_nonzero_bytes(subject, field="subject"), token_kind, key_version)
