"""What an operator asks for, checked before anything else happens."""

import re
from dataclasses import dataclass

from deploy.user_error import UserError
from schemas.pseudonym import SUBJECT_BYTES

_CASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_-]{2,39}", re.ASCII)
_LEAST_REASON, _MOST_REASON = 8, 300
# Numbers of identity documents have 9 or 12 digits, phones 10: with whatever people put between the digits.
_PERSONAL_NUMBER = re.compile(r"\d(?:[ .\-/()]{0,2}\d){8,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Whose details, for which case, and why. Made by `request`; the texts hold no number of a person."""

    subject: bytes
    case: str
    reason: str


def request(*, subject: str, case: str, reason: str) -> Request:
    """Check what was asked for; raise UserError saying what is wrong. `case` may be empty where none is needed.

    What is asked for goes into the audit log, which holds no raw identity: so numbers as long as a document's or a
    phone's are refused.
    """
    if case and not _CASE.fullmatch(case):
        raise UserError("--case must be the number of a case: 3 to 40 letters, digits, and . / _ - between them.")
    reason = reason_of(reason)
    _refuse_numbers("--case", case)
    return Request(subject=subject_of(subject), case=case, reason=reason)


def reason_of(text: str) -> str:
    """Return a reason with single blanks; raise UserError for one that says nothing or holds a person's number."""
    reason = " ".join(text.split())
    if not _LEAST_REASON <= len(reason) <= _MOST_REASON:
        raise UserError(f"--reason must say why, in {_LEAST_REASON} to {_MOST_REASON} characters.")
    _refuse_numbers("--reason", reason)
    return reason


def _refuse_numbers(name: str, text: str) -> None:
    if _PERSONAL_NUMBER.search(text):
        raise UserError(f"{name} holds what may be the number of a person; leave it out, it would be kept.")


def subject_of(text: str) -> bytes:
    """Return the subject that hexadecimal digits write; raise UserError."""
    try:
        subject = bytes.fromhex(text)
    except ValueError:
        subject = b""
    if len(subject) != SUBJECT_BYTES or not any(subject):
        raise UserError(f"--subject must be a pseudonym: {2 * SUBJECT_BYTES} hexadecimal digits, not all zero.")
    return subject
