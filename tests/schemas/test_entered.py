"""What people enter by hand."""

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.entered import digits_missing, entry_id, whole_number, written_time
from schemas.enums import TokenKind

_events = st.dictionaries(st.text("abc", min_size=1), st.one_of(st.integers(0, 9), st.text(max_size=5)), min_size=2)


@given(_events, st.randoms())
def test_an_entry_is_told_by_its_fields_in_any_order_and_by_its_key(event: dict[str, object], random: Random) -> None:
    shuffled = list(event.items())
    random.shuffle(shuffled)
    assert entry_id(dict(shuffled), b"key") == entry_id(event, b"key")
    assert entry_id(event, b"another") != entry_id(event, b"key")
    assert entry_id(event | {next(iter(event)): "something else"}, b"key") != entry_id(event, b"key")


@pytest.mark.parametrize(
    ("kind", "number", "missing"),
    [
        (TokenKind.CCCD, "1301012345", "12"),
        (TokenKind.CCCD, "001301012345", ""),
        (TokenKind.CMND, "12345678", "9 or 12"),
        (TokenKind.PHONE, "912345678", "10"),
        (TokenKind.PHONE, "+84 912 345 678", ""),
        (TokenKind.PASSPORT, "b 123", ""),
        (TokenKind.CCCD, "******012345", ""),
    ],
)
def test_a_number_that_lost_digits_is_noticed(kind: TokenKind, number: str, missing: str) -> None:
    assert digits_missing(kind, whole_number(kind, number)) == missing


def test_a_time_without_a_zone_is_of_vietnam() -> None:
    assert (
        written_time("05/08/2021 14:30") == written_time("2021-08-05 14:30") == datetime(2021, 8, 5, 7, 30, tzinfo=UTC)
    )
    assert written_time("hôm qua") is None
