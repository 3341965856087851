"""While two keys are live, every raw identity gives its current pseudonym and the links to its older ones."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from schemas.enums import TokenKind
from schemas.key_ring import KeyRing, Secret
from schemas.pseudonym import PseudonymKey
from schemas.rotation import LINKED_FOR, current_key, linked_until, live, pseudonymise

_FIRST = datetime(2021, 5, 1, tzinfo=UTC)
_SECOND = datetime(2021, 9, 1, tzinfo=UTC)
_OLD = Secret(version=1, value=b"o" * 32, made_at=_FIRST)
_NEW = Secret(version=2, value=b"n" * 32, made_at=_SECOND)
_RING = KeyRing((_OLD, _NEW))
_ANYBODY = st.text("0123456789", min_size=9, max_size=12)


@given(_ANYBODY, st.sampled_from(TokenKind), st.timedeltas(timedelta(0), LINKED_FOR - timedelta(seconds=1)))
def test_rows_of_the_old_key_and_of_the_new_one_are_linked(number: str, kind: TokenKind, since: timedelta) -> None:
    before = pseudonymise(KeyRing((_OLD,)), kind=kind, identity=number, now=_SECOND - timedelta(days=1))
    after = pseudonymise(_RING, kind=kind, identity=number, now=_SECOND + since)
    (link,) = after.links
    assert (link.subject, link.other) == (after.subject, before.subject)
    assert (link.key_version, link.other_key_version, link.kind) == (2, 1, kind)
    assert before.links == ()


@given(_ANYBODY)
def test_new_events_have_the_subject_the_current_key_makes(number: str) -> None:
    made = pseudonymise(_RING, kind=TokenKind.CCCD, identity=number, now=_SECOND)
    assert made.subject == PseudonymKey(2, b"n" * 32).subject(kind=TokenKind.CCCD, identity=number)
    assert made.key_version == current_key(_RING).version == 2


def test_a_key_is_live_for_as_long_as_its_rows_are_kept_and_a_day() -> None:
    assert LINKED_FOR.days == 28 + 1
    assert linked_until(_RING, _OLD) == _SECOND + LINKED_FOR
    assert live(_RING, now=_SECOND + LINKED_FOR - timedelta(microseconds=1)) == (_OLD,)
    assert live(_RING, now=_SECOND + LINKED_FOR) == ()


def test_each_older_live_key_gives_a_link_to_the_current_one() -> None:
    newest = Secret(version=5, value=b"5" * 32, made_at=_SECOND + timedelta(days=10))
    made = pseudonymise(KeyRing((_OLD, _NEW, newest)), kind=TokenKind.QID, identity="1", now=_SECOND + timedelta(11))
    assert [(link.other_key_version, link.key_version) for link in made.links] == [(1, 5), (2, 5)]
    later = pseudonymise(KeyRing((_OLD, _NEW, newest)), kind=TokenKind.QID, identity="1", now=_SECOND + LINKED_FOR)
    assert [link.other_key_version for link in later.links] == [2]


def test_a_key_whose_successor_has_no_time_stays_live() -> None:
    ring = KeyRing((_OLD, Secret(version=2, value=b"n" * 32)))
    assert linked_until(ring, _OLD) is None
    assert live(ring, now=_SECOND + timedelta(days=10_000)) == (_OLD,)


@given(_ANYBODY, _ANYBODY)
def test_a_link_published_again_is_the_same_event_and_no_other_is(one: str, other: str) -> None:
    made = [pseudonymise(_RING, kind=TokenKind.CMND, identity=it, now=_SECOND).links[0] for it in (one, one, other)]
    assert made[0] == made[1]
    assert len(made[0].event_id) == 16
    assert (made[0].event_id == made[2].event_id) == (one == other)
