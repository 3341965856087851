import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.enums import TokenKind
from schemas.pseudonym import SUBJECT_BYTES, PseudonymKey, normalise

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
