"""The worker heeds the corrections the views heed."""

import random

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.kinds import CORRECTION, VENUE
from schemas.wire import encode
from streams.corrections import Corrections, Heard, read_corrections
from streams.window.rules import DAY_MS, VERY_LATE_MS
from tests.schemas.samples import plain_record
from tests.streams.correction_messages import AT_MS, Message, correction, withdrawn

_SOMEBODY = b"s" * 16
_IDS = st.integers(1, 9).map(lambda number: bytes([number]) * 16)


@given(st.sets(st.tuples(_IDS, _IDS), max_size=12), st.randoms(use_true_random=False))
def test_in_any_order_and_as_often_as_wanted_what_stands_is_what_the_view_says(
    pairs: set[tuple[bytes, bytes]], chance: random.Random
) -> None:
    heard = [Heard(event_id, _SOMEBODY, corrects) for event_id, corrects in pairs]
    corrections, before = Corrections(), set[bytes]()
    ids = np.frombuffer(b"".join(bytes([number]) * 16 for number in range(1, 10)), "<u8").reshape(-1, 2)
    for one in chance.sample([*heard, *heard], 2 * len(heard)):
        concerned = corrections.hear([one], logged_ms=AT_MS)
        now = {it.tobytes() for it in ids[corrections.all_withdrawn(ids)]}
        assert {(_SOMEBODY, event) for event in now ^ before} <= concerned
        before = now
    assert before == withdrawn(pairs)


def test_what_was_heard_long_ago_is_forgotten() -> None:
    old, new = b"1" * 16, b"2" * 16
    corrections = Corrections(keep_ms=VERY_LATE_MS)
    corrections.hear([Heard(b"a" * 16, _SOMEBODY, old)], logged_ms=AT_MS)
    corrections.hear([Heard(b"b" * 16, _SOMEBODY, new)], logged_ms=AT_MS + VERY_LATE_MS + DAY_MS)
    assert (corrections.withdrawn(old), corrections.withdrawn(new)) == (True, True)
    corrections.hear([], logged_ms=AT_MS + 2 * (VERY_LATE_MS + DAY_MS))
    assert (corrections.withdrawn(old), corrections.withdrawn(new)) == (False, True)


def _everybody(subjects: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    return np.ones(len(subjects), np.bool_)


@pytest.mark.parametrize(
    "refused",
    [
        Message(_SOMEBODY, b"no correction"),
        Message(_SOMEBODY, encode(VENUE, plain_record(VENUE))),
        correction(b"a" * 16, bytes(16), subject=_SOMEBODY),
        correction(b"a" * 16, b"x" * 16, subject=_SOMEBODY, key=b"t" * 16),
        Message(*correction(b"a" * 16, b"x" * 16, subject=_SOMEBODY).__dict__.values()),
    ],
)
def test_a_correction_that_is_refused_corrects_nothing(refused: Message) -> None:
    if refused.topic_name == CORRECTION.topic and refused.value_bytes:
        refused.logged_ms = AT_MS + VERY_LATE_MS + 1 if refused.key_bytes == _SOMEBODY else AT_MS
    sound = correction(b"b" * 16, b"y" * 16, subject=_SOMEBODY)
    assert read_corrections([refused, sound], wanted=_everybody) == [Heard(b"b" * 16, _SOMEBODY, b"y" * 16)]
    assert read_corrections([sound], wanted=lambda subjects: ~_everybody(subjects)) == []
