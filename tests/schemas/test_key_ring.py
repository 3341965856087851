"""A ring of keys is read as it was written, and what is wrong with one is said without its secrets."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.key_ring import KeyRing, MalformedKeyRing, Secret, first_ring, read_ring, write_ring

_NOW = datetime(2021, 9, 1, 12, tzinfo=UTC)
_SECRET = "c0ffee" * 11
_secrets = st.builds(
    Secret,
    version=st.integers(1, 255),
    value=st.binary(min_size=32, max_size=64),
    made_at=st.none() | st.datetimes(timezones=st.just(UTC)),
)
_rings = st.lists(_secrets, min_size=1, max_size=5, unique_by=lambda secret: secret.version).map(
    lambda secrets: KeyRing(tuple(sorted(secrets, key=lambda secret: secret.version)))
)


@given(_rings, st.randoms())
def test_a_ring_is_read_as_it_was_written_whatever_the_order_of_its_lines(ring: KeyRing, chance: object) -> None:
    lines = write_ring(ring).splitlines()
    chance.shuffle(lines)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert read_ring("\n\n".join(lines)) == ring


def test_the_highest_version_is_current_and_older_ones_are_found() -> None:
    ring = read_ring(f"9:{'ab' * 32}\n10:{'cd' * 32}\n")
    assert ring.current == Secret(version=10, value=b"\xcd" * 32)
    assert ring.version(9).value == b"\xab" * 32
    with pytest.raises(KeyError, match="no key of version 3; the versions are 9, 10"):
        ring.version(3)


def test_rotating_adds_a_version_and_takes_nothing_away() -> None:
    ring = first_ring(random_bytes=bytes, now=_NOW).rotated(random_bytes=lambda size: b"\1" * size, now=_NOW)
    assert [(secret.version, secret.made_at) for secret in ring.secrets] == [(1, _NOW), (2, _NOW)]
    assert ring.current.value == b"\1" * 32


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "must hold a line"),
        (_SECRET, "line 1 must be <version>:<secret in hex>"),
        (f"one:{_SECRET}", "line 1 must be"),
        (f"\n1:{_SECRET}:yesterday", "line 2 must be"),
        (f"1:{_SECRET}:2021-09-01T12:00:00", "the time in line 1 must say its zone"),
        (f"0:{_SECRET}", "version from 1 to 255"),
        (f"256:{_SECRET}", "version from 1 to 255"),
        ("1:c0ffee", "the secret in line 1 is shorter than 32 bytes"),
        (f"1:{_SECRET}\n1:{_SECRET}", "version 1 is there twice"),
    ],
)
def test_a_wrong_ring_is_explained_without_its_secrets(text: str, sentence: str) -> None:
    with pytest.raises(MalformedKeyRing, match=sentence) as raised:
        read_ring(text)
    assert "c0ffee" not in str(raised.value)


def test_the_secret_does_not_show() -> None:
    assert "c0ffee" not in repr(read_ring(f"1:{_SECRET}"))
    assert "\\xc0" not in repr(read_ring(f"1:{_SECRET}"))
