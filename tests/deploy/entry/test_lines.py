import random

import msgspec
import pytest

from deploy.entry.credential import Credential
from schemas.enums import Role
from schemas.kinds import CASE, LOCKDOWN, PLACE_EVENT, VENUE
from tests.deploy.entry.forms import HEADER, declaration, judged, table_of
from tests.streams.gateway.samples import DEVICE_ID, raw_number

_SCANS = "identity_kind,identity_number,event_time,place_id,direction,scan_mode,capture_mode"


def test_a_line_is_the_event_the_gateway_takes() -> None:
    (line,) = judged(table_of(declaration(1)))
    assert line.reasons == ()
    assert msgspec.json.decode(line.event or b"") == {
        "feed": "declaration",
        "event_id": str(line.event_id),
        "identity": {"kind": "CCCD", "number": raw_number(1)},
        "event_time": 1_628_148_600_000,
        "kind": "DOMESTIC",
        "symptoms": 3,
        "capture_mode": "PAPER",
    }


def test_a_venue_scan_on_paper_may_be_assisted_and_nothing_else() -> None:
    rest = ",05/08/2021 14:30,7,IN,GUARD_SCAN,"
    people = [f"CCCD,{raw_number(seed)}{rest}{mode}" for seed, mode in enumerate(("", "assisted", "SELF_APP"))]
    lines = judged(table_of(*people, header=_SCANS), feed=VENUE)
    assert [msgspec.json.decode(line.event)["capture_mode"] for line in lines if line.event] == ["PAPER", "ASSISTED"]
    assert lines[2].reasons == ("capture_mode must be PAPER or ASSISTED; empty is PAPER",)


def test_an_identity_depends_on_what_a_line_says_and_on_nothing_else() -> None:
    rows = [declaration(seed) for seed in range(5)]
    first = {line.event_id for line in judged(table_of(*rows))}
    random.Random(1).shuffle(rows)
    shuffled = [f"{','.join(reversed(row.split(',')))},Nguyễn" for row in rows]
    header = ",".join(reversed(HEADER.split(","))) + ",tên"
    assert {line.event_id for line in judged(table_of(*shuffled, header=header))} == first
    assert len(first) == 5


def test_who_does_not_hold_the_key_cannot_try_out_numbers() -> None:
    (ours,), (theirs,) = (
        judged(table_of(declaration(1)), credential=Credential(DEVICE_ID, Role.OPERATOR, key)) for key in (b"a", b"b")
    )
    assert ours.event_id != theirs.event_id


def test_another_way_to_write_the_same_is_the_same() -> None:
    paper = judged(table_of(declaration(1)))
    other = f" cccd , {raw_number(1)[:6]} {raw_number(1)[6:]},2021-08-05T07:30:00Z,domestic,3"
    assert judged(table_of(other))[0].event_id == paper[0].event_id


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("CCCD,{n},05/08/2021 14:30,HOME,0", "kind must be one of DOMESTIC, ENTRY, MOVEMENT"),
        ("CCCD,{n},05/08/2021 14:30,ENTRY,128", "symptoms: expected int <= 127"),
        ("CCCD,{n},05/08/2021,ENTRY,0", "event_time needs the time of day, too, as 05/08/2021 14:30"),
        ("CCCD,{n},01/07/2021 14:30,ENTRY,0", "event_time is more than 28 days ago; what is that old is not taken"),
        ("CCCD,{n},11/08/2021 14:30,ENTRY,0", "event_time is in the future"),
        ("CCCD,{n},,ENTRY,0", "event_time is missing"),
        (
            "CCCD,********{n},05/08/2021 14:30,ENTRY,0",
            "identity.number is masked; send the whole number or another document's",
        ),
        ("BOOK,{n},05/08/2021 14:30,ENTRY,0", "identity_kind must be one of CCCD, CMND, PASSPORT, QID, BHYT, PHONE"),
        ("CCCD,,05/08/2021 14:30,ENTRY,0", "identity_number is empty"),
        (
            "CCCD,{n},05/08/2021 14:30,ENTRY,0,5",
            "there are more cells than columns; put quotation marks around a cell with the separator",
        ),
    ],
)
def test_what_is_wrong_is_told_without_the_number(row: str, reason: str) -> None:
    number = raw_number("wrong")
    (line,) = judged(table_of(row.format(n=number)))
    assert (line.event, line.reasons) == (None, (reason,))
    assert number not in repr(line)


def test_zeros_a_spreadsheet_cut_off_are_noticed() -> None:
    (line,) = judged(table_of(f"CCCD,{raw_number(1)[1:]},05/08/2021 14:30,ENTRY,0"))
    assert line.reasons == (
        "identity_number must have 12 digits; format the column as text, so that zeros in front stay",
    )


def test_a_line_that_is_there_twice_is_sent_once() -> None:
    lines = judged(table_of(declaration(1), declaration(2), declaration(1)))
    assert [line.reasons for line in lines] == [(), (), ("it says the same as line 2",)]


def test_what_the_worker_would_refuse_is_refused_before() -> None:
    authority = Credential(DEVICE_ID, Role.AUTHORITY, b"key")
    cases = judged(
        table_of(
            f"{declaration(1, rest='CONFIRMED')},{'ab' * 16},05/08/2021,01/08/2021",
            header="identity_kind,identity_number,event_time,status,case_id,infectious_from,infectious_until",
        ),
        feed=CASE,
        credential=authority,
    )
    assert cases[0].reasons == ("a period ends before it begins, or lasts too long",)
    lockdowns = judged(
        table_of(
            f"05/08/2021 10:00,{'cd' * 16},STARTED,14755,HAMLET,05/08/2021",
            header="event_time,lockdown_id,action,area_code,level,valid_from",
        ),
        feed=LOCKDOWN,
        credential=authority,
    )
    assert lockdowns[0].reasons == ("its fields contradict each other",)


def test_a_report_on_a_place_needs_no_person() -> None:
    (line,) = judged(table_of("05/08/2021 10:00,7,QR_POSTED", header="event_time,place_id,action"), feed=PLACE_EVENT)
    assert line.reasons == ()
