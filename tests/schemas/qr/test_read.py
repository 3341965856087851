"""Whatever a scanner did to a code, it is read as what it was, or refused: never as someone or something else."""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.enums import SourceApp
from schemas.qr.movement_pass import pass_text
from schemas.qr.place import place_text, place_url
from schemas.qr.read import MAX_CHARACTERS, read
from schemas.qr.result import LinkCode, PassCode, PersonCode, PlaceCode, Reading, Trouble, Unreadable
from tests.schemas.qr import wedge
from tests.schemas.qr.people import Someone, extensions, people

_places = st.integers(1, 2**31 - 1).map(place_text)
_passes = st.builds(
    lambda number, until: pass_text(pass_id=number.to_bytes(16, "big"), valid_until=until),
    st.integers(1, 2**128 - 1),
    st.datetimes(datetime(2021, 1, 1), datetime(2030, 1, 1)).map(lambda t: t.replace(microsecond=0, tzinfo=UTC)),  # noqa: DTZ001 -- the zone follows
)
_cards = people().map(Someone.card)
_personal = st.builds(
    lambda who, hidden, extension: who.personal(hidden=hidden, extension=extension), people(), st.booleans(), extensions
)
_persons = st.one_of(_cards, _personal)
_codes = st.one_of(_places, _passes, _persons)


def _full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character for character in text)


def _named(code: str) -> object:
    right = read(code)
    return right.identity if isinstance(right, PersonCode) else right


def _assert_same_or_refused(found: Reading | Unreadable, code: str) -> None:
    right = read(code)
    if isinstance(found, PersonCode) and isinstance(right, PersonCode):
        assert found.identity == right.identity
        assert set(found.also) <= {*right.also, right.identity}
    elif not isinstance(found, Unreadable):
        assert found == right


_HARMLESS: dict[str, Callable[[str], str]] = {
    "enter": lambda text: f"{text}\r\n",
    "several enters": lambda text: f"{text}\r\r\n\n",
    "blanks": lambda text: f"\ufeff  {text}\t",
    "twice": lambda text: f"{text}\r\n{text}\r\n",
    "broken": lambda text: f"{text[:9]}\r\n{text[9:]}",
    "zero width": lambda text: f"{text[:7]}\u200b{text[7:]}",
    "lower": str.lower,
    "upper": str.upper,
    "caps lock": str.swapcase,
    "full width": _full_width,
    "telex": wedge.telex,
    "vni": wedge.vni,
}


@given(code=_codes, harm=st.sampled_from(sorted(_HARMLESS)))
def test_what_does_no_harm_changes_nothing(code: str, harm: str) -> None:
    right = read(code)
    assert isinstance(right, Reading)
    assert read(_HARMLESS[harm](code)) == right


@given(code=_codes, layout=st.sampled_from(sorted(wedge.LAYOUTS)))
def test_a_wrong_layout_is_repaired_or_refused(code: str, layout: str) -> None:
    found = read(wedge.typed(code, layout))
    _assert_same_or_refused(found, code)
    if layout in {"french", "german", "british", "shift lost for bars"}:
        assert found == read(code) or (isinstance(found, Unreadable) and found.trouble is Trouble.SEVERAL)


@given(code=st.one_of(_places, _passes))
def test_our_codes_survive_shift(code: str) -> None:
    assert read(wedge.typed(code, "shift held")) == read(code)


@given(code=_codes, data=st.data())
def test_lost_characters_never_make_another(code: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(code) - 1))
    end = data.draw(st.integers(start + 1, min(len(code), start + 12)))
    rest = code[:start] + code[end:]
    _assert_same_or_refused(read(rest), code)
    _assert_same_or_refused(read(wedge.typed(rest, data.draw(st.sampled_from(sorted(wedge.LAYOUTS))))), code)


@given(code=st.one_of(_places, _passes, _cards), lost=st.integers(1, 11))
def test_a_lost_beginning_is_refused(code: str, lost: int) -> None:
    found = read(code[lost:])
    assert isinstance(found, Unreadable)
    assert "scan it again" in found.sentence


@given(who=people(), lost=st.integers(1, 12), hidden=st.booleans())
def test_a_personal_code_without_its_beginning_names_nobody_else(who: Someone, lost: int, *, hidden: bool) -> None:
    found = read(who.personal(hidden=hidden)[lost:])
    assert isinstance(found, Unreadable) or {found.identity, *found.also} <= who.identities()  # type: ignore[attr-defined]  # of a person


@given(code=_codes, data=st.data())
def test_a_damaged_character_never_makes_another(code: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(code) - 1))
    for other in data.draw(st.lists(st.characters(exclude_characters="0123456789"), min_size=1, max_size=3)):
        _assert_same_or_refused(read(code[:at] + other + code[at + 1 :]), code)
        _assert_same_or_refused(read(code[:at] + other + code[at:]), code)


@given(code=_codes, data=st.data())
def test_hidden_digits_are_never_filled_in(code: str, data: st.DataObject) -> None:
    hidden = data.draw(st.sets(st.integers(0, len(code) - 1), min_size=1))
    _assert_same_or_refused(read("".join("*" if at in hidden else one for at, one in enumerate(code))), code)


@given(code=st.one_of(_places, _passes), data=st.data())
def test_the_check_value_finds_changed_digits(code: str, data: st.DataObject) -> None:
    changed = list(code)
    for at in data.draw(st.lists(st.integers(5, len(code) - 1), min_size=1, max_size=4)):
        changed[at] = data.draw(st.sampled_from("0123456789."))
    _assert_same_or_refused(read("".join(changed)), code)


