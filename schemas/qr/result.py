"""What a scanned code says, or why it can't be read. Nothing here shows an identity when it is printed.

Names, birth dates and addresses are read only to check a code against itself; no result keeps them.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Flag, StrEnum, auto

from schemas.enums import Credential, SourceApp, TokenKind


@dataclass(frozen=True, slots=True)
class Identity:
    """A document's number, whole. It is raw: make a pseudonym of it before anything is stored."""

    kind: TokenKind
    number: str = field(repr=False)


class Masked(Flag):
    """Fields of a personal code that its owner's app shows as asterisks."""

    NOTHING = 0
    DOCUMENT = auto()
    BIRTH_DATE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a code says: one of the four below. `app` is the app whose address held it, OTHER where that is unknown."""

    app: SourceApp = SourceApp.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCode(Reading):
    """A person. `also` holds the same person's other documents, each certain enough to link the two."""

    credential: Credential
    identity: Identity
    also: tuple[Identity, ...] = ()
    masked: Masked = Masked.NOTHING
    declared_by_another: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PassCode(Reading):
    """A movement pass: its 16 bytes and its end (aware, UTC) as printed. Whether it holds is the register's word."""

    pass_id: bytes
    valid_until: datetime
    credential: Credential = Credential.QR_MOVEMENT_PASS


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCode(Reading):
    """A place of ours. The check value says that it was read right, not that the place exists."""

    place_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCode(Reading):
    """An address of an app, in canonical form. What is behind it is that app's to tell; it may name a person.

    Nothing in an address shows whether it was read right.
    """

    url: str = field(repr=False)


class Trouble(StrEnum):
    """Why a code can't be read; a label of metrics."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNKNOWN_FORMAT = "unknown_format"
    INCOMPLETE = "incomplete"
    DAMAGED = "damaged"
    MASKED = "masked"
    SEVERAL = "several"
    KEYBOARD = "keyboard"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A refusal: the class of trouble, and a sentence for the person at the scanner that holds nothing of the code."""

    trouble: Trouble
    sentence: str
