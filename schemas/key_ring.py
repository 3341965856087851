"""Versions of one secret key: the newest is used, older ones stay for what was made with them.

A ring is kept as text, one line a version: ``<version>:<secret in hex>:<made at, ISO 8601>``. The time may be left out.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

#: Events carry the version in a byte, and 0 says that there is none.
MOST_VERSIONS = 255
LEAST_SECRET_BYTES = 32
_PATTERN = "<version>:<secret in hex>, or <version>:<secret in hex>:<time it was made, with its zone>"


class MalformedKeyRing(Exception):
    """A ring's text is wrong; the sentence says which line and how, and never shows a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """One version of a key; the secret never shows in `repr`. `made_at` is None where nobody wrote it down."""

    version: int
    value: bytes = field(repr=False)
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeyRing:
    """At least one version, in ascending order."""

    secrets: tuple[Secret, ...]

    @property
    def current(self) -> Secret:
        """The version with the highest number: the one to use for everything new."""
        return self.secrets[-1]

    def version(self, number: int) -> Secret:
        """Return a version; raise KeyError, naming the versions there are."""
        for secret in self.secrets:
            if secret.version == number:
                return secret
        known = ", ".join(str(secret.version) for secret in self.secrets)
        raise KeyError(f"there is no key of version {number}; the versions are {known}")

    def rotated(self, *, random_bytes: Callable[[int], bytes], now: datetime) -> "KeyRing":
        """Return the ring with one version more, made `now`; raise MalformedKeyRing after the last possible one."""
        number = self.current.version + 1
        if number > MOST_VERSIONS:
            raise MalformedKeyRing(
                f"version {MOST_VERSIONS} is the last there can be; remove retired lines and renumber"
            )
        return KeyRing((*self.secrets, Secret(version=number, value=random_bytes(LEAST_SECRET_BYTES), made_at=now)))


def first_ring(*, random_bytes: Callable[[int], bytes], now: datetime) -> KeyRing:
    """Return a ring of one version."""
    return KeyRing((Secret(version=1, value=random_bytes(LEAST_SECRET_BYTES), made_at=now),))


def read_ring(text: str) -> KeyRing:
    """Return the ring a text describes, whatever the order of its lines; blank lines count for nothing.

    Raise MalformedKeyRing for no line, a line that is none, a version twice or out of 1 to 255, or a short secret.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    secrets = sorted((_secret(number, line) for number, line in lines), key=lambda secret: secret.version)
    if not secrets:
        raise MalformedKeyRing(f"it must hold a line {_PATTERN}")
    for one, other in pairwise(secrets):
        if one.version == other.version:
            raise MalformedKeyRing(f"version {one.version} is there twice; keep one of them")
    return KeyRing(tuple(secrets))


def write_ring(ring: KeyRing) -> str:
    """Return the text of a ring, as `read_ring` takes it."""
    return "".join(f"{_line(secret)}\n" for secret in ring.secrets)


def _line(secret: Secret) -> str:
    made_at = f":{secret.made_at.isoformat()}" if secret.made_at else ""
    return f"{secret.version}:{secret.value.hex()}{made_at}"


def _secret(number: int, line: str) -> Secret:
    try:
        version, value, *made_at = line.split(":", 2)
        secret = Secret(
            version=int(version),
            value=bytes.fromhex(value),
            made_at=datetime.fromisoformat(made_at[0]) if made_at else None,
        )
    except ValueError:
        raise MalformedKeyRing(f"line {number} must be {_PATTERN}") from None
    if not 1 <= secret.version <= MOST_VERSIONS:
        raise MalformedKeyRing(f"line {number} must have a version from 1 to {MOST_VERSIONS}")
    if len(secret.value) < LEAST_SECRET_BYTES:
        raise MalformedKeyRing(
            f"the secret in line {number} is shorter than {LEAST_SECRET_BYTES} bytes; make a longer one"
        )
    if secret.made_at and secret.made_at.tzinfo is None:
        raise MalformedKeyRing(f"the time in line {number} must say its zone, like +00:00")
    return secret
