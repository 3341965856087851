import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.enums import TokenKind
from schemas.pseudonym import SUBJECT_BYTES, PseudonymKey, national, normalise

_KEY = PseudonymKey(3, b"a secret of the tests")


def test_a_subject_is_the_keyed_hash_of_kind_and_number() -> None:
    whole = hmac.new(b"a secret of the tests", b"CCCD\x00038099000001", hashlib.sha256).digest()
    assert _KEY.subject(kind=TokenKind.CCCD, identity="038099000001") == whole[:SUBJECT_BYTES]


def test_the_same_number_of_another_document_is_another_subject() -> None:
    assert _KEY.subject(kind=TokenKind.CCCD, identity="1") != _KEY.subject(kind=TokenKind.CMND, identity="1")


def test_another_key_makes_another_subject() -> None:
    other = PseudonymKey(4, b"another secret")
    assert _KEY.subject(kind=TokenKind.QID, identity="1") != other.subject(kind=TokenKind.QID, identity="1")


@pytest.mark.parametrize("written", ["b 123-456", "B123456", " b.123.456 ", "B\u00a0123456", "Ｂ１２３４５６"])
def test_however_a_number_is_written_the_subject_is_the_same(written: str) -> None:
    assert _KEY.subject(kind=TokenKind.PASSPORT, identity=written) == _KEY.subject(
        kind=TokenKind.PASSPORT, identity="B123456"
    )


@pytest.mark.parametrize("nothing", ["", "  ", "-./"])
def test_a_number_without_letters_and_digits_is_refused(nothing: str) -> None:
    with pytest.raises(ValueError, match="an identity can't be empty"):
        _KEY.subject(kind=TokenKind.CCCD, identity=nothing)


@pytest.mark.parametrize("written", ["29a-123.45", "29A 123.45", " 29A12345", "29-A1 23.45", "29Ａ–123.45"])
def test_however_a_plate_is_written_the_vehicle_is_the_same(written: str) -> None:
    assert _KEY.vehicle(plate=written) == _KEY.vehicle(plate="29A12345")


def test_a_vehicle_is_the_keyed_hash_of_its_plate() -> None:
    whole = hmac.new(b"a secret of the tests", b"PLATE\x0029A12345", hashlib.sha256).digest()
    assert _KEY.vehicle(plate="29A-123.45") == whole[:SUBJECT_BYTES]


@pytest.mark.parametrize("kind", TokenKind)
def test_no_vehicle_is_mistaken_for_a_person(kind: TokenKind) -> None:
    assert _KEY.vehicle(plate="29A12345") != _KEY.subject(kind=kind, identity="29A12345")


def test_a_plate_without_letters_and_digits_is_refused() -> None:
    with pytest.raises(ValueError, match="an identity can't be empty"):
        _KEY.vehicle(plate=" .-")


@pytest.mark.parametrize("written", ["+84 912 345 678", "0084912345678", "84-912-345-678", "0912.345.678"])
def test_a_phone_is_the_same_with_and_without_its_country(written: str) -> None:
    assert _KEY.subject(kind=TokenKind.PHONE, identity=written) == _KEY.subject(
        kind=TokenKind.PHONE, identity="0912345678"
    )


@pytest.mark.parametrize("number", ["0845123456", "84512345", "+65 6123 4567", "84912345678901"])
def test_digits_that_are_no_country_code_stay(number: str) -> None:
    assert national(normalise(number)) == normalise(number)


def test_only_a_phone_has_a_country() -> None:
    assert _KEY.subject(kind=TokenKind.CCCD, identity="84912345678") != _KEY.subject(
        kind=TokenKind.CCCD, identity="0912345678"
    )


def test_the_secret_does_not_show() -> None:
    assert "secret" not in repr(_KEY)
    assert "secret" not in str(_KEY)


@given(st.text())
def test_the_normal_form_of_a_normal_form_is_itself(identity: str) -> None:
    assert normalise(normalise(identity)) == normalise(identity)


@given(st.text(alphabet="0123456789ABCDEFXYZ", min_size=1, max_size=20), st.lists(st.sampled_from(" -./"), max_size=5))
def test_separators_and_case_never_matter(identity: str, separators: list[str]) -> None:
    written = identity.lower()
    for index, separator in enumerate(separators):
        written = written[:index] + separator + written[index:]
    assert normalise(written) == identity
