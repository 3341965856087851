"""The personal code of Decision 1405: who it names, with everything hidden that apps hide."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.enums import Credential, TokenKind
from schemas.qr.personal import personal_text
from schemas.qr.read import read
from schemas.qr.result import Identity, Masked, PersonCode, Trouble, Unreadable
from tests.schemas.qr.people import Someone, extensions, people

_BORN = date(1987, 1, 18)


def _text(document: str, **others: str) -> str:
    fields = {"name": "Đỗ Thị Ước", "qid": "162979388586171100", **others}
    return personal_text(document=document, name=fields["name"], birth=_BORN, qid=fields["qid"], hidden=False)


@given(who=people(), hidden=st.booleans(), by_another=st.booleans(), extension=extensions)
def test_what_is_written_is_read(who: Someone, extension: str, *, hidden: bool, by_another: bool) -> None:
    text = personal_text(
        document=who.cccd,
        name=who.name,
        birth=who.birth,
        qid=who.qid,
        by_another=by_another,
        extension=extension,
        hidden=hidden,
    )
    assert text.isascii()
    assert read(text) == PersonCode(
        credential=Credential.QR_1405,
        identity=Identity(TokenKind.QID, who.qid),
        also=() if hidden else (Identity(TokenKind.CCCD, who.cccd),),
        masked=Masked.DOCUMENT | Masked.BIRTH_DATE if hidden else Masked.NOTHING,
        declared_by_another=by_another,
    )


def test_apps_hide_six_characters_and_the_day() -> None:
    text = personal_text(document="B1234567", name="Lê An", birth=_BORN, qid="1")
    assert text == "******67|LE AN|1987-**-**|0|1|"


@given(who=people(), hidden=st.booleans())
def test_fields_missing_at_the_end_do_not_matter(who: Someone, *, hidden: bool) -> None:
    fields = who.personal(hidden=hidden, extension="<1<<").split("|")
    assert read("|".join(fields[:5])) == read("|".join(fields))


@given(who=people())
def test_without_a_qid_only_a_whole_new_card_names_anybody(who: Someone) -> None:
    found = read("|".join(who.personal(hidden=False).split("|")[:4]))
    assert isinstance(found, PersonCode)
    assert (found.identity, found.also) == (Identity(TokenKind.CCCD, who.cccd), ())
    hidden = read("|".join(who.personal(hidden=True).split("|")[:4]))
    assert isinstance(hidden, Unreadable)
    assert hidden.trouble is Trouble.MASKED
    old = read("|".join(replace(who, cccd="123456789").personal(hidden=False).split("|")[:4]))
    assert isinstance(old, Unreadable)
    assert old.trouble is Trouble.INCOMPLETE


@pytest.mark.parametrize(
    ("document", "linked"),
    [
        ("001087123456", [TokenKind.CCCD]),
        ("123456789", [TokenKind.CMND]),
        ("087123456", []),  # what is left of the new card without its first three digits
        ("187123456", []),
        ("001187123456", [TokenKind.CCCD]),
        ("001287123456", []),  # born in another century
        ("001088123456", []),  # in another year
        ("01087123456", []),
        ("B1234567", []),  # may have lost its first letter
        ("", []),
    ],
)
def test_a_document_is_linked_only_where_it_is_certain(document: str, linked: list[TokenKind]) -> None:
    found = read(_text(document))
    assert isinstance(found, PersonCode)
    assert found.identity.kind is TokenKind.QID
    assert [(other.kind, other.number) for other in found.also] == [(kind, document) for kind in linked]


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        (_text("123456789", qid="************171100"), Trouble.MASKED),
        (_text("123456789", qid="62979388586171100"), Trouble.INCOMPLETE),
        (_text("123456789", qid="16297938858617110O"), Trouble.INCOMPLETE),
        (_text("123456789").replace("|0|", "|7|"), Trouble.DAMAGED),
        (_text("123456789").replace("-01-18", "-13-18"), Trouble.DAMAGED),
        (_text("123456789").replace("1987", "1787"), Trouble.DAMAGED),
        (_text("123456789", name=""), Trouble.DAMAGED),
    ],
)
def test_what_cannot_name_anybody_is_refused(text: str, trouble: Trouble) -> None:
    found = read(text)
    assert isinstance(found, Unreadable)
    assert found.trouble is trouble


def test_a_bar_in_a_field_cannot_be_written() -> None:
    with pytest.raises(ValueError, match=r"a field can't hold \|"):
        _text("1|2")
