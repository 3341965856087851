"""Seal what lies on the device's disk: AES-256-GCM with a key of the device (NIST SP 800-38D)."""

import os
import secrets
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12  # random, so a key may seal 2^32 scans: more than the device's counter has numbers


class Unsealable(Exception):
    """The bytes were not sealed with this key and for this purpose, or have changed since."""


class Sealer:
    """Seals and opens with one key."""

    def __init__(self, key: bytes, *, randomness: Callable[[int], bytes] = os.urandom) -> None:
        """Take a key of KEY_BYTES bytes."""
        self._cipher = AESGCM(key)
        self._randomness = randomness

    def seal(self, plain: bytes, *, purpose: bytes) -> bytes:
        """Return `plain` sealed; it opens for the same purpose only."""
        nonce = self._randomness(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, purpose)

    def open(self, sealed: bytes, *, purpose: bytes) -> bytes:
        """Return what was sealed; raise Unsealable."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], purpose)
        except (InvalidTag, ValueError) as error:
            raise Unsealable("sealed with another key, or damaged") from error


def key_of(file: Path) -> bytes:
    """Return the key in `file`: KEY_BYTES in hexadecimal; make file and key if there is none.

    A new file is readable by its owner only. Raise ValueError for what is no key, and OSError.
    """
    if not file.exists():
        _make_once(file)
    key = bytes.fromhex(file.read_text("ascii").strip())
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes")
    return key


def _make_once(file: Path) -> None:
    # Written aside and linked: a power failure leaves no half of a key, and the first of two processes wins.
    with tempfile.NamedTemporaryFile("w", dir=file.parent) as new:
        new.write(secrets.token_hex(KEY_BYTES) + "\n")
        new.flush()
        os.fsync(new.fileno())
        with suppress(FileExistsError):
            file.hardlink_to(new.name)
    _sync_directory(file.parent)


def _sync_directory(directory: Path) -> None:
    """Have the disk keep the directory's entries: what is sealed with a key that is lost is lost."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
