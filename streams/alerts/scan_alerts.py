"""Which scans raise an alert, of what kind, and for whom. Pure; the rules are those of domain.md 3.5 and 3.7."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from schemas.columns import Columns
from schemas.enums import Category, Flag, IdentityMatch, PassStatus, Verdict
from schemas.kinds import ALERT
from schemas.report_enums import AlertRole, AlertType, Regime, Severity
from schemas.wire import encode

Bools = npt.NDArray[np.bool_]
Added = Mapping[str, npt.NDArray[np.generic]]
_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class ScanAlert:
    """An alert that every scan raises for which `holds`, told by the scan's `flags` and the columns added to it."""

    type: AlertType
    severity: Severity
    role: AlertRole
    detail: str
    holds: Callable[[npt.NDArray[np.uint16], Added], Bools]


@dataclass(frozen=True, slots=True)
class AlertMessage:
    """An alert as a message of its topic. The same scan raises it with the same bytes, however often."""

    key: bytes
    value: bytes


def _flagged(flags: npt.NDArray[np.uint16], flag: int) -> Bools:
    found: Bools = (flags & flag) != 0
    return found


def _has(added: Added, column: str, value: int) -> Bools | np.bool_:
    return np.equal(added[column], value) if column in added else np.False_


def _breach(flags: npt.NDArray[np.uint16], _: Added) -> Bools:
    return _flagged(flags, Flag.ISOLATED) & ~_flagged(flags, Flag.OWN_SITE)


def _status(status: PassStatus) -> Callable[[npt.NDArray[np.uint16], Added], Bools]:
    return lambda flags, added: np.broadcast_to(_has(added, "pass_status", status), flags.shape)


def _mismatch(flags: npt.NDArray[np.uint16], added: Added) -> Bools:
    return np.broadcast_to(_has(added, "identity_match", IdentityMatch.MISMATCH), flags.shape)


def _in_strict_regime(flags: npt.NDArray[np.uint16], added: Added) -> Bools:
    public = _has(added, "category", Category.PUBLIC_PLACE) | _has(added, "category", Category.CROWDED_PLACE)
    return np.broadcast_to(public & _has(added, "regime", Regime.CT16), flags.shape)


#: What a scan may raise; a scan may raise several.
SCAN_ALERTS: Sequence[ScanAlert] = (
    ScanAlert(
        AlertType.SUSPECT_SCAN,
        Severity.CRITICAL,
        AlertRole.PROVINCE_CDC,
        "A suspected or confirmed case was scanned.",
        lambda flags, _: _flagged(flags, Flag.SUSPECTED | Flag.CASE),
    ),
    ScanAlert(
        AlertType.ISOLATION_BREACH,
        Severity.CRITICAL,
        AlertRole.ISOLATION_MANAGER,
        "Somebody in isolation was scanned away from the site ordered, or from the home's commune.",
        _breach,
    ),
    ScanAlert(
        AlertType.PASS_EXPIRED,
        Severity.WARNING,
        AlertRole.CHECKPOINT,
        "The pass shown or held is no longer valid.",
        _status(PassStatus.EXPIRED),
    ),
    ScanAlert(
        AlertType.PASS_EXPIRED,
        Severity.CRITICAL,
        AlertRole.CHECKPOINT,
        "The pass shown or held was revoked.",
        _status(PassStatus.REVOKED),
    ),
    ScanAlert(
        AlertType.PASS_EXPIRED,
        Severity.WARNING,
        AlertRole.CHECKPOINT,
        "The pass shown or held is not valid yet.",
        _status(PassStatus.NOT_YET),
    ),
    ScanAlert(
        AlertType.IDENTITY_MISMATCH,
        Severity.WARNING,
        AlertRole.CHECKPOINT,
        "The pass shown was issued to somebody else.",
        _mismatch,
    ),
    ScanAlert(
        AlertType.CT16_PUBLIC_SCAN,
        Severity.WARNING,
        AlertRole.DISTRICT,
        "A public place was visited where Directive 16 closes it.",
        _in_strict_regime,
    ),
)


def scan_alerts(
    columns: Columns, *, order: npt.NDArray[np.int64], verdict: npt.NDArray[np.uint8], flags: Any, added: Added
) -> list[AlertMessage]:
    """Return the alerts of accepted scans.

    `order` picks the scans out of `columns`; `flags` and `added` have its length, `verdict` the columns'. The times of
    an alert are those its scan was sent with, so that a scan sent again raises an alert that is recognised as the same.
    """
    accepted = verdict[order] == int(Verdict.ACCEPTED)
    rows = [(kind, row) for kind in SCAN_ALERTS for row in np.flatnonzero(accepted & kind.holds(flags, added)).tolist()]
    return [
        _message(kind, columns, int(order[row]), {name: int(values[row]) for name, values in added.items()})
        for kind, row in rows
    ]


def _message(kind: ScanAlert, columns: Columns, row: int, added: Mapping[str, int]) -> AlertMessage:
    subject = columns.words("subject")[row].tobytes()
    evidence = columns.words(columns.plan.identity)[row].tobytes()
    record = {
        "event_id": hashlib.sha256(kind.type.name.encode() + evidence).digest()[:_ID_BYTES],
        "subject": subject,
        **{name: int(columns.integer(name)[row]) for name in ("device_id", "event_time", "sent_at", "received_at")},
        "type": kind.type.name,
        "severity": kind.severity.name,
        "role": kind.role.name,
        "place_id": int(columns.integer("place_id")[row]),
        "evidence": evidence,
        "about_device": 0,
        "area_code": added.get("commune", 0),
        "measure": added.get("risk_level", 0),
        "detail": kind.detail,
    }
    return AlertMessage(subject, encode(ALERT, record))
