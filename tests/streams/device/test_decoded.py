"""What a guard types by hand."""

import pytest

from schemas.enums import Credential, TokenKind
from streams.device.decoded import Unreadable, typed
from tests.streams.gateway.samples import raw_number

NUMBER = raw_number("typed")


@pytest.mark.parametrize("text", [f"CCCD:{NUMBER}", f" cccd : {NUMBER} "])
def test_a_document_may_be_typed(text: str) -> None:
    decoded = typed(text)
    assert (decoded.kind, decoded.number, decoded.credential) == (TokenKind.CCCD, NUMBER, Credential.MANUAL)
    assert NUMBER not in repr(decoded)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (NUMBER, "scan it again, or type"),
        (f"ANON:{NUMBER}", "scan it again, or type"),
        (f"CARD:{NUMBER}", "scan it again, or type"),
        ("CCCD:", "type the whole number"),
        ("CCCD: -.", "type the whole number"),
        (f"CCCD:{NUMBER[:6]}***", "type the whole number"),
        (f"CCCD:{NUMBER[1:]}", "has 12 digits; type the whole number"),
        (f"CMND:{NUMBER[:8]}", "has 9 or 12 digits; type the whole number"),
        (f"PHONE:{NUMBER[:8]}", "has 10 digits; type the whole number"),
    ],
)
def test_what_names_nobody_is_refused_with_what_to_do_and_without_a_quotation(text: str, sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence) as refused:
        typed(text)
    assert NUMBER[:6] not in str(refused.value)
