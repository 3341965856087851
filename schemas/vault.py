"""Seal contact details with a key of the person's own, and that key with a master key: destroy it, and nobody can open.

AES-256-GCM throughout (NIST SP 800-38D), a random 96-bit nonce before each ciphertext. Associated data bind what is
sealed to whom it belongs: put beside another subject, key version or key, it does not open. Crypto-shredding as in
domain.md 3.8.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from schemas.key_ring import KeyRing, Secret

KEY_BYTES = 32
KEY_ID_BYTES = 16
_NONCE_BYTES = 12
#: Details are padded to a multiple of this, so that the length of a sealed name tells nothing of it.
_BLOCK_BYTES = 256
_MASTER, _DATA_KEY, _CONTACT = b"scanstream vault master 1", b"scanstream vault key 1\0", b"scanstream contact 1\0"

RandomBytes = Callable[[int], bytes]


class CannotOpen(Exception):
    """What is sealed was made with another key, for another subject, or was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How to reach a person; none of it shows in `repr`. What is not known is empty."""

    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    address: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """One person's contact details to seal; `key_version` is that of the subject's pseudonym."""

    subject: bytes
    key_version: int
    contact: Contact = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataKey:
    """The key one person's details are sealed with; `key_id` is random and no secret."""

    key_id: bytes
    value: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrappedKey:
    """A data key as it is stored: sealed with one version of the master key."""

    subject: bytes
    key_id: bytes
    master_version: int
    wrapped: bytes = field(repr=False)
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedContact:
    """Contact details as they are stored. `key_version` is that of the subject's pseudonym."""

    subject: bytes
    key_version: int
    key_id: bytes
    sealed: bytes = field(repr=False)
    sealed_at: datetime


def new_data_key(random_bytes: RandomBytes = secrets.token_bytes) -> DataKey:
    """Return a fresh key."""
    return DataKey(key_id=random_bytes(KEY_ID_BYTES), value=random_bytes(KEY_BYTES))


def wrap(
    masters: KeyRing, key: DataKey, *, subject: bytes, now: datetime, random_bytes: RandomBytes = secrets.token_bytes
) -> WrappedKey:
    """Return a data key sealed with the current master key, bound to its subject."""
    master = masters.current
    bound = _bound_key(subject, key.key_id, master.version)
    return WrappedKey(
        subject=subject,
        key_id=key.key_id,
        master_version=master.version,
        wrapped=_sealed(_master_key(master), key.value, bound, random_bytes),
        made_at=now,
    )


def unwrap(masters: KeyRing, wrapped: WrappedKey) -> DataKey:
    """Return the data key; raise CannotOpen if its master key is not there or it does not belong to its subject."""
    try:
        master = masters.version(wrapped.master_version)
    except KeyError as missing:
        raise CannotOpen(f"the master key it was wrapped with is missing: {missing.args[0]}") from None
    bound = _bound_key(wrapped.subject, wrapped.key_id, wrapped.master_version)
    return DataKey(key_id=wrapped.key_id, value=_opened(_master_key(master), wrapped.wrapped, bound))


def seal(
    key: DataKey,
    contact: Contact,
    *,
    subject: bytes,
    key_version: int,
    now: datetime,
    random_bytes: RandomBytes = secrets.token_bytes,
) -> SealedContact:
    """Return contact details sealed with the person's key, bound to the subject and its key version."""
    text = json.dumps(asdict(contact), ensure_ascii=False).encode()
    padded = text + b" " * (-len(text) % _BLOCK_BYTES)
    bound = _bound_contact(subject, key_version, key.key_id)
    return SealedContact(
        subject=subject,
        key_version=key_version,
        key_id=key.key_id,
        sealed=_sealed(key.value, padded, bound, random_bytes),
        sealed_at=now,
    )


def open_contact(key: DataKey, contact: SealedContact) -> Contact:
    """Return contact details; raise CannotOpen for another key than theirs and for moved or changed details."""
    bound = _bound_contact(contact.subject, contact.key_version, contact.key_id)
    return Contact(**json.loads(_opened(key.value, contact.sealed, bound)))


def _bound_key(subject: bytes, key_id: bytes, master_version: int) -> bytes:
    return _DATA_KEY + subject + key_id + bytes([master_version])


def _bound_contact(subject: bytes, key_version: int, key_id: bytes) -> bytes:
    return _CONTACT + subject + bytes([key_version]) + key_id


def _master_key(master: Secret) -> bytes:
    """Return the AES key of a version: a secret may be longer than one, and is used for nothing else (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=_MASTER).derive(master.value)


def _sealed(key: bytes, plain: bytes, bound: bytes, random_bytes: RandomBytes) -> bytes:
    nonce = random_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def _opened(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
    except (InvalidTag, ValueError):
        raise CannotOpen("it was sealed for another subject or with another key, or it was changed") from None
