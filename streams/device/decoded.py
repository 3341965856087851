"""What a scanned line turns out to be: the seam between the kiosk and the formats of QR codes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from schemas.entered import digits_missing, whole_number
from schemas.enums import Credential, SourceApp, TokenKind


class Unreadable(ValueError):
    """The line names nobody; the text tells the guard what to do and quotes nothing of the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """The person a code names, and whether another declared for them. The number never shows in `repr`."""

    kind: TokenKind
    number: str = field(repr=False)
    credential: Credential
    source_app: SourceApp = SourceApp.OTHER
    by_another: bool = False


@dataclass(frozen=True, slots=True)
class PassShown:
    """A movement pass. It names nobody: it belongs to the person scanned next."""

    pass_id: bytes


#: Turns one line of a scanner, without its end of line, into who or which pass was scanned; raises Unreadable.
Decode: TypeAlias = Callable[[str], Decoded | PassShown]


def typed(line: str) -> Decoded:
    """Decode what a guard types by hand where a code can't be scanned: ``<kind>:<number>``; raise Unreadable."""
    kind, colon, number = line.strip().partition(":")
    name = kind.strip().upper()
    if not colon or name == TokenKind.ANON.name or name not in TokenKind.__members__:
        raise Unreadable("The code can't be read; scan it again, or type kind and number, as CCCD:<number>.")
    if not any(character.isalnum() for character in number) or "*" in number:
        raise Unreadable("The number is missing or masked; type the whole number.")
    if digits := digits_missing(TokenKind[name], whole_number(TokenKind[name], number)):
        raise Unreadable(f"Such a number has {digits} digits; type the whole number.")
    return Decoded(kind=TokenKind[name], number=number.strip(), credential=Credential.MANUAL)