@given(first=_codes, second=_codes)
def test_of_two_codes_none_is_taken(first: str, second: str) -> None:
    if _named(first) != _named(second):
        found = read(f"{first}\n{second}")
        assert isinstance(found, Unreadable)
        assert found.trouble is Trouble.SEVERAL


@given(first=_persons, second=_persons)
def test_of_two_persons_codes_without_enter_between_them_none_is_taken(first: str, second: str) -> None:
    found = read(first + second)
    if _named(first) != _named(second):
        assert isinstance(found, Unreadable)
    _assert_same_or_refused(found, first)


@given(person=_persons, other=st.one_of(_places, _passes))
def test_of_a_persons_code_and_one_of_ours_without_enter_between_them_none_is_taken(person: str, other: str) -> None:
    assert isinstance(read(person + other), Unreadable)
    assert isinstance(read(other + person), Unreadable)


@given(who=people(), hidden=st.booleans())
def test_a_persons_code_twice_without_enter_is_that_persons(who: Someone, *, hidden: bool) -> None:
    for code in (who.card(), who.personal(hidden=hidden)):
        found, right = read(code * 2), read(code)
        assert isinstance(found, PersonCode)
        assert isinstance(right, PersonCode)
        assert found.identity == right.identity


@given(st.one_of(st.text(), st.text("|0123456789*.-VNPLS1 \n/:")))
def test_whatever_is_typed_has_an_answer(text: str) -> None:
    found = read(text)
    assert isinstance(found, Reading | Unreadable)
    assert not isinstance(found, PassCode | PlaceCode)


@given(who=people(), hidden=st.booleans())
def test_no_result_shows_a_number(who: Someone, *, hidden: bool) -> None:
    for text in (who.card(), who.personal(hidden=hidden), f"https://x.example/{quote(who.personal(hidden=hidden))}"):
        for damaged in (text, text[1:], text[:-30], text.replace("|", "~"), f"{text}\n{place_text(1)}"):
            shown = repr(read(damaged))
            assert not any(number in shown for number in (who.cccd, who.qid, who.cmnd or "none"))


@pytest.mark.parametrize(
    ("base", "app"),
    [
        ("https://qr.tokhaiyte.vn", SourceApp.TOKHAIYTE),
        ("HTTP://WWW.TokhaiYte.VN:80/p/", SourceApp.TOKHAIYTE),
        ("https://qr.pccovid.gov.vn/q", SourceApp.PC_COVID),
        ("https://suckhoetoandan.vn/khaiyte", SourceApp.VHD),
        ("https://suckhoe.dancuquocgia.gov.vn", SourceApp.SUCKHOE_DANCU),
        ("tokhaiyte.vn/p", SourceApp.TOKHAIYTE),
        ("https://an-app-of-tomorrow.example/?place=", SourceApp.OTHER),
        ("https://tokhaiyte.vn@thief.example/", SourceApp.OTHER),
        ("https://nottokhaiyte.vn/", SourceApp.OTHER),
    ],
)
@given(place_id=st.integers(1, 2**31 - 1))
def test_an_address_tells_the_app(base: str, app: SourceApp, place_id: int) -> None:
    url = place_url(place_id, base=base) if not base.endswith("=") else base + place_text(place_id)
    for written in (url, f"{url}/", f" {url}#top\r\n"):
        assert read(written) == PlaceCode(place_id=place_id, app=app)


@given(who=people())
def test_a_code_inside_an_address_is_read(who: Someone) -> None:
    right = read(who.card())
    assert isinstance(right, PersonCode)
    found = read(f"https://suckhoe.dancuquocgia.gov.vn/xac-nhan?code={quote(who.card())}")
    assert isinstance(found, PersonCode)
    assert (found.identity, found.app) == (right.identity, SourceApp.SUCKHOE_DANCU)


def test_an_address_of_an_app_is_kept_in_one_form() -> None:
    for written in ("https://qr.pccovid.gov.vn/kSvrbm", "HTTP://QR.PCCovid.gov.vn:80/kSvrbm/\n"):
        assert read(written) == LinkCode(url="https://qr.pccovid.gov.vn/kSvrbm", app=SourceApp.PC_COVID)
    assert read("https://shop.example/menu") == LinkCode(url="https://shop.example/menu")


def test_a_damaged_code_in_an_address_is_no_other_address() -> None:
    found = read(place_url(12, base="https://a.example").replace("VNPL1.12.", "VNPL1.13."))
    assert isinstance(found, Unreadable)
    assert found.trouble is Trouble.DAMAGED


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("", Trouble.EMPTY),
        (" \r\n\t", Trouble.EMPTY),
        ("Xin chào", Trouble.UNKNOWN_FORMAT),
        ("http://[::1", Trouble.UNKNOWN_FORMAT),
        ("x" * (MAX_CHARACTERS + 1), Trouble.TOO_LONG),
        (place_text(1)[:-1], Trouble.DAMAGED),
        (wedge.typed_in_vietnamese(place_text(1234567)), Trouble.KEYBOARD),
    ],
)
def test_a_refusal_says_why(text: str, trouble: Trouble) -> None:
    found = read(text)
    assert isinstance(found, Unreadable)
    assert found.trouble is trouble
    assert found.sentence.endswith((".", "again."))
