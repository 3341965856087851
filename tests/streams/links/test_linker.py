"""While keys are rotated each person is linked once, and again where it is not certain."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from schemas.enums import TokenKind
from schemas.key_ring import KeyRing, Secret
from schemas.links import Link, people
from schemas.pseudonym import PseudonymKey
from schemas.rotation import LINKED_FOR, pseudonymise
from streams.links.linker import Linker

_NOW = datetime(2021, 9, 1, tzinfo=UTC)
_OLD = KeyRing((Secret(version=1, value=b"o" * 32),))
_RING = KeyRing((*_OLD.secrets, Secret(version=2, value=b"n" * 32, made_at=_NOW)))


def _linker(*, after: timedelta = timedelta(0), most: int = 100) -> Linker:
    return Linker(_RING, now=lambda: _NOW + after, most_remembered=most)


def _subject(linker: Linker, number: int) -> bytes:
    return linker.subject(kind=TokenKind.CCCD, identity=str(number))


def _linked(linker: Linker, number: int) -> bool:
    subject = _subject(linker, number)
    return [link.subject for link in linker.take()] == [subject]


def test_a_person_is_linked_once_until_forgotten() -> None:
    linker = _linker()
    assert [_linked(linker, number) for number in (1, 1, 2, 1)] == [True, False, True, False]
    linker.forget(_subject(linker, 1))
    linker.forget(b"x" * 16)
    assert [_linked(linker, number) for number in (1, 2)] == [True, False]


def test_memory_is_bounded_and_whoever_left_it_is_linked_again() -> None:
    linker = _linker(most=2)
    assert [_linked(linker, number) for number in (1, 2, 1, 3, 1, 2)] == [True, True, False, True, False, True]


def test_nobody_is_linked_when_the_old_key_is_not_live_any_more() -> None:
    assert not _linked(_linker(after=LINKED_FOR), 1)


@given(st.lists(st.integers(1, 9), max_size=20), st.integers(1, 5))
def test_everybody_seen_with_the_new_key_is_one_person_with_what_the_old_key_made(seen: list[int], most: int) -> None:
    linker = _linker(most=most)
    made = [(number, _subject(linker, number)) for number in seen]
    found = people(
        Link(event_id=it.event_id, subject=it.subject, other=it.other, event_time_ms=0) for it in linker.take()
    )
    for number, subject in made:
        before = pseudonymise(_OLD, kind=TokenKind.CCCD, identity=str(number), now=_NOW).subject
        assert found[before] == found[subject] == min(before, subject)
    assert len(set(found.values())) == len(set(seen))
    assert linker.take() == []


def test_a_plate_is_linked_as_a_person_is() -> None:
    linker, plate = _linker(), "29QZX-000.01"
    vehicle = linker.vehicle(plate=plate)
    (link,) = linker.take()
    old, new = (PseudonymKey(secret.version, secret.value) for secret in _RING.secrets)
    assert (link.subject, link.other, link.kind) == (vehicle, old.vehicle(plate=plate), TokenKind.ANON)
    assert vehicle == new.vehicle(plate=plate)
    assert linker.vehicle(plate="29QZX 00001") == vehicle
    assert linker.take() == []
