"""Open and erase contact details for operators who may, after it was written down."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from deploy.identity.audit_log import AuditLog
from deploy.identity.operators import NotAllowed, Operator, Operators, Right, claimed_name, require
from deploy.identity.request import Request
from deploy.user_error import UserError
from schemas.audit import Act, instant
from schemas.vault import CannotOpen
from sinks.vault.contacts import ContactVault, Found
from sinks.vault.store import NotErased


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Another operator who agrees: the name that was given, and the token this person showed."""

    name: str
    token: str = field(repr=False)


class Desk:
    """The only way to contact details.

    Every method checks the rights, then writes to the audit log, then acts; if it can't be written nothing is done.
    A refusal is written down, too. Raises NotAllowed, CannotAudit, and UserError for what can't be opened.
    """

    def __init__(
        self,
        *,
        operators: Operators,
        audit: AuditLog,
        vault: ContactVault,
        same_person: Callable[[bytes], frozenset[bytes]],
        now: Callable[[], datetime],
    ) -> None:
        """Take who may what, where it is written down, and the vault; `same_person` resolves links, `now` is aware."""
        self._operators, self._audit, self._vault = operators, audit, vault
        self._same_person, self._now = same_person, now

    def open(self, asked: Request, *, token: str, approval: Approval | None, linked: bool) -> Found:
        """Return the contact details of a subject; with `linked` of all subjects that are the same person."""
        subjects = self._subjects(asked, linked=linked)
        approved_by = claimed_name(approval.name) if approval else ""
        act = self._act("open", subjects, asked, token=token, approved_by=approved_by)
        self._permit(act, lambda: self._may_open(token, approval))
        try:
            return self._vault.open(subjects)
        except CannotOpen as problem:
            raise UserError(f"The contact details can't be opened: {problem}.") from None

    def erase(self, asked: Request, *, token: str, linked: bool) -> int:
        """Destroy the keys of a subject's contact details and return how many; `linked` as in `open`."""
        subjects = self._subjects(asked, linked=linked)
        act = self._act("erase", subjects, asked, token=token, approved_by="")
        self._permit(act, lambda: require(self._operators.who(token), Right.ERASE))
        try:
            return self._vault.erase(subjects)
        except NotErased as problem:
            raise UserError(f"{problem} Erase again until it succeeds; see docs/identity.md.") from None

    def _subjects(self, asked: Request, *, linked: bool) -> frozenset[bytes]:
        return self._same_person(asked.subject) if linked else frozenset({asked.subject})

    def _may_open(self, token: str, approval: Approval | None) -> None:
        operator = self._operators.who(token)
        require(operator, Right.OPEN)
        if approval:
            self._check_approval(operator, approval)
        elif self._operators.approvals:
            raise NotAllowed("Another operator must approve this; give --approved-by and let them type their token.")

    def _check_approval(self, operator: Operator, approval: Approval) -> None:
        approver = self._operators.who(approval.token)
        if approver.name != approval.name:
            raise NotAllowed("The token is not that of the operator named in --approved-by.")
        if approver.name == operator.name:
            raise NotAllowed("Nobody approves what they ask for themselves; another operator must.")
        require(approver, Right.APPROVE)

    def _permit(self, act: Act, check: Callable[[], None]) -> None:
        try:
            check()
        except NotAllowed as refusal:
            self._audit.append(replace(act, outcome=f"refused: {refusal.message}"))
            raise
        self._audit.append(replace(act, outcome="granted"))

    def _act(self, action: str, subjects: frozenset[bytes], asked: Request, *, token: str, approved_by: str) -> Act:
        return Act(
            at=instant(self._now()),
            actor=claimed_name(token),
            action=action,
            subjects=tuple(sorted(subject.hex() for subject in subjects)),
            case=asked.case,
            reason=asked.reason,
            approved_by=approved_by,
            outcome="",
        )
