"""The table of rules: adding one is a row here and a file in `rules/`. What they mean is in docs/alerts.md."""

from schemas.report_enums import AlertRole, AlertType, Severity
from sinks.watch.rule import WatchRule

_MINUTE, _HOUR = 60, 3_600

RULES: tuple[WatchRule, ...] = (
    WatchRule(
        name="pass_expiring",
        type=AlertType.PASS_EXPIRING,
        severity=Severity.INFO,
        role=AlertRole.COMMUNE,
        period_seconds=10 * _MINUTE,
        detail="A movement pass ends within 24 hours.",
    ),
    WatchRule(
        name="symptom_escalation",
        type=AlertType.SYMPTOM_ESCALATION,
        severity=Severity.WARNING,
        role=AlertRole.COMMUNE,
        period_seconds=_MINUTE,
        detail="A person reports fever, or more symptoms than the last time.",
    ),
    WatchRule(
        name="missed_update",
        type=AlertType.MISSED_UPDATE,
        severity=Severity.WARNING,
        role=AlertRole.ISOLATION_MANAGER,
        period_seconds=_HOUR,
        detail="The daily health update of an isolated person is missing.",
    ),
    WatchRule(
        name="exposure_venue",
        type=AlertType.EXPOSURE_VENUE,
        severity=Severity.CRITICAL,
        role=AlertRole.PROVINCE_CDC,
        period_seconds=_MINUTE,
        detail="A confirmed case was at this place while infectious.",
    ),
    WatchRule(
        name="impossible_travel",
        type=AlertType.IMPOSSIBLE_TRAVEL,
        severity=Severity.WARNING,
        role=AlertRole.PROVINCE_CDC,
        period_seconds=5 * _MINUTE,
        detail="One identity was scanned in two provinces within an hour.",
    ),
    WatchRule(
        name="capacity",
        type=AlertType.CAPACITY,
        severity=Severity.WARNING,
        role=AlertRole.PLACE_OWNER,
        period_seconds=2 * _MINUTE,
        detail="The place holds 80 % of its capacity or more.",
    ),
    WatchRule(
        name="place_dormant",
        type=AlertType.PLACE_DORMANT,
        severity=Severity.WARNING,
        role=AlertRole.PLACE_OWNER,
        period_seconds=_HOUR,
        detail="Nobody was scanned at this place for three days.",
    ),
    WatchRule(
        name="device_silent",
        type=AlertType.DEVICE_SILENT,
        severity=Severity.WARNING,
        role=AlertRole.OPERATIONS,
        period_seconds=5 * _MINUTE,
        detail="A device that worked today has not been heard of for an hour.",
    ),
    WatchRule(
        name="risk_raised",
        type=AlertType.RISK_RAISED,
        severity=Severity.WARNING,
        role=AlertRole.PROVINCE_CDC,
        period_seconds=_MINUTE,
        detail="The risk level of this area was raised.",
    ),
    WatchRule(
        name="lockdown_exit",
        type=AlertType.LOCKDOWN_EXIT,
        severity=Severity.CRITICAL,
        role=AlertRole.DISTRICT,
        period_seconds=2 * _MINUTE,
        detail="Somebody who reports from a locked-down area was scanned outside it.",
    ),
    WatchRule(
        name="zero_scan_commune",
        type=AlertType.ZERO_SCAN_COMMUNE,
        severity=Severity.WARNING,
        role=AlertRole.COMMUNE,
        period_seconds=_HOUR,
        detail="Nobody was scanned in this commune yesterday.",
    ),
    WatchRule(
        name="report_late",
        type=AlertType.REPORT_LATE,
        severity=Severity.WARNING,
        role=AlertRole.OPERATIONS,
        period_seconds=_MINUTE,
        detail="The daily report of this province, due at 17:00, is not made yet.",
    ),
)
