"""Enumerations of the scan feeds, in one order for Avro, Arrow and ClickHouse.

A symbol's code is its position: Avro writes it, landing blocks carry it as int8, ClickHouse stores it as Enum8.
Append symbols at the end, never reorder. Sources: the five provincial orders of 2021 and Decision 1405/QĐ-BTTTT.
"""

from collections.abc import Mapping
from enum import IntEnum


class Direction(IntEnum):
    """Way a person passed the scanner ("ra/vào", "đến/đi"; zone directions at road checkpoints)."""

    UNKNOWN = 0
    IN = 1
    OUT = 2
    PASS = 3
    INTO_ZONE = 4
    OUT_OF_ZONE = 5
    TRANSIT = 6


class TokenKind(IntEnum):
    """Identity document a subject's pseudonym was derived from."""

    ANON = 0
    CCCD = 1
    CMND = 2
    PASSPORT = 3
    QID = 4
    BHYT = 5
    PHONE = 6


class Credential(IntEnum):
    """What was shown to the scanner; QR_PLACE where the visitor's own phone scanned the place's poster."""

    OTHER = 0
    QR_1405 = 1
    QR_CCCD = 2
    QR_VNEID = 3
    QR_BHYT = 4
    QR_MOVEMENT_PASS = 5
    QR_VEHICLE = 6
    PAPER = 7
    MANUAL = 8
    QR_PLACE = 9


class ScanMode(IntEnum):
    """Who scanned whom: the visitor the poster, a guard the visitor, a fixed reader, a camera."""

    POSTER_SELF = 0
    GUARD_SCAN = 1
    READER = 2
    CAMERA = 3


class CaptureMode(IntEnum):
    """How the data entered the system."""

    SELF_APP = 0
    SELF_WEB = 1
    ASSISTED = 2
    PAPER = 3


class SourceApp(IntEnum):
    """App that produced the scan; unknown ones are OTHER, accepted and counted."""

    OTHER = 0
    TOKHAIYTE = 1
    NCOVI = 2
    BLUEZONE = 3
    VHD = 4
    SMART_THANHHOA = 5
    PC_COVID = 6
    VNEID = 7
    SSKDT = 8
    SUCKHOE_DANCU = 9


class Decision(IntEnum):
    """What the officer at a road checkpoint decided."""

    NONE = 0
    ALLOW = 1
    DENY = 2
    REFER = 3
    WAVED = 4


class DecisionReason(IntEnum):
    """Why the officer decided so."""

    NONE = 0
    NO_PASS = 1
    EXPIRED = 2
    MISMATCH = 3
    SYMPTOM = 4
    FEVER = 5
    OTHER = 6


class Role(IntEnum):
    """Whose credential it is: of a scanner, a kiosk, people who enter forms, health staff, an authority."""

    SCANNER = 0
    KIOSK = 1
    OPERATOR = 2
    HEALTH = 3
    AUTHORITY = 4


class Category(IntEnum):
    """Category of a place: every one the five orders name, and common extensions at the end."""

    UNKNOWN = 0
    AGENCY_HQ = 1
    CITIZEN_RECEPTION = 2
    PUBLIC_ADMIN_CENTER = 3
    ONE_STOP_DISTRICT = 4
    ONE_STOP_COMMUNE = 5
    ONE_STOP_VERTICAL = 6
    HOSPITAL = 7
    HEALTH_FACILITY = 8
    SCHOOL = 9
    TRAINING = 10
    COMPANY = 11
    FACTORY = 12
    PRODUCTION_BUSINESS = 13
    SUPERMARKET = 14
    HOTEL = 15
    LODGING = 16
    RESTAURANT = 17
    EATERY = 18
    CAFE = 19
    PUBLIC_TRANSPORT_VEHICLE = 20
    PUBLIC_SERVICE_POINT = 21
    STATE_AGENCY = 22
    PUBLIC_PLACE = 23
    CROWDED_PLACE = 24
    CHECKPOINT = 25
    ISOLATION_SITE = 26
    OTHER = 27
    MARKET = 28
    PARK = 29
    APARTMENT_BLOCK = 30


class Department(IntEnum):
    """Department that answers for a sector's places (order of Đồng Nai, 17/5/2021)."""

    UNKNOWN = 0
    SYT = 1
    SGDDT = 2
    SLDTBXH = 3
    SVHTTDL = 4
    SKHDT = 5
    SCT = 6
    SGTVT = 7
    BQLKCN = 8
    STTTT = 9
    UBND_DISTRICT = 10


class Verdict(IntEnum):
    """What the windows said of a scan. Only ACCEPTED and RESCAN rows land; retries and rejects are counted."""

    ACCEPTED = 1
    RESCAN = 2
    RETRY = 3
    REJECTED = 4


class Lateness(IntEnum):
    """Class of a scan's delay from event time to broker time: 10 minutes, 72 hours, 28 days."""

    ON_TIME = 1
    LATE = 2
    VERY_LATE = 3


class PassStatus(IntEnum):
    """State of a person's movement pass at a checkpoint scan (order of Sóc Trăng: 3 days, then a new one)."""

    NONE = 0
    VALID = 1
    EXPIRED = 2
    NOT_YET = 3
    REVOKED = 4


class IdentityMatch(IntEnum):
    """Whether the scanned person is who the pass was issued to, by the register of the population."""

    UNCHECKED = 0
    MATCHED = 1
    MISMATCH = 2
    NOT_FOUND = 3


class Flag(IntEnum):
    """Bits of a row's `flags`: why to read the row with care, and who it is of. Unknown data never loses a scan."""

    OFFLINE = 1
    PLACE_UNKNOWN = 2
    APP_UNKNOWN = 4
    DEVICE_UNKNOWN = 8
    SKEW_CORRECTED = 16
    AREA_UNKNOWN = 32
    DECLARED_AHEAD = 64
    CHECKED = 128
    DEVICE_REVOKED = 256
    # What was known of the person when the scan was processed, as of its event time.
    ISOLATED = 512
    SUSPECTED = 1024
    CASE = 2048
    VACCINATED = 4096
    FULLY_VACCINATED = 8192
    OWN_SITE = 16384


class Reason(IntEnum):
    """Why an event was rejected into `dead_letters`."""

    EMPTY = 1
    BAD_MAGIC = 2
    UNKNOWN_SCHEMA = 3
    TRUNCATED = 4
    TRAILING_BYTES = 5
    OUT_OF_RANGE = 6
    KEY_MISMATCH = 7
    NO_SUBJECT = 8
    TOO_OLD = 9
    CLOCK_FUTURE = 10
    CLOCK_SKEW = 11
    NO_SCAN_ID = 12
    BAD_TEXT = 13
    BAD_PERIOD = 14
    BAD_REFERENCE = 15
    CONTRADICTION = 16


class Stage(IntEnum):
    """Step that rejected an event."""

    DECODE = 1
    VALIDATE = 2


def clickhouse_enum(symbols: type[IntEnum] | Mapping[str, int]) -> str:
    """Return the ClickHouse type of an enumeration, or of names with codes, e.g. ``Enum8('IN' = 1, …)``."""
    codes = symbols if isinstance(symbols, Mapping) else {symbol.name: symbol.value for symbol in symbols}
    return "Enum8(" + ", ".join(f"'{name}' = {code}" for name, code in codes.items()) + ")"
