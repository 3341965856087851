"""Every code a visitor may show becomes a person, or a sentence for the guard. All identities are generated."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from schemas.enums import Credential, SourceApp, TokenKind
from schemas.qr.movement_pass import pass_text
from schemas.qr.personal import personal_text
from schemas.qr.place import place_text
from streams.device.decoded import Decoded, PassShown, Unreadable
from streams.device.qr import decode
from streams.device.scan import make_scan
from tests.streams.device.kiosk_parts import STATION, line
from tests.streams.gateway.samples import raw_number

_QID = f"9{int(raw_number('qid')):017d}"
_DOCUMENT = raw_number("document")


def _personal(*, by_another: bool = False) -> str:
    return personal_text(
        document=_DOCUMENT, name="NGUYEN VAN KHONG CO", birth=date(1987, 1, 18), qid=_QID, by_another=by_another
    )


def _person(text: str) -> Decoded:
    decoded = decode(text)
    assert isinstance(decoded, Decoded)
    return decoded


def test_a_personal_code_names_its_qid_and_what_was_declared_by_another_is_assisted() -> None:
    decoded = _person(_personal(by_another=True))
    assert (decoded.kind, decoded.number) == (TokenKind.QID, _QID)
    assert (decoded.credential, decoded.source_app) == (Credential.QR_1405, SourceApp.OTHER)
    event = msgspec.json.decode(make_scan(decoded, STATION, now_ms=0, randomness=bytes(10)).event)
    assert event["capture_mode"] == "ASSISTED"
    own = msgspec.json.decode(make_scan(_person(_personal()), STATION, now_ms=0, randomness=bytes(10)).event)
    assert own["capture_mode"] == STATION.capture_mode.name


def test_a_typed_number_is_taken_by_its_kind() -> None:
    assert _person(line("typed")).credential is Credential.MANUAL


def test_a_movement_pass_is_its_id() -> None:
    assert decode(pass_text(pass_id=b"p" * 16, valid_until=datetime(2021, 8, 8, tzinfo=UTC))) == PassShown(b"p" * 16)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (place_text(7), "code of a place"),
        ("https://example.org/me", "app's address"),
        (_DOCUMENT, "no code we know"),
        ("CCCD:", "missing or masked"),
        (_personal()[:-8], "not read as a whole"),
    ],
)
def test_what_names_nobody_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence) as refused:
        decode(text)
    assert _DOCUMENT[6:] not in str(refused.value)
