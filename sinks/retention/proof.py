"""The proof of deletion: what a run found, deleted and left. Pure; its digest goes into the audit log."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sinks.retention.holds import Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One table's rows of one province (0: unknown, or a table without provinces) before and after a run.

    `days` is the rule. `held` rows are older and stay for a case or because rows of the person do; `waiting` ones are
    older and not in the ledger yet; `remaining` ones are older and stay for no reason, so the run did not end its work.
    Rows the ledger did not cover at the start are in no count but `waiting`. `oldest` is the age column's least value
    after the run, None where nothing is left.
    """

    table: str
    province: int
    days: int
    rows_before: int
    deleted: int
    rows_after: int
    held: int
    waiting: int
    remaining: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """All accounts of a run at the moment `run_at` (aware), and the holds that were in force."""

    run_at: datetime
    accounts: tuple[Account, ...]
    holds: tuple[Hold, ...]

    @property
    def deleted(self) -> int:
        """Rows deleted."""
        return sum(it.deleted for it in self.accounts)

    @property
    def complete(self) -> bool:
        """True when nothing is left that should have gone."""
        return not any(it.remaining for it in self.accounts)

    @property
    def digest(self) -> str:
        """SHA-256 (hexadecimal) of everything above, written in one way only."""
        content = json.dumps(self._plain(), ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=_time)
        return hashlib.sha256(content.encode("ascii")).hexdigest()

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {**self._plain(), "deleted": self.deleted, "complete": self.complete, "digest": self.digest}

    def _plain(self) -> dict[str, Any]:
        accounts = sorted(self.accounts, key=lambda it: (it.table, it.province))
        return {
            "run_at": _time(self.run_at),
            "accounts": [asdict(it) for it in accounts],
            "holds": [asdict(it) for it in sorted(self.holds, key=lambda it: it.case_id)],
        }


def render(proof: Proof, *, planned: bool = False) -> str:
    """Return the proof, or what is only planned, as a plain table and sentences; tables without rows are left out."""
    head = ["table", "province", "days", "before", "deleted", "after", "held", "waiting", "remaining", "oldest"]
    lines = [head, *(_line(it) for it in proof.accounts if it.rows_before or it.waiting)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    table = ["  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
    return "\n".join([*table, *_held(proof), *([_plan(proof)] if planned else _verdict(proof))])


def _line(it: Account) -> list[str]:
    oldest = f"{it.oldest:%Y-%m-%d %H:%M}" if it.oldest else "-"
    numbers = (it.rows_before, it.deleted, it.rows_after, it.held, it.waiting, it.remaining)
    return [it.table, str(it.province), str(it.days), *(f"{number:,}" for number in numbers), oldest]


def _held(proof: Proof) -> Sequence[str]:
    return [
        f"Held for case {it.case_id} ({it.reason}): {it.people} pseudonyms, and {it.contacts} of contacts."
        for it in proof.holds
    ]


def _plan(proof: Proof) -> str:
    return f"{proof.deleted:,} rows would go; nothing was deleted."


def _verdict(proof: Proof) -> Sequence[str]:
    verdict = (
        f"{proof.deleted:,} rows deleted at {_time(proof.run_at)}; what is left and older than its rule is held."
        if proof.complete
        else "Rows are left that should be gone; run it again."
    )
    return [verdict, f"Digest {proof.digest}"]


def _time(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
