"""Contact details are read from CSV, all or none, and a wrong line is named without what is in it."""

import io

import pytest

from deploy.contacts import read_contacts
from deploy.user_error import UserError
from schemas.enums import TokenKind
from schemas.pseudonym import PseudonymKey
from schemas.vault import Contact, Details

_KEY = PseudonymKey(4, b"k" * 32)
_HEAD = "kind,number,name,phone,address\n"


def test_numbers_become_pseudonyms_of_the_current_key_and_the_rest_is_kept() -> None:
    text = "address,kind,number,name,phone,note\nấp 1,CCCD,094 099 000 001,Nguyễn A,,x\n,PHONE,+84912000111,,x,\n"
    assert read_contacts(io.StringIO(text), _KEY) == [
        Details(
            subject=_KEY.subject(kind=TokenKind.CCCD, identity="094099000001"),
            key_version=4,
            contact=Contact(name="Nguyễn A", address="ấp 1"),
        ),
        Details(
            subject=_KEY.subject(kind=TokenKind.PHONE, identity="0912000111"), key_version=4, contact=Contact(phone="x")
        ),
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "must name the columns kind, number, name, phone, address, too"),
        ("kind,number,name\n", "must name the columns phone, address, too"),
        (f"{_HEAD}CCCD,094099000001,Secret,,\nCARD,2,Secret,,\n", "line 3: kind must be one of CCCD, CMND, PASSPORT"),
        (f"{_HEAD}ANON,1,Secret,,\n", "line 2: kind must be one of"),
        (f"{_HEAD}CCCD,******0001,Secret,,\n", "line 2: number is masked"),
        (f"{_HEAD}CCCD,94099000001,Secret,,\n", "line 2: number must have 12 digits; format the column as text"),
        (f"{_HEAD}CCCD,-,Secret,,\n", "line 2: an identity can't be empty"),
        (f"{_HEAD}CCCD,1\n", "line 2: there is neither name nor phone nor address"),
        (f"{_HEAD}CCCD,1,{'Secret' * 100},,\n", "line 2: no text may be longer than 500 characters"),
        (f"{_HEAD}CCCD,1,{'Secret' * 30_000},,\n", "what follows line 1 is no CSV"),
    ],
)
def test_a_wrong_file_is_explained_without_what_is_in_it(text: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence) as raised:
        read_contacts(io.StringIO(text), _KEY)
    assert raised.value.message.startswith("Nothing was sealed: ")
    assert "Secret" not in raised.value.message


def test_a_file_in_another_encoding_is_explained() -> None:
    file = io.TextIOWrapper(io.BytesIO(f"{_HEAD}CCCD,1,Chợ,,\n".encode("utf-16")), encoding="utf-8")
    with pytest.raises(UserError, match="the file is not in UTF-8"):
        read_contacts(file, _KEY)
