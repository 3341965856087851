"""Contact details open for those who may, after it was written down; there is no way around either."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.identity.audit_log import AuditLog, CannotAudit
from deploy.identity.desk import Approval, Desk
from deploy.identity.operators import NotAllowed, Operators, Role, new_operator, read_operators
from deploy.identity.request import request
from deploy.user_error import UserError
from schemas.audit import Act, read_entry
from schemas.key_ring import KeyRing, Secret
from schemas.vault import Contact, Details
from sinks.vault.contacts import ContactVault
from sinks.vault.memory_store import MemoryVaultStore
from sinks.vault.witness import MemoryWitness

_ONE, _OTHER = b"1" * 16, b"2" * 16
_SECRET_NAME = "Nguyễn Thị Nào Đó"  # noqa: S105 -- made up; what must not be seen
_ASKED = request(subject=_ONE.hex(), case="F0-1", reason="contact of a case")
_NOW = datetime(2021, 9, 1, tzinfo=UTC)


class Office:
    """A desk with its operators, log and vault, over stores in memory."""

    def __init__(self, directory: Path, *, approvals: int = 1) -> None:
        file = directory / "operators.toml"
        file.write_text(f"approvals = {approvals}\n")
        file.chmod(0o600)
        self.tokens = {
            name: new_operator(file, name=name, role=role)
            for name, role in (
                ("an", Role.PROVINCE_CDC),
                ("binh", Role.PROVINCE_CDC),
                ("chi", Role.DATA_PROTECTION),
            )
        }
        self.log_file = directory / "audit.log"
        self.store = MemoryVaultStore()
        self.vault = ContactVault(self.store, KeyRing((Secret(version=1, value=b"m" * 32),)), now=lambda: _NOW)
        for subject in (_ONE, _OTHER):
            contact = Contact(name=_SECRET_NAME, phone="x")
            self.vault.seal([Details(subject=subject, key_version=1, contact=contact)])
        self.operators: Operators = read_operators(str(file))
        self.desk = self.desk_at(self.log_file)

    def desk_at(self, log_file: Path) -> Desk:
        """Return a desk whose log is elsewhere."""
        return Desk(
            operators=self.operators,
            audit=AuditLog(log_file, MemoryWitness()),
            vault=self.vault,
            same_person=lambda subject: frozenset({subject, _OTHER}),
            now=lambda: _NOW,
        )

    def approval(self, name: str, *, token_of: str | None = None) -> Approval:
        """Return an approval by `name`, with the token of somebody."""
        return Approval(name=name, token=self.tokens[token_of or name])

    def acts(self) -> list[Act]:
        """Return what is in the log."""
        lines = self.log_file.read_text().splitlines() if self.log_file.exists() else []
        return [read_entry(line).act for line in lines]


@pytest.fixture(name="office")
def _office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_an_opening_that_another_approves_is_written_down_and_done(office: Office) -> None:
    found = office.desk.open(_ASKED, token=office.tokens["an"], approval=office.approval("chi"), linked=False)
    assert [it.contact.name for it in found.opened] == [_SECRET_NAME]
    assert office.acts() == [
        Act(
            at="2021-09-01T00:00:00.000+00:00",
            actor="an",
            action="open",
            subjects=(_ONE.hex(),),
            case="F0-1",
            reason="contact of a case",
            approved_by="chi",
            outcome="granted",
        )
    ]


def test_linked_subjects_are_opened_and_written_down_together(office: Office) -> None:
    found = office.desk.open(_ASKED, token=office.tokens["an"], approval=office.approval("binh"), linked=True)
    assert {it.subject for it in found.opened} == {_ONE, _OTHER}
    assert office.acts()[0].subjects == (_ONE.hex(), _OTHER.hex())


@pytest.mark.parametrize(
    ("who", "approver", "token_of", "sentence"),
    [
        ("an", None, None, "Another operator must approve this"),
        ("an", "an", None, "Nobody approves what they ask for themselves"),
        ("an", "binh", "an", "not that of the operator named in --approved-by"),
        ("an", "chi", "binh", "not that of the operator named in --approved-by"),
        ("chi", "an", None, r"chi \(data_protection\) may not open contact details"),
    ],
)
def test_who_may_not_is_refused_and_the_attempt_is_written_down(
    office: Office, who: str, approver: str | None, token_of: str | None, sentence: str
) -> None:
    approval = office.approval(approver, token_of=token_of) if approver else None
    with pytest.raises(NotAllowed, match=sentence):
        office.desk.open(_ASKED, token=office.tokens[who], approval=approval, linked=False)
    (act,) = office.acts()
    assert (act.actor, act.outcome.startswith("refused: ")) == (who, True)


@pytest.mark.parametrize("token", ["", "an.guess", "0912345678", "unknown.x"])
def test_a_forged_token_opens_nothing_and_is_not_in_the_log(office: Office, token: str) -> None:
    for approval in (office.approval("binh"), None):
        with pytest.raises(NotAllowed):
            office.desk.open(_ASKED, token=token, approval=approval, linked=False)
    assert {act.actor for act in office.acts()} <= {"an", "unknown"}
    for secret in ("guess", "0912345678"):
        assert secret not in office.log_file.read_text()


def test_an_approval_with_a_guessed_token_is_none(office: Office) -> None:
    guessed = Approval(name="binh", token=f"binh.{'x' * 43}")
    with pytest.raises(NotAllowed, match="not that of an operator"):
        office.desk.open(_ASKED, token=office.tokens["an"], approval=guessed, linked=False)


def test_a_number_given_as_an_approvers_name_stays_out_of_the_log(office: Office) -> None:
    approval = Approval(name="0912345678", token=office.tokens["binh"])
    with pytest.raises(NotAllowed):
        office.desk.open(_ASKED, token=office.tokens["an"], approval=approval, linked=False)
    assert [act.approved_by for act in office.acts()] == ["unknown"]


def test_alone_where_the_installation_says_so_but_a_bad_approval_still_counts(tmp_path: Path) -> None:
    office = Office(tmp_path, approvals=0)
    assert office.desk.open(_ASKED, token=office.tokens["an"], approval=None, linked=False).opened
    with pytest.raises(NotAllowed):
        office.desk.open(_ASKED, token=office.tokens["an"], approval=office.approval("an"), linked=False)


@pytest.mark.parametrize("log_file", [Path("/dev/null"), Path("/proc/nowhere/audit.log")])
def test_nothing_is_opened_or_erased_that_cannot_be_written_down(office: Office, log_file: Path) -> None:
    desk = office.desk_at(log_file)
    with pytest.raises(CannotAudit, match="SCANSTREAM_AUDIT_FILE"):
        desk.open(_ASKED, token=office.tokens["an"], approval=office.approval("chi"), linked=False)
    with pytest.raises(CannotAudit):
        desk.erase(_ASKED, token=office.tokens["chi"], linked=False)
    assert len(office.store.keys([_ONE])) == 1


def test_nothing_is_opened_after_the_log_was_touched(office: Office) -> None:
    office.desk.open(_ASKED, token=office.tokens["an"], approval=office.approval("chi"), linked=False)
    office.log_file.write_text(office.log_file.read_text().replace("contact of a case", "contact of a friend"))
    with pytest.raises(CannotAudit, match="Entry 1 was changed"):
        office.desk.open(_ASKED, token=office.tokens["an"], approval=office.approval("chi"), linked=False)


def test_what_was_erased_opens_for_nobody(office: Office) -> None:
    assert office.desk.erase(_ASKED, token=office.tokens["chi"], linked=False) == 1
    found = office.desk.open(_ASKED, token=office.tokens["an"], approval=office.approval("chi"), linked=True)
    assert ([it.subject for it in found.opened], found.erased) == ([_OTHER], 1)
    assert [act.action for act in office.acts()] == ["erase", "open"]


def test_who_opens_may_not_erase(office: Office) -> None:
    with pytest.raises(NotAllowed, match="may not erase contact details; that takes the role data_protection"):
        office.desk.erase(_ASKED, token=office.tokens["an"], linked=True)
    assert len(office.store.keys([_ONE, _OTHER])) == 2


def test_details_that_were_tampered_with_are_told_and_not_shown(office: Office) -> None:
    (moved,) = office.store.contacts([_OTHER])
    fields = {name: getattr(moved, name) for name in moved.__slots__}
    (key,) = office.store.keys([_ONE])
    office.store.add_contacts([type(moved)(**(fields | {"subject": _ONE, "key_id": key.key_id}))])
    with pytest.raises(UserError, match="The contact details can't be opened: the details sealed at") as raised:
        office.desk.open(_ASKED, token=office.tokens["an"], approval=office.approval("chi"), linked=False)
    assert _SECRET_NAME not in raised.value.message


def test_the_log_never_holds_what_was_opened(office: Office) -> None:
    office.desk.open(_ASKED, token=office.tokens["an"], approval=office.approval("chi"), linked=True)
    written = office.log_file.read_bytes().decode()
    assert _SECRET_NAME not in written
    assert all(token.partition(".")[2] not in written for token in office.tokens.values())
