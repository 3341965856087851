"""Retention with its acts in the audit log: before anything is deleted, and with the proof's digest afterwards."""

import time as clock
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

from clickhouse_connect.driver.client import Client

from deploy.identity.audit_log import AuditLog
from deploy.user_error import UserError
from schemas.audit import Act, instant
from schemas.zone import VIETNAM
from sinks.retention.days import RetentionDays
from sinks.retention.holds import add_hold, is_held_by_hand, knows_case, release_hold
from sinks.retention.proof import Proof
from sinks.retention.proofs import read_proofs
from sinks.retention.run import RetentionFailed, Run, Say
from sinks.retention.servers import Servers

_CASE_BYTES = 16


class RetentionDesk:
    """Runs retention and keeps holds for `actor`; what can't be written down is not done."""

    def __init__(
        self,
        client: Client,
        audit: AuditLog,
        *,
        actor: str,
        now: Callable[[], datetime],
        cluster: str = "",
        sleep: Callable[[float], None] = clock.sleep,
    ) -> None:
        """Take a client whose database is ours, where acts are written down, and who acts; `now` is aware.

        `cluster` is its name where the tables are on one (docs/cluster.md); `sleep` serves the wait for the server.
        """
        self._client, self._audit, self._actor, self._now = client, audit, actor, now
        self._cluster, self._sleep = cluster, sleep

    def plan(self, days: RetentionDays) -> Proof:
        """Return what a run would do now."""
        return self._run_of(days, _milliseconds(self._now())).plan()

    def run(self, days: RetentionDays, *, say: Say) -> Proof:
        """Delete what is due and return the proof, whose digest is in the audit log then.

        Raises UserError where ClickHouse can't delete, CannotAudit before anything is deleted.
        """
        now = _milliseconds(self._now())
        self._write("retention begins", f"rows about people leave after {days} days")
        try:
            proof = self._run_of(days, now, say=say).do()
        except RetentionFailed as failure:
            raise UserError(f"{failure}. Run it again once that is mended: it goes on where it stopped.") from None
        self._write("retention proof", f"{proof.deleted} rows deleted, digest {proof.digest}")
        return proof

    def proofs(self, day: date) -> Sequence[tuple[Proof, int]]:
        """Return the proofs of a day's runs (in Vietnam), and for each the number of its entry in the audit log.

        It is 0 where there is none with the proof's digest: the run was killed before, or the proof was changed.
        """
        start = datetime.combine(day, time(), VIETNAM)
        written = {act.reason.rpartition(" ")[2]: number for number, act in self._audit.acts("retention proof")}
        proofs = read_proofs(self._client, since=start, until=start + timedelta(days=1))
        return [(proof, written.get(proof.digest, 0)) for proof in proofs]

    def hold(self, case: str, reason: str) -> None:
        """Hold the rows of a case from the next run on; raises UserError for a case nobody has told of."""
        case_id = case_of(case)
        if not knows_case(self._client, case_id):
            raise UserError(f"There is no case {case}; take its case_id from the table `cases`.")
        self._write("hold", reason, case=case)
        add_hold(self._client, case_id=case_id, reason=reason, now=self._now())

    def release(self, case: str, reason: str) -> None:
        """Release a hold made by `hold`; raises UserError where there is none."""
        case_id = case_of(case)
        if not is_held_by_hand(self._client, case_id):
            raise UserError(f"Case {case} is not held by hand; an open case is released when it is closed.")
        self._write("release", reason, case=case)
        release_hold(self._client, case_id=case_id, reason=reason, now=self._now())

    def _run_of(self, days: RetentionDays, now: datetime, say: Say = lambda _: None) -> Run:
        servers = Servers(self._cluster)
        return Run(self._client, days=days, now=now, say=say, sleep=self._sleep, servers=servers)

    def _write(self, action: str, reason: str, *, case: str = "") -> None:
        self._audit.append(
            Act(
                at=instant(self._now()),
                actor=self._actor,
                action=action,
                subjects=(),
                case=case,
                reason=reason,
                approved_by="",
                outcome="granted",
            )
        )


def case_of(text: str) -> bytes:
    """Return the case that hexadecimal digits write; raise UserError."""
    try:
        case_id = bytes.fromhex(text)
    except ValueError:
        case_id = b""
    if len(case_id) != _CASE_BYTES:
        raise UserError(f"CASE must be the case_id of a case: {2 * _CASE_BYTES} hexadecimal digits.")
    return case_id


def _milliseconds(at: datetime) -> datetime:
    """Return a time as tables keep it."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
