"""Codes are in Avro bytes, Arrow blocks and ClickHouse columns: a changed one changes stored data."""

from enum import IntEnum

import pytest

from schemas import enums
from schemas.enums import Flag, Reason, Verdict, clickhouse_enum

#: Symbols in the order of their codes, with the first code. New symbols are appended; nothing else may change.
STORED: dict[str, tuple[int, str]] = {
    "Direction": (0, "UNKNOWN IN OUT PASS INTO_ZONE OUT_OF_ZONE TRANSIT"),
    "TokenKind": (0, "ANON CCCD CMND PASSPORT QID BHYT PHONE"),
    "Credential": (0, "OTHER QR_1405 QR_CCCD QR_VNEID QR_BHYT QR_MOVEMENT_PASS QR_VEHICLE PAPER MANUAL QR_PLACE"),
    "ScanMode": (0, "POSTER_SELF GUARD_SCAN READER CAMERA"),
    "CaptureMode": (0, "SELF_APP SELF_WEB ASSISTED PAPER"),
    "SourceApp": (0, "OTHER TOKHAIYTE NCOVI BLUEZONE VHD SMART_THANHHOA PC_COVID VNEID SSKDT SUCKHOE_DANCU"),
    "Decision": (0, "NONE ALLOW DENY REFER WAVED"),
    "DecisionReason": (0, "NONE NO_PASS EXPIRED MISMATCH SYMPTOM FEVER OTHER"),
    "Category": (
        0,
        (
            "UNKNOWN AGENCY_HQ CITIZEN_RECEPTION PUBLIC_ADMIN_CENTER ONE_STOP_DISTRICT ONE_STOP_COMMUNE "
            "ONE_STOP_VERTICAL HOSPITAL HEALTH_FACILITY SCHOOL TRAINING COMPANY FACTORY PRODUCTION_BUSINESS "
            "SUPERMARKET HOTEL LODGING RESTAURANT EATERY CAFE PUBLIC_TRANSPORT_VEHICLE PUBLIC_SERVICE_POINT "
            "STATE_AGENCY PUBLIC_PLACE CROWDED_PLACE CHECKPOINT ISOLATION_SITE OTHER MARKET PARK "
            "APARTMENT_BLOCK"
        ),
    ),
    "Department": (0, "UNKNOWN SYT SGDDT SLDTBXH SVHTTDL SKHDT SCT SGTVT BQLKCN STTTT UBND_DISTRICT"),
    "Role": (0, "SCANNER KIOSK OPERATOR HEALTH AUTHORITY"),
    "Verdict": (1, "ACCEPTED RESCAN RETRY REJECTED"),
    "Lateness": (1, "ON_TIME LATE VERY_LATE"),
    "Reason": (
        1,
        (
            "EMPTY BAD_MAGIC UNKNOWN_SCHEMA TRUNCATED TRAILING_BYTES OUT_OF_RANGE KEY_MISMATCH NO_SUBJECT TOO_OLD "
            "CLOCK_FUTURE CLOCK_SKEW NO_SCAN_ID BAD_TEXT BAD_PERIOD BAD_REFERENCE CONTRADICTION"
        ),
    ),
    "Stage": (1, "DECODE VALIDATE"),
    "PassStatus": (0, "NONE VALID EXPIRED NOT_YET REVOKED"),
    "IdentityMatch": (0, "UNCHECKED MATCHED MISMATCH NOT_FOUND"),
}


def _ours() -> dict[str, type[IntEnum]]:
    found = vars(enums).values()
    return {
        symbols.__name__: symbols
        for symbols in found
        if isinstance(symbols, type) and issubclass(symbols, IntEnum) and symbols is not IntEnum
    }


def test_every_enumeration_is_pinned_here() -> None:
    assert set(_ours()) == {*STORED, "Flag"}


@pytest.mark.parametrize("name", STORED)
def test_codes_never_change(name: str) -> None:
    first, symbols = STORED[name]
    assert {symbol.name: symbol.value for symbol in _ours()[name]} == {
        symbol: code for code, symbol in enumerate(symbols.split(), first)
    }


def test_flags_never_change_and_are_one_bit_each() -> None:
    names = (
        "OFFLINE PLACE_UNKNOWN APP_UNKNOWN DEVICE_UNKNOWN SKEW_CORRECTED AREA_UNKNOWN DECLARED_AHEAD CHECKED "
        "DEVICE_REVOKED ISOLATED SUSPECTED CASE VACCINATED FULLY_VACCINATED OWN_SITE"
    )
    assert {flag.name: flag.value for flag in Flag} == {name: 1 << bit for bit, name in enumerate(names.split())}


def test_all_codes_fit_an_enum8() -> None:
    assert all(-128 <= symbol.value <= 127 for name in STORED for symbol in _ours()[name])


def test_landed_verdicts_come_before_the_others() -> None:
    assert Verdict.ACCEPTED < Verdict.RESCAN < min(Verdict.RETRY, Verdict.REJECTED)


def test_decoding_reasons_come_before_those_of_validation() -> None:
    decoding = {Reason.EMPTY, Reason.BAD_MAGIC, Reason.UNKNOWN_SCHEMA, Reason.TRUNCATED, Reason.TRAILING_BYTES}
    assert {reason for reason in Reason if reason < Reason.OUT_OF_RANGE} == decoding


def test_a_clickhouse_type_lists_symbols_with_their_codes() -> None:
    assert clickhouse_enum(enums.Stage) == "Enum8('DECODE' = 1, 'VALIDATE' = 2)"
