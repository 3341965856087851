"""Operators prove who they are with a token, and may do what their role may."""

from pathlib import Path

import pytest

from deploy.identity.operators import (
    RIGHTS,
    NotAllowed,
    Right,
    Role,
    claimed_name,
    new_operator,
    read_operators,
    read_token,
    require,
)
from deploy.user_error import UserError


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Path:
    return tmp_path / "operators.toml"


def test_a_new_operator_is_known_by_the_token_and_the_file_does_not_hold_it(file: Path) -> None:
    token = new_operator(file, name="an", role=Role.PROVINCE_CDC)
    another = new_operator(file, name="binh", role=Role.DATA_PROTECTION)
    operators = read_operators(str(file))
    assert (operators.who(token).name, operators.who(another + "\n").name) == ("an", "binh")
    assert operators.approvals == 1
    assert token.partition(".")[2] not in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("forged", ["", "an", "an.", "an.wrong", "nobody.secret", ".", "binh"])
def test_a_token_that_is_not_an_operators_is_refused_and_not_shown(file: Path, forged: str) -> None:
    token = new_operator(file, name="an", role=Role.PROVINCE_CDC)
    new_operator(file, name="binh", role=Role.PROVINCE_CDC)
    operators = read_operators(str(file))
    for wrong in (forged, forged + token.partition(".")[2] if forged == "binh" else forged):
        with pytest.raises(NotAllowed) as raised:
            operators.who(wrong)
        assert raised.value.message == "The token is not that of an operator; ask for a new one."


def test_only_tracers_open_and_only_who_answers_for_data_erases() -> None:
    assert RIGHTS[Role.PROVINCE_CDC] == {Right.OPEN, Right.APPROVE}
    assert RIGHTS[Role.DATA_PROTECTION] == {Right.APPROVE, Right.ERASE}


def test_a_role_without_a_right_is_told_which_has_it(file: Path) -> None:
    token = _added(file, Role.DATA_PROTECTION)
    operator = read_operators(str(file)).who(token)
    require(operator, Right.ERASE)
    with pytest.raises(
        NotAllowed, match=r"an \(data_protection\) may not open contact details; that takes the role pro"
    ):
        require(operator, Right.OPEN)


def _added(file: Path, role: Role) -> str:
    return new_operator(file, name="an", role=role)


@pytest.mark.parametrize("name", ["", "An", "1a", "a b", "a.b", "a" * 33, 'a"]\nrole=1'])
def test_a_name_that_could_break_the_file_or_a_token_is_refused(file: Path, name: str) -> None:
    with pytest.raises(UserError, match="is no name of an operator"):
        new_operator(file, name=name, role=Role.PROVINCE_CDC)
    assert not file.exists()


def test_a_name_is_given_once(file: Path) -> None:
    _added(file, Role.PROVINCE_CDC)
    with pytest.raises(UserError, match="There is an operator an already"):
        _added(file, Role.DATA_PROTECTION)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("approvals = 2", "approvals must be 0 or 1"),
        ("approvals = true.", "is wrong"),
        ("[operators.an]\nrole = 'king'\ntoken_sha256 = '" + "0" * 64 + "'", "'king' is not a valid Role"),
        ("[operators.an]\nrole = 'province_cdc'\ntoken_sha256 = 'abc'", "must be 64 hexadecimal digits"),
        ("[operators.an]\nrole = 'province_cdc'", "token_sha256"),
        ("operators = 3", "is wrong"),
        ("[operators]\nan = 3", "is wrong"),
        ("no toml", "see docs/identity.md"),
    ],
)
def test_a_wrong_file_is_explained(file: Path, content: str, sentence: str) -> None:
    file.write_text(content)
    file.chmod(0o600)
    with pytest.raises(UserError, match=sentence):
        read_operators(str(file))


def test_without_a_file_nobody_may_anything(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="Nobody may open or erase contact details here; set SCANSTREAM_OPERATORS_FILE"):
        read_operators("")
    with pytest.raises(UserError, match="correct SCANSTREAM_OPERATORS_FILE"):
        read_operators(str(tmp_path / "nowhere"))


def test_a_file_of_operators_others_may_change_is_refused(file: Path) -> None:
    _added(file, Role.PROVINCE_CDC)
    file.chmod(0o622)
    with pytest.raises(UserError, match="Others may read or change"):
        read_operators(str(file))


def test_a_token_others_may_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("an.secret\n")
    file.chmod(0o640)
    with pytest.raises(UserError, match="chmod go-rwx"):
        read_token(str(file))
    file.chmod(0o600)
    assert read_token(str(file)) == "an.secret"
    with pytest.raises(UserError, match="Say who you are: set SCANSTREAM_OPERATOR_TOKEN_FILE"):
        read_token("")


@pytest.mark.parametrize(("token", "name"), [("an.secret", "an"), ("0912345678", "unknown"), ("Họ Tên.x", "unknown")])
def test_what_a_token_claims_is_written_down_only_if_it_can_be_a_name(token: str, name: str) -> None:
    assert claimed_name(token) == name
