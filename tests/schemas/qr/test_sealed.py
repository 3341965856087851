"""Our own codes: places and movement passes."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.enums import Credential
from schemas.qr.movement_pass import pass_text
from schemas.qr.place import place_text, place_url
from schemas.qr.read import read
from schemas.qr.result import PassCode, PlaceCode, Unreadable
from schemas.qr.sealed import seal

_UNTIL = datetime(2021, 8, 8, 3, 30, tzinfo=UTC)


@given(place_id=st.integers(1, 2**31 - 1))
def test_a_place_is_read_as_written(place_id: int) -> None:
    assert read(place_text(place_id)) == PlaceCode(place_id=place_id)
    assert read(place_url(place_id, base="https://scan.example/p/")) == PlaceCode(place_id=place_id)


def test_what_is_printed_stays_readable_for_ever() -> None:
    assert place_text(123) == "VNPL1.123.0733752534"
    assert place_url(123, base="https://scan.example/p/") == "https://scan.example/p/VNPL1.123.0733752534"


@given(st.binary(min_size=16, max_size=16).filter(any), st.integers(0, 2**31))
def test_a_pass_is_read_as_written(pass_id: bytes, seconds: int) -> None:
    until = datetime.fromtimestamp(seconds, UTC)
    found = read(pass_text(pass_id=pass_id, valid_until=until))
    assert found == PassCode(pass_id=pass_id, valid_until=until, credential=Credential.QR_MOVEMENT_PASS)


def test_a_pass_ends_at_the_same_instant_in_every_zone() -> None:
    text = pass_text(pass_id=b"\1" * 16, valid_until=_UNTIL.astimezone(timezone(timedelta(hours=7))))
    assert text == pass_text(pass_id=b"\1" * 16, valid_until=_UNTIL)
    assert ".20210808033000." in text


@pytest.mark.parametrize("place_id", [0, -1, 2**31])
def test_no_place_has_such_a_number(place_id: int) -> None:
    with pytest.raises(ValueError, match="place_id is"):
        place_text(place_id)


@pytest.mark.parametrize(
    ("pass_id", "until", "complaint"),
    [
        (b"\1" * 15, _UNTIL, "16 bytes"),
        (bytes(16), _UNTIL, "all zero"),
        (b"\1" * 16, _UNTIL.replace(tzinfo=None), "time zone"),
        (b"\1" * 16, _UNTIL.replace(microsecond=1), "whole seconds"),
    ],
)
def test_no_pass_is_like_that(pass_id: bytes, until: datetime, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        pass_text(pass_id=pass_id, valid_until=until)


@pytest.mark.parametrize(
    "numbers", [["9" * 39, "20210808033000"], ["1".zfill(39), "20211308033000"], ["1".zfill(39), "20210808036000"]]
)
def test_a_made_up_pass_with_a_right_check_value_is_refused(numbers: list[str]) -> None:
    assert isinstance(read(seal("VNPS1", *numbers)), Unreadable)


@pytest.mark.parametrize("number", ["0", "01", "2147483648"])
def test_a_made_up_place_with_a_right_check_value_is_refused(number: str) -> None:
    assert isinstance(read(seal("VNPL1", number)), Unreadable)
