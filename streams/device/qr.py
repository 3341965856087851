"""Decode what a scanner typed, by the formats of QR codes in `schemas.qr`; what a guard typed, by its kind."""

from schemas.enums import TokenKind
from schemas.qr.read import read
from schemas.qr.result import PassCode, PersonCode, PlaceCode
from schemas.qr.result import Unreadable as UnreadableCode
from streams.device.decoded import Decoded, PassShown, Unreadable, typed

_KINDS = frozenset(TokenKind.__members__)


def decode(line: str) -> Decoded | PassShown:
    """Return the person a line names, scanned or typed as ``<kind>:<number>``, or the pass; raise Unreadable."""
    if line.partition(":")[0].strip().upper() in _KINDS:
        return typed(line)
    match read(line):
        case PersonCode() as code:
            return Decoded(
                kind=code.identity.kind,
                number=code.identity.number,
                credential=code.credential,
                source_app=code.app,
                by_another=code.declared_by_another,
            )
        case UnreadableCode(sentence=sentence):
            raise Unreadable(sentence)
        case PlaceCode():
            raise Unreadable("This is the code of a place; scan the visitor's own code.")
        case PassCode(pass_id=pass_id):
            return PassShown(pass_id)
        case _:
            raise Unreadable("This is an app's address, not a person; have the visitor open their own code.")
