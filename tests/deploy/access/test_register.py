"""The register: credentials shown once, scopes that exist, a file nobody else reads."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.access.register import Register
from deploy.user_error import UserError

_AT = datetime(2021, 8, 5, tzinfo=UTC)


@pytest.fixture
def register(tmp_path: Path) -> Register:
    """Return an empty register."""
    return Register(tmp_path / "data" / "access.json", reserved="keeper")


def test_a_token_is_that_of_one_person_until_it_is_revoked(register: Register) -> None:
    token = register.grant(name="mai", role="commune", scope=("26041",), at=_AT)
    other = register.grant(name="lan", role="district", scope=("731", "732"), at=_AT)
    person = register.who("mai", token)
    assert person is not None
    assert (person.role, person.scope) == ("commune", ("26041",))
    assert register.who("mai", other) is None
    assert register.who("nobody", token) is None
    register.revoke("mai")
    assert register.who("mai", token) is None
    assert set(register.people()) == {"lan"}


def test_neither_the_file_nor_a_representation_shows_a_token(register: Register, tmp_path: Path) -> None:
    token = register.grant(name="mai", role="ops", scope=(), at=_AT)
    person = register.people()["mai"]
    file = tmp_path / "data" / "access.json"
    assert token not in file.read_text()
    assert person.engine_password not in repr(person)
    assert file.stat().st_mode & 0o077 == 0


def test_the_engine_and_a_server_know_a_person_by_different_passwords(register: Register) -> None:
    register.grant(name="mai", role="ops", scope=(), at=_AT)
    person = register.people()["mai"]
    assert person.login.password_sha256 == person.token_sha256
    assert person.engine_login.password_sha256 != person.token_sha256
    assert "::/0" not in person.engine_login.networks


def test_a_register_others_may_read_is_refused(register: Register, tmp_path: Path) -> None:
    register.grant(name="mai", role="ops", scope=(), at=_AT)
    (tmp_path / "data" / "access.json").chmod(0o644)
    with pytest.raises(UserError, match="chmod go-rwx"):
        register.people()


@pytest.mark.parametrize(
    ("name", "role", "scope"),
    [
        ("mai", "commune", ()), ("mai", "commune", ("1",)), ("mai", "commune", ("731",)), ("mai", "district", ("1",)),
        ("mai", "province_cdc", ("1 OR 1",)), ("mai", "venue_owner", ("0",)), ("mai", "venue_owner", ("4294967296",)),
        ("mai", "venue_owner", ("٣",)), ("mai", "sector_dept", ("75",)), ("mai", "sector_dept", ("75/X') OR ('",)),
        ("mai", "sector_dept", ("75/UNKNOWN",)), ("mai", "ops", ("75",)), ("default", "ops", ()), ("m", "ops", ()),
        ("Mai", "ops", ()), ("a<b", "ops", ()), ("../a", "ops", ()), ("a\n", "ops", ()),
        ("scanstream_owner", "ops", ()), ("keeper", "ops", ()),
    ],
)  # fmt: skip
def test_a_name_or_scope_that_is_none_is_refused_in_a_sentence(
    register: Register, name: str, role: str, scope: tuple[str, ...]
) -> None:
    with pytest.raises(UserError, match=r"^[A-Z'\"-].*\.$"):
        register.grant(name=name, role=role, scope=scope, at=_AT)
    assert register.people() == {}


def test_nobody_becomes_the_administrator_by_their_name(register: Register, tmp_path: Path) -> None:
    register.grant(name="mai", role="ops", scope=(), at=_AT)
    with pytest.raises(UserError, match="another administrator"):
        Register(tmp_path / "data" / "access.json", reserved="mai").people()


def test_a_name_is_given_once(register: Register) -> None:
    register.grant(name="mai", role="ops", scope=(), at=_AT)
    with pytest.raises(UserError, match="scanstream access revoke mai"):
        register.grant(name="mai", role="auditor", scope=(), at=_AT)
    with pytest.raises(UserError, match="scanstream access list"):
        register.revoke("lan")
