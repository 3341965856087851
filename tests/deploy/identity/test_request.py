"""What is asked for is checked, and holds no number of a person."""

import pytest

from deploy.identity.request import request, subject_of
from deploy.user_error import UserError

_SUBJECT = "0a" * 16


def test_what_is_right_passes_with_its_blanks_in_order() -> None:
    asked = request(subject=_SUBJECT.upper(), case="F0-2021/117", reason="  contact of  a confirmed\ncase ")
    assert (asked.subject, asked.case, asked.reason) == (b"\n" * 16, "F0-2021/117", "contact of a confirmed case")


@pytest.mark.parametrize("subject", ["", "0a", "zz" * 16, "00" * 16, "0a" * 17, "'; DROP TABLE scans"])
def test_what_is_no_subject_is_refused(subject: str) -> None:
    with pytest.raises(UserError, match="--subject must be a pseudonym: 32 hexadecimal digits"):
        subject_of(subject)


@pytest.mark.parametrize("case", ["x", "a case", "F0\n12", "F" * 41, "-x1"])
def test_what_is_no_number_of_a_case_is_refused(case: str) -> None:
    with pytest.raises(UserError, match="--case must be"):
        request(subject=_SUBJECT, case=case, reason="contact tracing")


@pytest.mark.parametrize("reason", ["", "      ", "trace", "x" * 301])
def test_a_reason_must_say_something(reason: str) -> None:
    with pytest.raises(UserError, match="--reason must say why"):
        request(subject=_SUBJECT, case="F0-1", reason=reason)


@pytest.mark.parametrize("number", ["0912345678", "091 234 56 78", "001 301 012 345", "+84-91-234-5678", "123.456.789"])
def test_numbers_of_people_stay_out_of_the_log(number: str) -> None:
    with pytest.raises(UserError, match="may be the number of a person") as raised:
        request(subject=_SUBJECT, case="F0-1", reason=f"he has {number} as number")
    assert number not in raised.value.message


def test_a_date_and_a_decision_are_no_number_of_a_person() -> None:
    assert request(subject=_SUBJECT, case="2717/UBND-VX1", reason="seen on 1/9/2021, decision 2717").case
