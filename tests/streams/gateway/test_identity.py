"""Raw identities become keyed pseudonyms; what can't name one person is refused without quoting it."""

from typing import Literal, get_args

import pytest

from schemas.enums import TokenKind
from streams.gateway.event_type import Identity
from streams.gateway.identity import already_pseudonymous, pseudonymised, vehicle_of
from streams.gateway.outcome import Unacceptable
from tests.streams.gateway.samples import KEY, raw_number, raw_plate


def test_a_number_becomes_the_pseudonym_of_its_kind_and_key() -> None:
    number = raw_number(1)

    assert pseudonymised(Identity("CMND", number), KEY) == (
        KEY.subject(kind=TokenKind.CMND, identity=number),
        "CMND",
        KEY.version,
    )


def test_every_kind_of_document_can_be_sent_and_no_other() -> None:
    assert set(get_args(Identity.__annotations__["kind"])) == {kind.name for kind in TokenKind} - {"ANON"}


@pytest.mark.parametrize("number", ["******789012", "001*********"])
def test_a_masked_number_is_refused_because_many_people_share_what_is_left(number: str) -> None:
    with pytest.raises(Unacceptable, match="masked") as refused:
        pseudonymised(Identity("CCCD", number), KEY)
    assert number not in str(refused.value)


@pytest.mark.parametrize(("kind", "kept", "digits"), [("CCCD", 11, "12"), ("CMND", 8, "9 or 12")])
def test_a_number_that_lost_digits_is_refused_because_it_would_be_a_person_nobody_is(
    kind: Literal["CCCD", "CMND"], kept: int, digits: str
) -> None:
    number = raw_number(3)[:kept]
    with pytest.raises(Unacceptable, match=f"must have {digits} digits for a {kind}") as refused:
        pseudonymised(Identity(kind, number), KEY)
    assert number not in str(refused.value)


@pytest.mark.parametrize("grouped", [" {} {} {}", "{}.{}.{}", "{}-{}-{}"])
def test_signs_between_digits_are_no_digits_and_phones_of_other_countries_are_taken(grouped: str) -> None:
    number = raw_number(4)
    spelled = grouped.format(number[:3], number[3:6], number[6:])
    assert pseudonymised(Identity("CCCD", spelled), KEY) == pseudonymised(Identity("CCCD", number), KEY)
    abroad = f"+999 {number[:7]}"
    assert pseudonymised(Identity("PHONE", abroad), KEY).subject == KEY.subject(kind=TokenKind.PHONE, identity=abroad)


def test_a_number_of_signs_only_is_refused() -> None:
    with pytest.raises(Unacceptable, match=r"identity\.number must hold letters or digits"):
        pseudonymised(Identity("CCCD", "-- //"), KEY)


def test_an_app_servers_pseudonym_is_taken_as_it_is() -> None:
    assert already_pseudonymous("ab" * 16, "PHONE", 9) == (b"\xab" * 16, "PHONE", 9)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ((None, None, None), "identity is missing"),
        ((None, "CCCD", 1), "identity is missing"),
        (("ab" * 16, None, 1), "subject needs token_kind and key_version"),
        (("ab" * 16, "CCCD", None), "subject needs token_kind and key_version"),
        (("xy" * 16, "CCCD", 1), "subject must be"),
        (("00" * 16, "CCCD", 1), "subject must not be all zeros"),
    ],
)
def test_half_a_pseudonym_is_refused(given: tuple[str | None, str | None, int | None], problem: str) -> None:
    with pytest.raises(Unacceptable, match=problem):
        already_pseudonymous(*given)


def test_an_identity_does_not_show_its_number() -> None:
    number = raw_number(2)

    assert number not in repr(Identity("CCCD", number))


def test_a_plate_becomes_the_pseudonym_of_its_vehicle() -> None:
    plate = raw_plate(1)

    assert vehicle_of(plate, KEY) == KEY.vehicle(plate=plate)


@pytest.mark.parametrize(("plate", "problem"), [("29QZX-1**.45", "plate is masked"), (" . ", "letters or digits")])
def test_a_plate_that_names_no_vehicle_is_refused_without_quoting_it(plate: str, problem: str) -> None:
    with pytest.raises(Unacceptable, match=problem) as refused:
        vehicle_of(plate, KEY)
    assert plate not in str(refused.value)
