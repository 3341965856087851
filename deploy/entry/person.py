"""The person a row is about, as two cells: the kind of the document, and its number."""

from deploy.entry.cells import BadCell
from schemas.entered import digits_missing, whole_number
from schemas.enums import TokenKind
from streams.gateway.reason import IDENTITY_KINDS


def identity_of(kind: str, number: str, *, column: str) -> dict[str, str]:
    """Return the identity as the gateway takes it; raise BadCell."""
    kind = kind.upper()
    if kind not in IDENTITY_KINDS:
        raise BadCell(f"{column}_kind must be one of {', '.join(IDENTITY_KINDS)}")
    if not number:
        raise BadCell(f"{column}_number is empty")
    whole = whole_number(TokenKind[kind], number)
    if digits := digits_missing(TokenKind[kind], whole):
        raise BadCell(
            f"{column}_number must have {digits} digits; format the column as text, so that zeros in front stay"
        )
    return {"kind": kind, "number": whole}
