"""Persons' codes that lost the Enter between them: each next one begins inside the last field of the one before."""

from collections.abc import Iterator, Sequence

from schemas.qr.identity_card import is_card
from schemas.qr.personal import is_personal

#: The sixth field is a personal code's last; a card has one more.
_EARLIEST = 5
_NUMBER_DIGITS = 12


def codes_behind(fields: Sequence[str]) -> Iterator[list[str]]:
    """Yield the fields of each further code among those of a line that begins with one."""
    at = _EARLIEST
    while at < len(fields):
        behind = [fields[at].rstrip()[-_NUMBER_DIGITS:], *fields[at + 1 :]]
        found = is_personal(behind) or is_card(behind)
        if found:
            yield behind
        at += _EARLIEST if found else 1
