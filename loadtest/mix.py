"""How often each enumerated value occurs among scans: weights, relative to each other."""

from schemas.enums import CaptureMode, Credential, Decision, Direction, ScanMode, SourceApp, TokenKind
from schemas.kinds import CHECKPOINT, VEHICLE, VENUE

DIRECTIONS: dict[str, dict[int, float]] = {
    VENUE.name: {Direction.IN: 55, Direction.OUT: 35, Direction.UNKNOWN: 10},
    CHECKPOINT.name: {Direction.INTO_ZONE: 45, Direction.OUT_OF_ZONE: 40, Direction.TRANSIT: 10, Direction.PASS: 5},
    VEHICLE.name: {Direction.IN: 50, Direction.OUT: 50},
}
TOKENS: dict[int, float] = {
    TokenKind.CCCD: 60,
    TokenKind.CMND: 15,
    TokenKind.QID: 10,
    TokenKind.PHONE: 10,
    TokenKind.BHYT: 3,
    TokenKind.PASSPORT: 1,
    TokenKind.ANON: 1,
}
CREDENTIALS: dict[int, float] = {
    Credential.QR_1405: 50,
    Credential.QR_CCCD: 25,
    Credential.QR_VNEID: 10,
    Credential.QR_BHYT: 3,
    Credential.PAPER: 5,
    Credential.MANUAL: 5,
    Credential.OTHER: 2,
}
MODES: dict[int, float] = {ScanMode.POSTER_SELF: 45, ScanMode.GUARD_SCAN: 40, ScanMode.READER: 12, ScanMode.CAMERA: 3}
APPS: dict[int, float] = {app: 1.0 if app == SourceApp.OTHER else 10.0 for app in SourceApp}
DECISIONS: dict[int, float] = {Decision.ALLOW: 85, Decision.DENY: 5, Decision.REFER: 4, Decision.WAVED: 6}

#: How a scan with such a credential is captured; all others by the person's own app.
CAPTURES: dict[int, int] = {Credential.PAPER: CaptureMode.PAPER, Credential.MANUAL: CaptureMode.ASSISTED}
