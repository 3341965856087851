"""Enumerations of the report feeds; the same rules as in `schemas.enums`: a code is a position, append only."""

from enum import IntEnum


class DeclarationKind(IntEnum):
    """What a health declaration is for."""

    DOMESTIC = 0
    ENTRY = 1
    MOVEMENT = 2


class PersonCategory(IntEnum):
    """Whom the orders count somebody among (domain.md 3.3); other feeds tell who is isolated, locked down or a case."""

    UNKNOWN = 0
    OFFICIAL = 1
    CIVIL_SERVANT = 2
    PUBLIC_EMPLOYEE = 3
    WORKER = 4
    CITIZEN = 5
    PATIENT_VISITOR = 6
    PUPIL = 7
    STUDENT = 8
    DRIVER = 9


class Purpose(IntEnum):
    """Why a person travels."""

    OTHER = 0
    WORK = 1
    GOODS = 2
    MEDICAL = 3
    FAMILY = 4
    RETURN_HOME = 5
    OFFICIAL = 6


class UpdateScope(IntEnum):
    """Why a person reports their health daily."""

    ISOLATION = 0
    LOCKDOWN = 1


class DaySlot(IntEnum):
    """Part of the day a health update is for."""

    DAY = 0
    AM = 1
    PM = 2


class UpdateStatus(IntEnum):
    """Whether a person gave their daily update (as SORMAS' visit status)."""

    SUBMITTED = 0
    UNAVAILABLE = 1
    REFUSED = 2


class PassAction(IntEnum):
    """What happened to a movement pass."""

    ISSUED = 0
    RENEWED = 1
    REVOKED = 2


class IsolationAction(IntEnum):
    """What happened to an isolation."""

    ASSIGNED = 0
    MOVED = 1
    ENDED = 2


class IsolationKind(IntEnum):
    """Where a person is isolated."""

    CENTRALISED = 0
    HOME = 1


class Manager(IntEnum):
    """Who runs an isolation site."""

    CIVILIAN = 0
    MILITARY = 1


class LockdownAction(IntEnum):
    """What happened to a lockdown."""

    STARTED = 0
    CHANGED = 1
    ENDED = 2


class AreaLevel(IntEnum):
    """Level of an area; hamlets (thôn, ấp, tổ dân phố) have no GSO code."""

    HAMLET = 0
    COMMUNE = 1
    DISTRICT = 2
    PROVINCE = 3


class CaseStatus(IntEnum):
    """State of a case (F0 is CONFIRMED)."""

    SUSPECTED = 0
    CONFIRMED = 1
    REJECTED = 2
    RECOVERED = 3


class TestMethod(IntEnum):
    """How a sample was tested."""

    PCR = 0
    RAPID = 1
    ANTIBODY = 2


class TestOutcome(IntEnum):
    """Result of a test."""

    PENDING = 0
    NEGATIVE = 1
    POSITIVE = 2
    INCONCLUSIVE = 3


class Vaccine(IntEnum):
    """Vaccine given (those used in 2021)."""

    OTHER = 0
    ASTRAZENECA = 1
    PFIZER = 2
    MODERNA = 3
    SINOPHARM = 4
    SPUTNIK_V = 5
    ABDALA = 6
    JANSSEN = 7


class DecisionAbout(IntEnum):
    """What a decision on an area is about."""

    RISK = 0
    REGIME = 1


class Regime(IntEnum):
    """Distancing regime: the Prime Minister's directive in force."""

    NONE = 0
    CT19 = 1
    CT15 = 2
    CT16 = 3


class PlaceAction(IntEnum):
    """A step in the life of a place."""

    REGISTERED = 0
    QR_ISSUED = 1
    QR_POSTED = 2
    REMINDED = 3
    CLOSED = 4
    REOPENED = 5
    SAFETY_ASSESSED = 6


class Assistance(IntEnum):
    """Who helped to register a place."""

    NOBODY = 0
    YOUTH_UNION = 1
    COMMUNE = 2
    TELECOM = 3


class WaveAction(IntEnum):
    """Begin or end of letting people pass unscanned."""

    STARTED = 0
    ENDED = 1


class WaveReason(IntEnum):
    """Why people were let pass unscanned."""

    OTHER = 0
    CONGESTION = 1
    EMERGENCY = 2
    WEATHER = 3
    NETWORK = 4


class CorrectionAction(IntEnum):
    """What a correction does."""

    WITHDRAW = 0
    REPLACE = 1


class CorrectionReason(IntEnum):
    """Why an event is corrected (EPCIS errorDeclaration)."""

    OTHER = 0
    WRONG_PERSON = 1
    WRONG_PLACE = 2
    WRONG_TIME = 3
    WRONG_DIRECTION = 4
    DUPLICATE = 5
    TEST_DATA = 6


class LinkAction(IntEnum):
    """What an event says of two subjects."""

    LINK = 0
    UNLINK = 1


class LinkReason(IntEnum):
    """Why: shown together, the key was rotated, the person said so, an officer found out, or it was a mistake."""

    OTHER = 0
    SAME_CREDENTIAL = 1
    KEY_ROTATION = 2
    DECLARED = 3
    OFFICER = 4
    MISTAKE = 5


class AlertType(IntEnum):
    """What an alert is about."""

    PASS_EXPIRED = 0
    PASS_EXPIRING = 1
    ISOLATION_BREACH = 2
    LOCKDOWN_EXIT = 3
    SUSPECT_SCAN = 4
    EXPOSURE_VENUE = 5
    SYMPTOM_ESCALATION = 6
    MISSED_UPDATE = 7
    IMPOSSIBLE_TRAVEL = 8
    CAPACITY = 9
    PLACE_DORMANT = 10
    DEVICE_SILENT = 11
    IDENTITY_MISMATCH = 12
    RISK_RAISED = 13
    REPORT_LATE = 14
    CT16_PUBLIC_SCAN = 15
    ZERO_SCAN_COMMUNE = 16
    TRACE_UPDATE = 17


class Severity(IntEnum):
    """How urgent an alert is."""

    INFO = 0
    WARNING = 1
    CRITICAL = 2


class AlertRole(IntEnum):
    """Who has to act on an alert."""

    CHECKPOINT = 0
    ISOLATION_MANAGER = 1
    COMMUNE = 2
    DISTRICT = 3
    PROVINCE_CDC = 4
    STTTT = 5
    PLACE_OWNER = 6
    OPERATIONS = 7
    SECTOR_DEPARTMENT = 8
