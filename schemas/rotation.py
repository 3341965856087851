"""Keep people, and vehicles, linked while the key of pseudonyms changes.

Rows of a person made with the old key and with the new one have different subjects. Whoever still has the raw identity
in hand (the gateway) makes both pseudonyms and publishes that they are one person.
"""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.enums import TokenKind
from schemas.key_ring import KeyRing, Secret
from schemas.pseudonym import SUBJECT_BYTES, PseudonymKey

#: Person-level rows are kept for 28 days (domain.md 3.8).
RETENTION = timedelta(days=28)
#: Gateways that were not restarted yet go on with the old key; they have a day.
ROLL_OUT = timedelta(days=1)
#: So long after its successor was made are there rows of an old key that a new one could belong to.
LINKED_FOR = RETENTION + ROLL_OUT
_EVENT = b"KEY_ROTATION\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLink:
    """Two pseudonyms of one number, by an older key and by the current one.

    `event_id` follows from the two pseudonyms: whoever publishes the link again publishes the same event.
    """

    event_id: bytes
    subject: bytes
    key_version: int
    other: bytes
    other_key_version: int
    kind: TokenKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A person's current pseudonym, and the links to publish with it: one for each older key that is live."""

    subject: bytes
    key_version: int
    links: tuple[KeyLink, ...]


def current_key(ring: KeyRing) -> PseudonymKey:
    """Return the key for new events."""
    return _key(ring.current)


def linked_until(ring: KeyRing, secret: Secret) -> datetime | None:
    """Return when a version needs no links any more: LINKED_FOR after its successor was made.

    None for the current version, and where nobody wrote down when its successor was made: such a version stays live.
    """
    later = [other for other in ring.secrets if other.version > secret.version]
    return later[0].made_at + LINKED_FOR if later and later[0].made_at else None


def live(ring: KeyRing, *, now: datetime) -> tuple[Secret, ...]:
    """Return the older versions whose people are still linked to the current one, oldest first."""
    return tuple(secret for secret in ring.secrets[:-1] if (until := linked_until(ring, secret)) is None or now < until)


def pseudonymise(ring: KeyRing, *, kind: TokenKind, identity: str, now: datetime) -> Linked:
    """Return the current pseudonym of a raw identity, and its links to the pseudonyms of older live keys.

    `now` is aware. Costs one HMAC, and two more for each live older key. Raises ValueError for an empty identity.
    """
    return _linked(ring, lambda key: key.subject(kind=kind, identity=identity), kind=kind, now=now)


def pseudonymise_plate(ring: KeyRing, *, plate: str, now: datetime) -> Linked:
    """Return the current pseudonym of a number plate, and its links, as `pseudonymise` does of a person's number.

    A plate is no document of a person: its links are of the kind ANON. Raises ValueError for an empty plate.
    """
    return _linked(ring, lambda key: key.vehicle(plate=plate), kind=TokenKind.ANON, now=now)


def _linked(ring: KeyRing, made_with: Callable[[PseudonymKey], bytes], *, kind: TokenKind, now: datetime) -> Linked:
    current = current_key(ring)
    subject = made_with(current)
    older = [_key(secret) for secret in live(ring, now=now)]
    links = (_link(current, subject, key, made_with(key), kind) for key in older)
    return Linked(subject=subject, key_version=current.version, links=tuple(links))


def _link(current: PseudonymKey, subject: bytes, key: PseudonymKey, other: bytes, kind: TokenKind) -> KeyLink:
    return KeyLink(
        event_id=_identity(current.secret, (other, subject)),
        subject=subject,
        key_version=current.version,
        other=other,
        other_key_version=key.version,
        kind=kind,
    )


def _identity(secret: bytes, subjects: Sequence[bytes]) -> bytes:
    return hmac.digest(secret, _EVENT + b"".join(subjects), hashlib.sha256)[:SUBJECT_BYTES]


def _key(secret: Secret) -> PseudonymKey:
    return PseudonymKey(secret.version, secret.value)
