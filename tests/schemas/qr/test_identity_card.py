"""The code on the chip identity card: its number is taken only if the card agrees with itself."""

from datetime import date

import pytest
from hypothesis import given

from schemas.enums import Credential, TokenKind
from schemas.qr.identity_card import card_text
from schemas.qr.read import read
from schemas.qr.result import Identity, PersonCode, Trouble, Unreadable
from tests.schemas.qr.people import Someone, people

_CARD = "001087123456|123456789|Lê An|18011987|Nam|Tổ 5|01042021"


@given(who=people())
def test_what_is_written_is_read(who: Someone) -> None:
    assert read(who.card()) == PersonCode(
        credential=Credential.QR_CCCD,
        identity=Identity(TokenKind.CCCD, who.cccd),
        also=(Identity(TokenKind.CMND, who.cmnd),) if who.cmnd else (),
    )


def test_a_card_has_seven_fields() -> None:
    text = card_text(
        cccd="001087123456",
        cmnd="123456789",
        name="Lê An",
        birth=date(1987, 1, 18),
        gender="Nam",
        address="Tổ 5",
        issued=date(2021, 4, 1),
    )
    assert text == _CARD


@pytest.mark.parametrize(
    "written",
    [
        _CARD,
        "|".join(_CARD.split("|")[:4]),
        _CARD.replace("18011987", "18/01/1987"),
        _CARD.replace("18011987", "1987"),
        _CARD.replace("001087123456", " 001087 123456 "),
        _CARD.replace("Nam", "N?m"),
        _CARD.replace("123456789", "001087123456"),
        f"{_CARD}||Lê Ba|Trần Tư|",
    ],
)
def test_tolerable_differences_do_not_matter(written: str) -> None:
    found = read(written)
    assert isinstance(found, PersonCode)
    assert found.identity == Identity(TokenKind.CCCD, "001087123456")


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        (_CARD[1:], Trouble.INCOMPLETE),
        (_CARD[3:], Trouble.INCOMPLETE),
        (_CARD.replace("001087", "******"), Trouble.MASKED),
        (_CARD.replace("1987", "1986"), Trouble.DAMAGED),
        (_CARD.replace("1801", "3102"), Trouble.DAMAGED),
        (_CARD.replace("Nam", "Nữ"), Trouble.DAMAGED),
        (_CARD.replace("123456789", "12345678"), Trouble.DAMAGED),
        (_CARD.replace("001087123456", "O01087123456"), Trouble.DAMAGED),
        ("|".join(_CARD.split("|")[:3]), Trouble.UNKNOWN_FORMAT),
    ],
)
def test_a_card_that_disagrees_with_itself_is_refused(text: str, trouble: Trouble) -> None:
    found = read(text)
    assert isinstance(found, Unreadable)
    assert found.trouble is trouble


def test_a_bar_in_a_field_cannot_be_written() -> None:
    with pytest.raises(ValueError, match=r"a field can't hold \|"):
        card_text(cccd="1", name="A|B", birth=date(1987, 1, 18), gender="Nam")
